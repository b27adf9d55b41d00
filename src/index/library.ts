// The library over an index file: answers the faces, bringing the index up to date before each answer.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { MemvaultError } from '../model/errors.ts';
import type { Memory, MemoryId, MemoryKind } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { PromptMatches } from '../model/recall.ts';
import type { MemoryTexts } from './vectors/embed-missing.ts';
import type { IndexDatabase } from './database.ts';
import { listDiagnostics } from './diagnostics.ts';
import { listFingerprints, readTexts } from './memory-texts.ts';
import { areAsRead } from './look.ts';
import { matchPrompt, readBody } from './recall-index.ts';
import { countRows, getMemories, recentRows, referencesOf, sessionRows } from './rows.ts';
import { searchIndex } from './search.ts';
import { timelineAround } from './timeline.ts';
import type { VectorSource } from './vector-nearness.ts';
import { openUpToDateIndex } from './up-to-date.ts';
import type { UpToDateIndex, UpToDateOptions } from './up-to-date.ts';

export interface IndexLibrary
  extends MemoryLibrary, MemoryTexts, Pick<UpToDateIndex, 'sync' | 'syncInSlices' | 'rebuild'> {
  counts(): Readonly<Record<MemoryKind, number>>;
  diagnostics(): readonly Diagnostic[];
  /** Memories that share telling words with a text: quicker than a search, and ranked by nothing but these words. */
  matchPrompt(text: string): PromptMatches;
  /** The text of a memory by its whole id; empty when it is not there. */
  body(id: MemoryId): string;
  /** The files that memories speak of, with their blobs, by id. */
  references(ids: readonly string[]): ReadonlyMap<string, Memory['files']>;
  /** Whether the files at these paths of the first source are as the index has read them. */
  areAsRead(paths: readonly string[]): boolean;
  close(): void;
}

/** Opens nothing yet: the index is made or read at the first question. */
export function openIndexLibrary(options: UpToDateOptions & { readonly vectors?: VectorSource }): IndexLibrary {
  const index = openUpToDateIndex(options);
  const value = <T>(work: (database: IndexDatabase) => T): T => index.read(work).value;
  const answer = <T extends object>(work: (database: IndexDatabase) => T): T & { readonly stale: boolean } => {
    const read = index.read(work);
    return { ...read.value, stale: read.stale };
  };
  return {
    search: (query) => answer((database) => searchIndex(database, query, options.vectors)),
    timeline: (query) => answer((database) => timelineAround(database, query)),
    get: (ids) => answer((database) => getMemories(database, ids)),
    recent: (filters, limit, after) => value((database) => recentRows(database, filters, limit, after)),
    session: (sessionId) => value((database) => sessionRows(database, sessionId)),
    revision: () => index.revision(),
    fingerprints: () => value(listFingerprints),
    texts: (ids) => value((database) => readTexts(database, ids)),
    counts: () => value(countRows),
    diagnostics() {
      const found = value(listDiagnostics);
      const fault = index.fault();
      return fault === undefined ? found : [notWritten(fault), ...found];
    },
    matchPrompt: (text) => value((database) => matchPrompt(database, text)),
    body: (id) => value((database) => readBody(database, id)),
    references: (ids) => value((database) => referencesOf(database, ids)),
    areAsRead(paths) {
      const [source] = options.sources;
      return source === undefined || value((database) => areAsRead(database, source, paths));
    },
    sync: () => index.sync(),
    syncInSlices: () => index.syncInSlices(),
    rebuild: () => index.rebuild(),
    close: () => index.close(),
  };
}

function notWritten({ message, hint }: MemvaultError): Diagnostic {
  return { path: 'index.sqlite', rule: 'index-not-written', severity: 'error', message, mend: hint };
}
