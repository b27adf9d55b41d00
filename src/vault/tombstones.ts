// What tombstones delete: the texts of memories that people wanted gone, read from their files.

import type { MemoryId } from '../model/memory.ts';
import { gistOf } from './learned.ts';
import type { LearnedMemory } from './learned.ts';
import { parseMemoryFile } from './memory-file.ts';
import { listVaultFiles, readVaultFile } from './store.ts';

export interface Tombstones {
  /** Ids that a tombstone deletes, with what the deleted memories said where their files are still there. */
  list(): { readonly ids: ReadonlySet<MemoryId>; readonly deleted: readonly LearnedMemory[] };
}

interface Seen {
  readonly stamp: number;
  readonly deletes: readonly MemoryId[];
}

/** Looks through the folders (a `.claude-mem`, an outbox); each file is read once and again only when it changed. */
export function openTombstones(roots: readonly string[]): Tombstones {
  const seen = new Map<string, Seen>();
  return {
    list() {
      const ids = new Set<MemoryId>();
      const paths: { readonly root: string; readonly path: string }[] = [];
      for (const root of roots) {
        const checked = new Set<string>();
        for (const file of listVaultFiles(root)) {
          paths.push({ root, path: file.path });
          const key = `${root}\0${file.path}`;
          const { stamp } = file;
          const known = seen.get(key);
          const entry = known?.stamp === stamp ? known : { stamp, deletes: readDeletes(root, file.path, checked) };
          seen.set(key, entry);
          for (const id of entry.deletes) ids.add(id);
        }
      }
      return { ids, deleted: ids.size === 0 ? [] : paths.flatMap(({ root, path }) => readDeleted(root, path, ids)) };
    },
  };
}

function readDeletes(root: string, path: string, checked: Set<string>): readonly MemoryId[] {
  const read = readVaultFile(root, path, checked);
  // Parsing every memory would cost too much: most files are ruled out by a look at their head.
  if (!read.ok || !/^kind:\s*["']?tombstone/m.test(Buffer.from(read.bytes.subarray(0, 2048)).toString('utf8')))
    return [];
  const parsed = parseMemoryFile(path, read.bytes);
  return parsed.ok && parsed.memory.kind === 'tombstone' ? parsed.memory.deletes : [];
}

/** Only files whose own name ends with a deleted id are read: memvault names them so. */
function readDeleted(root: string, path: string, ids: ReadonlySet<MemoryId>): readonly LearnedMemory[] {
  const id = /-([0-9a-hjkmnp-tv-z]{12})\.md$/.exec(path)?.[1];
  if (id === undefined || !ids.has(id)) return [];
  const read = readVaultFile(root, path);
  const parsed = read.ok ? parseMemoryFile(path, read.bytes) : undefined;
  return parsed?.ok === true ? [{ id, title: parsed.memory.title, gist: gistOf(parsed.memory.body) }] : [];
}
