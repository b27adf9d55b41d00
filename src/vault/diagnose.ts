// Looks through a whole vault for what `memvault doctor` shows: unreadable files, one id twice, links to nothing.

import { join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { shortId } from '../model/memory.ts';
import type { Memory, MemoryId } from '../model/memory.ts';
import { ARCHIVE_TAG, PURGED_TAG } from './forgotten.ts';
import { readVaultConfig } from './fixed-files.ts';
import { isOwnPath } from './file-name.ts';
import { parseMemoryFile } from './memory-file.ts';
import { listVaultFiles, readVaultFile } from './store.ts';

export interface PlacedMemory {
  /** Relative to the vault. */
  readonly path: string;
  readonly memory: Memory;
}

export interface VaultDiagnosis {
  readonly diagnostics: readonly Diagnostic[];
  /** Files that are memories. */
  readonly memories: number;
  /** Files, folders and links that are not, though they lie where memories are. */
  readonly refused: number;
}

/**
 * Reads every memory of a vault, and of its outbox when the state folder is given, and collects all that is wrong. One bad
 * file hides no other. Throws what `readVaultConfig` and `listVaultFiles` throw.
 */
export function diagnoseVault(vaultDir: string, stateDir?: string): VaultDiagnosis {
  const diagnostics: Diagnostic[] = [...readVaultConfig(vaultDir).diagnostics];
  const memories: PlacedMemory[] = [];
  const roots = stateDir === undefined ? [vaultDir] : [vaultDir, join(stateDir, 'outbox')];
  const seen = new Set<string>();
  let refused = 0;
  for (const root of roots) {
    const checked = new Set<string>();
    const refuse = (diagnostic: Diagnostic): void => {
      refused++;
      diagnostics.push(diagnostic);
    };
    for (const { path } of listVaultFiles(root, refuse)) {
      // A memory of the outbox that is published too lies under the same path.
      if (seen.has(path)) continue;
      seen.add(path);
      const read = readVaultFile(root, path, checked);
      const file = read.ok ? parseMemoryFile(path, read.bytes) : { ok: false as const, diagnostics: [read.diagnostic] };
      diagnostics.push(...file.diagnostics);
      if (file.ok) memories.push({ path, memory: file.memory });
      else refused++;
    }
  }
  diagnostics.push(...diagnoseMemories(memories));
  return { diagnostics, memories: memories.length, refused };
}

/** What is wrong between memories that are each in order. Pure. */
export function diagnoseMemories(memories: readonly PlacedMemory[]): Diagnostic[] {
  return [...findDuplicates(memories), ...findCaseTwins(memories), ...findLooseLinks(memories)];
}

/** Which of several files with the same id counts: the one with the name that memvault gave, else the first by path. */
function chooseOriginal<File extends { readonly path: string }>(files: readonly File[]): File | undefined {
  const sorted = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
  return sorted.find((file) => isOwnPath(file.path)) ?? sorted[0];
}

function findDuplicates(memories: readonly PlacedMemory[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const [id, twins] of Map.groupBy(memories, ({ memory }) => memory.id)) {
    const original = twins.length > 1 ? chooseOriginal(twins) : undefined;
    for (const { path } of twins)
      if (original !== undefined && path !== original.path)
        found.push({
          path,
          other: original.path,
          line: 2,
          rule: 'id-duplicate',
          severity: 'error',
          message: `has the id ${shortId(id)} of ${original.path}, which counts`,
          mend: 'Remove one of the two, or give this one a new id.',
        });
  }
  return found;
}

function findCaseTwins(memories: readonly PlacedMemory[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const twins of Map.groupBy(memories, ({ path }) => path.normalize('NFC').toLowerCase()).values())
    for (const { path } of twins.slice(1))
      found.push({
        path,
        other: twins[0]?.path ?? '',
        rule: 'case-twin',
        severity: 'warning',
        message: `is the same name as ${twins[0]?.path ?? ''} where upper and lower case are not told apart`,
        mend: 'Rename one of the two.',
      });
  return found;
}

function findLooseLinks(memories: readonly PlacedMemory[]): Diagnostic[] {
  const known = new Set<MemoryId>(memories.map(({ memory }) => memory.id));
  const found: Diagnostic[] = [];
  for (const { path, memory } of memories)
    // What an archive or a purge names is meant to be gone.
    for (const key of memory.tags.includes(ARCHIVE_TAG) || memory.tags.includes(PURGED_TAG)
      ? []
      : (['supersedes', 'deletes'] as const))
      for (const id of memory[key]) {
        if (id === memory.id)
          found.push({ path, rule: `${key}-itself`, severity: 'warning', message: `${key} itself` });
        else if (!known.has(id))
          found.push({
            path,
            rule: `${key}-unknown`,
            severity: 'warning',
            message: `${key} ${shortId(id)}, which is not in this vault`,
          });
      }
  return found;
}
