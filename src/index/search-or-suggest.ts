// A search that does not leave the asker alone: when it finds nothing, or hardly what was asked, titles that come near are added.

import type { MemoryLibrary } from '../model/ports.ts';
import type { MemoryRow, SearchFilters, SearchHit, SearchQuery, SearchResult } from '../model/search.ts';
import { nearRows } from './did-you-mean.ts';
import { isStopWord } from './stop-words.ts';
import { soughtWords, titleWords } from './title-words.ts';
import { passesTypedQuery, readTypedQuery } from './typed-query.ts';

/** How many of the newest memories are looked through, and how many of them are in memory at a time. */
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
  const typed = readTypedQuery(query.text);
  const words = tellingWords(typed.text);
  const shown = Math.max(0, ...result.hits.slice(0, JUDGED_HITS).map((hit) => countShown(hit, words)));
  if (words.length === 0 || shown > words.length / 2) return result;
  const { text: _text, limit: _limit, ...filters } = query;
  const hits = new Set(result.hits.map((hit) => hit.id));
  const rows = newestRows(library, filters, (row) => !hits.has(row.id) && passesTypedQuery(row, typed));
  const atLeast = Math.max(shown + 1, Math.ceil(words.length / 2));
  const didYouMean = nearRows(rows, words, { atLeast, limit: MAX_SUGGESTIONS });
  return didYouMean.length === 0 ? result : { ...result, didYouMean };
}

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

/** The words that say what is sought; all of them when none does. */
function tellingWords(text: string): readonly string[] {
  const words = soughtWords(text);
  const telling = words.filter((word) => !isStopWord(word));
  return telling.length > 0 ? telling : words;
}

/** How many of the words a hit shows, in any form of them. */
function countShown(hit: SearchHit, words: readonly string[]): number {
  const shown = titleWords([hit.title, ...hit.tags, ...hit.files, hit.snippet].join('\n'));
  return words.filter((word) => shown.some((other) => isSameStem(word, other))).length;
}

/** The index stems words (`refreshes` finds `refresh`): a shared beginning is near enough to tell. */
function isSameStem(a: string, b: string): boolean {
  if (a === b) return true;
  const shortest = Math.min(a.length, b.length);
  let shared = 0;
  while (shared < shortest && a[shared] === b[shared]) shared++;
  return shared >= 4 && Math.max(a.length, b.length) - shared <= 3;
}
