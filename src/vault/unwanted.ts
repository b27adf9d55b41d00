// Which memories people wanted gone: those that a tombstone deletes, and those that were learned here once and are not there any
// more. What only waits on another branch is not gone.

import type { Memory, MemoryId } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import { idOf } from './file-name.ts';
import type { PublishedRecord } from './git/published.ts';
import type { Learned, LearnedMemory } from './learned.ts';
import type { Tombstones } from './tombstones.ts';

export interface Unwanted {
  /** The one that a draft would bring back. What was deleted is told by title and text, what was learned by its title. */
  find(says: (title: string, gist: string) => boolean): LearnedMemory | undefined;
  /** One of this clone's own memories that says the same and is on another branch only: it comes back when that is merged. */
  findElsewhere(says: (title: string, gist: string) => boolean): Memory | undefined;
}

/** As it is now; one look serves all drafts of a batch. */
export function lookForUnwanted(parts: {
  readonly tombstones: Tombstones;
  readonly learned: Learned;
  readonly library: Pick<MemoryLibrary, 'get'>;
  /** The memories that are on other branches only; opened when it is needed. */
  readonly branchLibrary: () => Pick<MemoryLibrary, 'get'>;
  readonly published: () => PublishedRecord;
  /** Short name of the branch that the work tree is on. */
  readonly branch: string | undefined;
}): Unwanted {
  const { ids, deleted } = parts.tombstones.list();
  const once = parts.learned.list();
  let elsewhere: ReadonlySet<MemoryId> | undefined;
  /** Committed by this clone to another branch than this one. What this branch once had was deleted on it. */
  const isElsewhere = (id: MemoryId): boolean => {
    elsewhere ??= new Set(
      Object.entries(parts.published()).flatMap(([path, row]) =>
        row.commit === undefined || row.branch === undefined || row.branch === `refs/heads/${parts.branch ?? ''}`
          ? []
          : (idOf(path) ?? []),
      ),
    );
    return elsewhere.has(id) && parts.branchLibrary().get([id]).memories.length > 0;
  };
  const isMissing = (memories: readonly LearnedMemory[]): ((id: MemoryId) => boolean) => {
    const present = new Set(parts.library.get(memories.map(({ id }) => id)).memories.map(({ id }) => id));
    return (id) => !present.has(id);
  };
  return {
    find(says) {
      const found = deleted.find((memory) => says(memory.title, memory.gist));
      if (found !== undefined) return found;
      const alike = once.filter((memory) => says(memory.title, ids.has(memory.id) ? memory.gist : ''));
      const missing = isMissing(alike);
      return alike.find(({ id }) => ids.has(id) || (missing(id) && !isElsewhere(id)));
    },
    findElsewhere(says) {
      const alike = once.filter((memory) => !ids.has(memory.id) && says(memory.title, memory.gist));
      const missing = isMissing(alike);
      const found = alike.find(({ id }) => missing(id) && isElsewhere(id));
      return found === undefined ? undefined : parts.branchLibrary().get([found.id]).memories[0];
    },
  };
}
