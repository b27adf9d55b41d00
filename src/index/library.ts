// The library over an index file: answers the faces, bringing the index up to date before each answer.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { MemoryKind } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { SyncReport } from '../model/search.ts';
import { listDiagnostics } from './diagnostics.ts';
import { listFingerprints, readTexts } from './memory-texts.ts';
import type { MemoryTexts } from './vectors/embed-missing.ts';
import { rebuildUnderLock } from './rebuild.ts';
import { countRows, getMemories, recentRows, sessionRows } from './rows.ts';
import { searchIndex } from './search.ts';
import type { VectorSource } from './vector-nearness.ts';
import { timelineAround } from './timeline.ts';
import { bringUpToDate, openIndexReader } from './up-to-date.ts';
import type { IndexReaderOptions } from './up-to-date.ts';

export interface IndexLibrary extends MemoryLibrary, MemoryTexts {
  /** Takes changed files in now, however young the last look is. */
  sync(): SyncReport;
  /** Makes the index anew from the files. Throws `busy` when another process keeps the lock for five seconds. */
  rebuild(): SyncReport;
  counts(): Readonly<Record<MemoryKind, number>>;
  diagnostics(): readonly Diagnostic[];
  close(): void;
}

/** Opens nothing yet: the index is made or read at the first question. */
export function openIndexLibrary(options: IndexReaderOptions & { readonly vectors?: VectorSource }): IndexLibrary {
  const reader = openIndexReader(options);
  const read: typeof reader.read = (work) => reader.read(work);
  return {
    search(query) {
      const { value, report } = read((database) => searchIndex(database, query, options.vectors));
      return { ...value, stale: report.stale };
    },
    timeline(query) {
      const { value, report } = read((database) => timelineAround(database, query));
      return { ...value, stale: report.stale };
    },
    get(ids) {
      const { value, report } = read((database) => getMemories(database, ids));
      return { ...value, stale: report.stale };
    },
    recent: (filters, limit, after) => read((database) => recentRows(database, filters, limit, after)).value,
    session: (sessionId) => read((database) => sessionRows(database, sessionId)).value,
    revision: () => reader.revision(),
    counts: () => read((database) => countRows(database)).value,
    fingerprints: () => read((database) => listFingerprints(database)).value,
    texts: (ids) => read((database) => readTexts(database, ids)).value,
    diagnostics: () => read((database) => listDiagnostics(database)).value,
    sync: () => bringUpToDate({ ...options, maxAgeMs: 0, now: options.now() }),
    rebuild: () => rebuildUnderLock({ ...options, now: options.now() }),
    close: () => reader.close(),
  };
}
