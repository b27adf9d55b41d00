// A library whose answers say whose word each memory is, and leave out what its reader must not see.

import type { MemoryLibrary } from '../model/ports.ts';
import type { MemoryRow, SearchFilters } from '../model/search.ts';
import type { TrustLevel } from '../model/standing.ts';
import type { LevelRow, Levels } from '../vault/levels.ts';

/** Levels as they are at this moment; asked anew for each answer. */
type ReadLevels = () => Levels;

/** Marks what is not the user's own; rows for which `isHidden` says yes are left out of every answer. */
export function levelledLibrary<Library extends MemoryLibrary>(
  library: Library,
  readLevels: ReadLevels,
  isHidden: (trust: TrustLevel) => boolean = () => false,
): Library {
  const mark = <Row extends LevelRow>(rows: readonly Row[]): Row[] => {
    const levels = readLevels();
    return rows.flatMap((row) => {
      const { trust, author } = levels.of(row);
      if (isHidden(trust)) return [];
      return [trust === 'own' ? row : { ...row, trust, ...(author === undefined ? {} : { author }) }];
    });
  };
  return {
    ...library,
    search(query) {
      const { hits, total, didYouMean, ...result } = library.search(query);
      const shown = mark(hits);
      return {
        ...result,
        hits: shown,
        total: total - (hits.length - shown.length),
        ...(didYouMean === undefined ? {} : { didYouMean: mark(didYouMean) }),
      };
    },
    timeline(query) {
      const { rows, ...timeline } = library.timeline(query);
      return { ...timeline, rows: mark(rows) };
    },
    get(ids) {
      const found = library.get(ids);
      const memories = mark(found.memories);
      const shown = new Set(memories.map(({ id }) => id));
      const hidden = found.memories.filter(({ id }) => !shown.has(id)).map(({ id }) => id);
      const asked = ids.filter((id) => hidden.some((one) => one.startsWith(id.trim().toLowerCase())));
      const ambiguous = found.ambiguous.map((one) => ({ ...one, candidates: mark(one.candidates) }));
      return { ...found, memories, missing: [...found.missing, ...asked], ambiguous };
    },
    recent: (filters: SearchFilters, limit: number, after?: Pick<MemoryRow, 'created' | 'id'>) =>
      mark(library.recent(filters, limit, after)),
    session: (sessionId) => mark(library.session(sessionId)),
  };
}
