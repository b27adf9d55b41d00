// How near memories come to a query in what their words are about.

import type { CandidateWords } from '../candidate.ts';
import type { IndexDatabase } from '../database.ts';
import { stateOf } from '../statistics.ts';
import { foldWord, stemWord } from '../stem.ts';
import { openRecent, stemOf } from '../word-table.ts';
import type { TopicTable } from './learn-topics.ts';
import { MIN_MEMORIES, readTopics } from './topic-store.ts';

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
  const sought = vectorOf(known, [[query.map((word) => stemWord(foldWord(word))), 1]]);
  if (sought === undefined) return undefined;
  return {
    share: MOST * Math.min(1, (table.memories - MIN_MEMORIES) / FULL_AT),
    nearnessOf(key, words) {
      const vector = known.recent(key, () => vectorOf(known, weighedWords(words)));
      if (vector === undefined) return 0;
      let cosine = 0;
      for (let d = 0; d < vector.length; d++) cosine += (vector[d] as number) * (sought[d] as number);
      return cosine;
    },
  };
}

/** Found on sets of questions with known answers (docs/search.md). */
const MOST = 0.25;
const FULL_AT = 1500;
const MAX_KEPT = 4000;

interface KnownTable {
  readonly state: string;
  readonly table: TopicTable & { readonly memories: number };
  readonly numbers: ReadonlyMap<string, number>;
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
          numbers: new Map(table.stems.map((stem, number) => [stem, number])),
          recent: openRecent<Float32Array | undefined>(MAX_KEPT),
        };
  tables.set(database, { state, known });
  return known;
}

/** Lists of stems with what each occurrence counts. */
type WeighedStems = readonly (readonly [stems: readonly string[], count: number])[];

/** The title twice, as when the table was learned. */
function weighedWords({ title, narrative, facts }: CandidateWords): WeighedStems {
  return [
    [title.map(stemOf), 2],
    [narrative.map(stemOf), 1],
    [facts.map(stemOf), 1],
  ];
}

/** The sum of the words' directions, each by its rarity and the logarithm of its count, of length one. */
function vectorOf(
  { table: { dimensions, rarities, vectors }, numbers }: KnownTable,
  lists: WeighedStems,
): Float32Array | undefined {
  const counts = new Map<number, number>();
  for (const [stems, each] of lists)
    for (const stem of stems) {
      const number = numbers.get(stem);
      if (number !== undefined) counts.set(number, (counts.get(number) ?? 0) + each);
    }
  if (counts.size === 0) return undefined;
  const vector = new Float32Array(dimensions);
  for (const [number, count] of counts) {
    const weight = (1 + Math.log(count)) * (rarities[number] as number);
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
