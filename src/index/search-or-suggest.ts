// A search that does not leave the asker alone: when it finds nothing, or hardly what was asked, titles that come near are added.

import type { MemoryLibrary } from '../model/ports.ts';
import type { MemoryRow, SearchFilters, SearchHit, SearchQuery, SearchResult } from '../model/search.ts';
import { nearRows } from './did-you-mean.ts';
import { narrowFilters } from './filters.ts';
import { readQueryText } from './query-text.ts';
import type { Chunk } from './query-text.ts';
import { stemWord } from './stem.ts';
import { isStopWord } from './stop-words.ts';
import { soughtWords, titleWords } from './title-words.ts';
import { hasWideText } from './wide-text.ts';

/** How many of the newest memories are looked through. */
const NEWEST = 20_000;
const BATCH = 1000;
const MAX_SUGGESTIONS = 3;
/** Whether a search was weak is judged by its best hits. */
const JUDGED_HITS = 10;

/**
 * Searches. When no hit shows more than half of the words sought, `didYouMean` holds up to three rows that pass the same
 * filters and come near more of the words, and at least half of them, than any hit does: a mistyped word is found by its neighbours.
 */
export function searchOrSuggest(library: MemoryLibrary, query: SearchQuery): SearchResult {
  const result = library.search(query);
  const { chunks, filters } = readQueryText(query.text);
  const words = tellingWords(wordsOf(chunks.filter((chunk) => !chunk.excluded)));
  const shown = Math.max(0, ...result.hits.slice(0, JUDGED_HITS).map((hit) => countShown(hit, words)));
  if (words.length === 0 || shown > words.length / 2) return result;
  const { text: _text, limit: _limit, ...given } = query;
  const hits = new Set(result.hits.map((hit) => hit.id));
  const unwanted = chunks.filter((chunk) => chunk.excluded).map((chunk) => titleWords(wordsOf([chunk])));
  const rows = newestRows(library, narrowFilters(given, filters), (row) => !hits.has(row.id) && !holds(row, unwanted));
  const atLeast = Math.max(shown + 1, Math.ceil(words.length / 2));
  const didYouMean = nearRows(rows, words, { atLeast, limit: MAX_SUGGESTIONS });
  return didYouMean.length === 0 ? result : { ...result, didYouMean };
}

/** The query with what the model in use makes of its text; as it is when there is none, or none in time. */
export async function withMeaning(library: MemoryLibrary, query: SearchQuery): Promise<SearchQuery> {
  const vector = query.vector ?? (await library.queryVector?.(query.text));
  return vector === undefined ? query : { ...query, vector };
}

/** In batches, so that few are in memory at a time. */
function* newestRows(
  library: MemoryLibrary,
  filters: SearchFilters,
  isWanted: (row: MemoryRow) => boolean,
): Generator<MemoryRow, undefined> {
  let last: MemoryRow | undefined;
  for (let count = 0; count < NEWEST; count += BATCH) {
    const rows = library.recent(filters, BATCH, last);
    for (const row of rows) if (isWanted(row)) yield row;
    last = rows.at(-1);
    if (rows.length < BATCH) return;
  }
}

/** The text of chunks again; what a dictionary cut in a script without blanks stands together as it was typed. */
function wordsOf(chunks: readonly Chunk[]): string {
  return chunks
    .map((chunk) => chunk.words.map(({ original }) => (hasWideText(original) ? original : ` ${original} `)).join(''))
    .join(' ');
}

/** The words that say what is sought; all of them when none does. */
function tellingWords(text: string): readonly string[] {
  const words = soughtWords(text);
  const telling = words.filter((word) => !isStopWord(word));
  return telling.length > 0 ? telling : words;
}

/** How many of the words a hit shows, in any form of them. */
function countShown(hit: SearchHit, words: readonly string[]): number {
  const shown = new Set(titleWords([hit.title, ...hit.tags, ...hit.files, hit.snippet].join('\n')).map(stemWord));
  return words.filter((word) => shown.has(stemWord(word))).length;
}

/** Whether a row holds all the words of something that is not wanted. */
function holds(row: MemoryRow, unwanted: readonly (readonly string[])[]): boolean {
  if (unwanted.length === 0) return false;
  const words = new Set(titleWords([row.title, ...row.tags, ...row.files].join('\n')));
  return unwanted.some((phrase) => phrase.every((word) => words.has(word)));
}
