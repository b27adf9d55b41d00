// Which memories people wanted gone: those that a tombstone deletes, and those that were learned here once and are not there any more.

import type { MemoryLibrary } from '../model/ports.ts';
import type { Learned, LearnedMemory } from './learned.ts';
import type { Tombstones } from './tombstones.ts';

export interface Unwanted {
  /** The one that a draft would bring back. What was deleted is told by title and text, what was learned by its title. */
  find(says: (title: string, gist: string) => boolean): LearnedMemory | undefined;
}

/** As it is now; one look serves all drafts of a batch. */
export function lookForUnwanted(parts: {
  readonly tombstones: Tombstones;
  readonly learned: Learned;
  readonly library: Pick<MemoryLibrary, 'get'>;
}): Unwanted {
  const { ids, deleted } = parts.tombstones.list();
  const once = parts.learned.list();
  return {
    find(says) {
      const found = deleted.find((memory) => says(memory.title, memory.gist));
      if (found !== undefined) return found;
      const alike = once.filter((memory) => says(memory.title, ids.has(memory.id) ? memory.gist : ''));
      const present = new Set(parts.library.get(alike.map(({ id }) => id)).memories.map(({ id }) => id));
      return alike.find(({ id }) => ids.has(id) || !present.has(id));
    },
  };
}
