// Forgetting: tombstones, and what they say must not be learned again.

import { shortId } from '../model/memory.ts';
import type { Memory, MemoryId } from '../model/memory.ts';
import { sha256Hex } from '../system/digest.ts';
import { parseMemoryFile } from './memory-file.ts';
import { listVaultFiles, readVaultFile } from './store.ts';

/** Tag of a tombstone whose memories were removed as files: nobody should miss them. */
export const PURGED_TAG = 'purged';
/** Tag of an archive and of a month's joint tombstone: the ids that they name are meant to be gone. */
export const ARCHIVE_TAG = 'archive';
const TITLE_TAG = 'title-';

export interface Forgotten {
  readonly ids: ReadonlySet<MemoryId>;
  /** Whether a memory with such a title was forgotten: the same thing learned again. */
  isKnown(title: string): boolean;
}

/** The tombstone that hides a memory, and the older ones that it had replaced, wherever they are. Pure. */
export function tombstoneOf(
  memory: Pick<Memory, 'id' | 'title'>,
  replaced: readonly MemoryId[],
  drawn: { readonly id: MemoryId; readonly created: string },
): Memory {
  return {
    ...drawn,
    kind: 'tombstone',
    title: `Forgotten ${shortId(memory.id)}`,
    files: [],
    tags: [TITLE_TAG + titleHash(memory.title)],
    supersedes: [],
    deletes: [memory.id, ...replaced],
    body: '',
  };
}

/** A tombstone that says nothing but the ids: what was purged must not be guessed from a hash. Pure. */
export function purgedTombstone(
  ids: readonly MemoryId[],
  drawn: { readonly id: MemoryId; readonly created: string },
): Memory {
  const title = `Forgotten ${ids.map(shortId).slice(0, 5).join(' ')}`;
  return { ...drawn, kind: 'tombstone', title, files: [], tags: [PURGED_TAG], supersedes: [], deletes: ids, body: '' };
}

/** Reads the tombstones below the given folders (a vault, an outbox): found by the names that memvault gives them. */
export function readForgotten(roots: readonly string[]): Forgotten {
  const ids = new Set<MemoryId>();
  const titles = new Set<string>();
  for (const root of roots)
    for (const { path } of listVaultFiles(root)) {
      if (!/\/\d\d-forgotten-[^/]+$/.test(path)) continue;
      const read = readVaultFile(root, path);
      const parsed = read.ok ? parseMemoryFile(path, read.bytes) : undefined;
      if (parsed?.ok !== true || parsed.memory.kind !== 'tombstone') continue;
      for (const id of parsed.memory.deletes) ids.add(id);
      for (const tag of parsed.memory.tags) if (tag.startsWith(TITLE_TAG)) titles.add(tag.slice(TITLE_TAG.length));
    }
  return { ids, isKnown: (title) => titles.has(titleHash(title)) };
}

/** Case, spaces and marks do not make another title. */
function titleHash(title: string): string {
  const plain = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  return sha256Hex(Buffer.from(plain)).slice(0, 16);
}
