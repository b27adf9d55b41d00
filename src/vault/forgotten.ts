// Forgetting: the tombstones that hide memories, and those that a purge leaves.

import { shortId } from '../model/memory.ts';
import type { Memory, MemoryId } from '../model/memory.ts';

/** Tag of a tombstone whose memories were removed as files: nobody should miss them. */
export const PURGED_TAG = 'purged';
/** Tag of an archive and of a month's joint tombstone: the ids that they name are meant to be gone. */
export const ARCHIVE_TAG = 'archive';

/** The tombstone that hides a memory, and the older ones that it had replaced, wherever they are. Pure. */
export function tombstoneOf(
  memory: Pick<Memory, 'id'>,
  replaced: readonly MemoryId[],
  drawn: { readonly id: MemoryId; readonly created: string },
): Memory {
  return {
    ...drawn,
    kind: 'tombstone',
    // Not its title: that may be what shall be forgotten.
    title: `Forgotten ${shortId(memory.id)}`,
    files: [],
    tags: [],
    supersedes: [],
    deletes: [memory.id, ...replaced],
    body: '',
  };
}

/** A tombstone for memories whose files are gone. Pure. */
export function purgedTombstone(
  ids: readonly MemoryId[],
  drawn: { readonly id: MemoryId; readonly created: string },
): Memory {
  const title = `Forgotten ${ids.map(shortId).slice(0, 5).join(' ')}`;
  return { ...drawn, kind: 'tombstone', title, files: [], tags: [PURGED_TAG], supersedes: [], deletes: ids, body: '' };
}
