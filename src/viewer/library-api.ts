// What the JSON interface answers, and the readings from a library that pages and interface share.

import { searchOrSuggest, withMeaning } from '../index/search-or-suggest.ts';
import { MemvaultError } from '../model/errors.ts';
import { type MemoryKind, OBSERVATION_TYPES, isIdPrefix } from '../model/memory.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { MemoryRow, SearchFilters, SearchResult, Timeline } from '../model/search.ts';
import { cleanLine } from '../system/clean-text.ts';
import { type Block, parseMarkdown } from './markdown.ts';
import { type ShownMemory, shownMemory, shownRow } from './shown.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_QUERY = 500;

export interface SearchRequest {
  readonly query: string;
  /** A type of observation, `summary`, `note`, or empty. */
  readonly only: string;
  readonly limit: number;
}

/** The search that an address asks for: `q`, `only`, `limit`. Throws `invalid_input`. */
export function readSearchRequest(parameters: URLSearchParams): SearchRequest {
  const query = cleanLine(parameters.get('q') ?? '', MAX_QUERY);
  const only = parameters.get('only') ?? '';
  const limit = Number(parameters.get('limit') ?? String(DEFAULT_LIMIT));
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new MemvaultError('invalid_input', `limit: expected a whole number from 1 to ${MAX_LIMIT}`);
  if (only !== '' && filtersFor(only) === undefined)
    throw new MemvaultError('invalid_input', 'only: expected a type of observation, summary or note');
  return { query, only, limit };
}

/** Hits for the words, and near titles where these hardly help; the newest memories for no words. */
export async function runSearch(library: MemoryLibrary, { query, only, limit }: SearchRequest): Promise<SearchResult> {
  const filters = filtersFor(only) ?? {};
  if (query !== '') {
    const { didYouMean, ...result } = searchOrSuggest(
      library,
      await withMeaning(library, { ...filters, text: query, limit }),
    );
    return {
      ...result,
      hits: result.hits.map(shownRow),
      ...(didYouMean === undefined ? {} : { didYouMean: didYouMean.map(shownRow) }),
    };
  }
  const hits = library.recent(filters, limit).map((row) => ({ ...shownRow(row), score: 0, snippet: '' }));
  return { hits, total: hits.length, stale: false };
}

/** One memory by its id or the beginning of it, or the candidates when there are several. Throws `not_found`. */
export function readMemory(
  library: MemoryLibrary,
  idOrPrefix: string,
): { readonly memory: ShownMemory } | { readonly candidates: readonly MemoryRow[] } {
  const prefix = idOrPrefix.toLowerCase();
  const found = isIdPrefix(prefix) ? library.get([prefix]) : undefined;
  const [memory] = found?.memories ?? [];
  if (memory !== undefined) return { memory: shownMemory(memory) };
  const [ambiguous] = found?.ambiguous ?? [];
  if (ambiguous !== undefined) return { candidates: ambiguous.candidates.map(shownRow) };
  throw new MemvaultError('not_found', `no memory has the id “${cleanLine(idOrPrefix, 40)}”`, {
    hint: 'It may have been deleted, or it is in another vault.',
  });
}

/** Three memories before it and three after; none when the library cannot tell. */
export function readAround(library: MemoryLibrary, id: string): Timeline['rows'] {
  try {
    return library.timeline({ id, before: 3, after: 3 }).rows.map(shownRow);
  } catch (error) {
    // The memory itself was read: its page must not fail because it vanished a moment later.
    if (error instanceof MemvaultError) return [];
    throw error;
  }
}

/** The rows of a session in order of time, and its last summary. Throws `not_found` when the vault knows nothing of it. */
export function readSession(
  library: MemoryLibrary,
  sessionId: string,
): { readonly rows: readonly MemoryRow[]; readonly summary?: ShownMemory } {
  const rows = library.session(sessionId);
  if (rows.length === 0)
    throw new MemvaultError('not_found', `no memory comes from the session “${cleanLine(sessionId, 60)}”`, {
      hint: 'It may have noted nothing, or it belongs to another vault.',
    });
  const row = rows.findLast(({ kind }) => kind === 'summary');
  const summary = row === undefined ? undefined : library.get([row.id]).memories[0];
  return { rows: rows.map(shownRow), ...(summary === undefined ? {} : { summary: shownMemory(summary) }) };
}

/** The blocks below the heading "Next steps" of the newest summary. */
export function readNextSteps(
  library: MemoryLibrary,
): { readonly row: MemoryRow; readonly blocks: readonly Block[] } | undefined {
  const [row] = library.recent({ kind: ['summary'] }, 1);
  const found = row === undefined ? undefined : readMemory(library, row.id);
  if (row === undefined || found === undefined || !('memory' in found)) return undefined;
  const blocks = sectionOf(parseMarkdown(found.memory.body), 'next steps');
  return blocks.length === 0 ? undefined : { row: shownRow(row), blocks };
}

function sectionOf(blocks: readonly Block[], title: string): readonly Block[] {
  const start = blocks.findIndex(
    (block) =>
      block.kind === 'heading' &&
      block.inlines.some((inline) => inline.kind === 'text' && inline.text.toLowerCase() === title),
  );
  if (start === -1) return [];
  const end = blocks.findIndex((block, at) => at > start && block.kind === 'heading');
  return blocks.slice(start + 1, end === -1 ? undefined : end);
}

function filtersFor(only: string): SearchFilters | undefined {
  const kinds: readonly MemoryKind[] = ['summary', 'note'];
  const kind = kinds.find((known) => known === only);
  if (kind !== undefined) return { kind: [kind] };
  const type = OBSERVATION_TYPES.find((known) => known === only);
  if (type !== undefined) return { type: [type] };
  return only === '' ? {} : undefined;
}
