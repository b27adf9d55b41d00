// How near memories come to a query in what their words are about.

import type { CandidateWords } from '../candidate.ts';
import type { IndexDatabase } from '../database.ts';
import { stateOf } from '../statistics.ts';
import { foldWord, stemWord } from '../stem.ts';
import { openRecent } from '../word-table.ts';
import type { WordTable } from '../word-table.ts';
import { MIN_MEMORIES, readTopics } from './topic-store.ts';
import type { KeptTopics } from './topic-store.ts';

export interface TopicNearness {
  /** How much of the score it may take: nothing in a small vault, where words tell little about each other. */
  readonly share: number;
  /** The cosine between query and memory, -1 to 1; undefined where the query holds no word that was learned. */
  nearnessOf(key: string, words: CandidateWords): number;
}

/** Prepares for one query, given its words in lower case; undefined where nothing is known of them. */
export function openTopicNearness(database: IndexDatabase, query: readonly string[]): TopicNearness | undefined {
  const known = tableOf(database);
  if (known === undefined) return undefined;
  const { table } = known;
  const sought = vectorOf(known, countStems(known, query));
  if (sought === undefined) return undefined;
  return {
    share: MOST * Math.min(1, (table.memories - MIN_MEMORIES) / FULL_AT),
    nearnessOf(key, words) {
      const vector = known.recent(key, () => vectorOf(known, countWords(known, words)));
      if (vector === undefined) return 0;
      let cosine = 0;
      for (let d = 0; d < vector.length; d++) cosine += (vector[d] as number) * (sought[d] as number);
      return cosine;
    },
  };
}

/** Found on sets of questions with known answers (docs/search.md). */
const MOST = 0.2;
const FULL_AT = 1500;
/** A quarter of a kilobyte each. */
const MAX_KEPT = 10_000;

interface KnownTable {
  readonly state: string;
  readonly table: KeptTopics;
  /** The number of each word's stem from 1, -1 for none, 0 for not looked up yet. */
  stemsOf: { readonly words: WordTable; numbers: Int32Array } | undefined;
  readonly counts: StemCounts;
  readonly recent: (key: string, make: () => Float32Array | undefined) => Float32Array | undefined;
}

const tables = new WeakMap<IndexDatabase, { readonly state: string; readonly known: KnownTable | undefined }>();

function tableOf(database: IndexDatabase): KnownTable | undefined {
  const state = stateOf(database);
  const kept = tables.get(database);
  if (kept !== undefined && kept.state === state) return kept.known;
  const table = readTopics(database);
  const known =
    table === undefined
      ? undefined
      : {
          state,
          table,
          stemsOf: undefined,
          counts: { times: new Uint32Array(table.stems.length), stems: [] },
          recent: openRecent<Float32Array | undefined>(MAX_KEPT),
        };
  tables.set(database, { state, known });
  return known;
}

/** How often each stem of the table occurs in a text. */
interface StemCounts {
  /** By its number; of most stems 0. */
  readonly times: Uint32Array;
  /** Those that occur, in the order in which they came. */
  readonly stems: number[];
}

function countStems(known: KnownTable, words: readonly string[]): StemCounts {
  const counts = startCounting(known);
  for (const word of words) count(counts, known.table.stems.numberOf(stemWord(foldWord(word))), 1);
  return counts;
}

/** The title twice, as when the table was learned. */
function countWords(known: KnownTable, { table, numbers, ends }: CandidateWords): StemCounts {
  const counts = startCounting(known);
  for (let at = 0; at < ends.facts; at++)
    count(counts, stemNumber(known, table, numbers[at] as number), at < ends.title ? 2 : 1);
  return counts;
}

/** There is one count at a time: its list is as long as the table of stems. */
function startCounting({ counts }: KnownTable): StemCounts {
  for (const stem of counts.stems) counts.times[stem] = 0;
  counts.stems.length = 0;
  return counts;
}

function count({ times, stems }: StemCounts, stem: number | undefined, more: number): void {
  if (stem === undefined) return;
  if (times[stem] === 0) stems.push(stem);
  (times[stem] as number) += more;
}

function stemNumber(known: KnownTable, words: WordTable, word: number): number | undefined {
  if (known.stemsOf?.words !== words) known.stemsOf = { words, numbers: new Int32Array(Math.max(4096, 2 * word)) };
  const kept = known.stemsOf;
  if (word >= kept.numbers.length) {
    const more = new Int32Array(2 * word);
    more.set(kept.numbers);
    kept.numbers = more;
  }
  const before = kept.numbers[word] as number;
  if (before !== 0) return before < 0 ? undefined : before - 1;
  const number = known.table.stems.numberOf(words.stemOf(word));
  kept.numbers[word] = number === undefined ? -1 : number + 1;
  return number;
}

/** The sum of the words' directions, each by its rarity and the logarithm of its count, of length one. */
function vectorOf(
  { table: { dimensions, rarities, vectors } }: KnownTable,
  { times, stems }: StemCounts,
): Float32Array | undefined {
  if (stems.length === 0) return undefined;
  const vector = new Float32Array(dimensions);
  for (const number of stems) {
    const weight = (1 + Math.log(times[number] as number)) * (rarities[number] as number);
    const from = number * dimensions;
    for (let d = 0; d < dimensions; d++) (vector[d] as number) += weight * (vectors[from + d] as number);
  }
  let square = 0;
  for (let d = 0; d < dimensions; d++) square += (vector[d] as number) ** 2;
  const length = Math.sqrt(square);
  if (length === 0) return undefined;
  for (let d = 0; d < dimensions; d++) (vector[d] as number) /= length;
  return vector;
}
