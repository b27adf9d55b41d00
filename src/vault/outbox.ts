// The outbox: own memories that the default branch does not have yet, as private files in the folders of a vault.

import { lstatSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { MemvaultError } from '../model/errors.ts';
import type { Memory } from '../model/memory.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';
import { memoryPath } from './file-name.ts';
import { parseMemoryFile, serializeMemory } from './memory-file.ts';
import { checkPath, listVaultFiles, readVaultFile } from './store.ts';
import type { VaultFile, VaultRead } from './store.ts';

export interface Outbox {
  /** Absolute path of the folder; may not be there yet. */
  readonly root: string;
  /**
   * Puts a memory in, whole or not at all, and gives its path relative to a vault. A file that is there already stays as it
   * is: a redo changes nothing, and a person's edit is kept.
   */
  put(memory: Memory): string;
  /** Sorted by path. */
  list(report?: (diagnostic: Diagnostic) => void): VaultFile[];
  read(path: string): VaultRead;
  /** Takes files out; one that is not there is no fault. */
  remove(paths: readonly string[]): void;
}

/** The outbox of a clone's state folder; makes nothing before the first `put`. */
export function openOutbox(stateDir: string): Outbox {
  const root = join(stateDir, 'outbox');
  return {
    root,
    put(memory) {
      const path = memoryPath(memory);
      checkPath(path);
      const file = join(root, path);
      if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return path;
      const text = serializeMemory(memory);
      checkReadable(path, text);
      writeFileAtomic(file, text, { mode: 0o600, folderMode: 0o700 });
      return path;
    },
    list: (report) => listVaultFiles(root, report),
    read: (path) => readVaultFile(root, path),
    remove(paths) {
      for (const path of paths) {
        checkPath(path);
        rmSync(join(root, path), { force: true });
        removeEmptyFolders(root, dirname(path));
      }
    },
  };
}

/** A memory that our own reader refuses must not be called safe. */
function checkReadable(path: string, text: string): void {
  const parsed = parseMemoryFile(path, text);
  if (parsed.ok) return;
  const reason = parsed.diagnostics[0]?.message ?? 'unknown fault';
  throw new MemvaultError('internal', `the memory for ${path} is not in the format: ${reason}`, { data: { path } });
}

function removeEmptyFolders(root: string, folder: string): void {
  for (let at = folder; at !== '.' && at !== ''; at = dirname(at)) {
    try {
      rmdirSync(join(root, at));
    } catch {
      // Not empty, or gone already: the folders above it are in use.
      return;
    }
  }
}
