// Scores the candidates of a search against each other. Pure.

import { openCandidateReader } from './candidate.ts';
import type { CandidateReading, CandidateTexts, ScoredTerm } from './candidate.ts';
import type { SearchPlan } from './fts-query.ts';

export interface Candidate extends CandidateTexts {
  readonly key: number;
}

/** What is known of the whole vault. */
export interface VaultStatistics {
  /** Memories that can be found. */
  readonly memories: number;
  /** Words of title, narrative and facts in a memory, on average. */
  readonly averageWords: number;
  /** In how many memories each term of the plan occurs. */
  readonly occurrences: readonly number[];
}

/** What moved a candidate, each between 0 and 1 before its share. */
export type ScoreReasons = Readonly<Record<keyof typeof SHARES | 'topics', number>>;

export interface Score {
  readonly key: number;
  /** 0 to 1; comparable within one search only. */
  readonly score: number;
  readonly reasons: ScoreReasons;
}

/**
 * A convex combination of what speaks for a candidate, each list brought to 0..1 by its best: a list with nothing to say changes
 * no order. The shares were found on sets of questions with known answers (docs/search.md), lexical-heavy.
 */
const SHARES = {
  /** BM25 of the whole memory. */
  words: 0.24,
  /** BM25 of its best part: a long memory is not punished for what else it says. */
  part: 0.24,
  /** Words side by side as in the query. */
  pairs: 0.08,
  /** Sought words within ten words of each other. */
  near: 0.06,
  /** Trigrams of the sought words: other forms, parts of compounds, typing errors. */
  letters: 0.4,
  /** How much of the title is sought. */
  title: 0.1,
} as const;

export interface ScoreOptions {
  /** Per key, how near a candidate is in meaning, -1 to 1, and the share that this may take of the score. */
  readonly topics?: { readonly nearness: ReadonlyMap<number, number>; readonly share: number } | undefined;
}

/** The candidates' scores, in the order given. */
export function scoreCandidates(
  plan: SearchPlan,
  candidates: readonly Candidate[],
  statistics: VaultStatistics,
  { topics }: ScoreOptions = {},
): readonly Score[] {
  const reader = openCandidateReader(plan);
  const readings = candidates.map((candidate) => reader.read(candidate));
  const rarity = plan.terms.map((_, order) => idf(statistics.memories, statistics.occurrences[order] ?? 0));
  const weigh = weighTerms(reader.terms, rarity);
  const average = statistics.averageWords || 1;
  const averagePart = Math.min(average, 80);
  const lists: Readonly<Record<keyof typeof SHARES, readonly number[]>> = {
    words: readings.map(({ counts, words }) => weigh(counts, words / average)),
    part: readings.map(({ parts }) =>
      parts.reduce((best, part) => Math.max(best, weigh(part.counts, part.words / averagePart)), 0),
    ),
    pairs: scorePairs(readings, statistics, average),
    near: readings.map(({ nearness }) => scoreNearness(nearness, reader.terms, rarity)),
    letters: scoreLetters(readings, reader.trigrams),
    title: readings.map((reading) => reading.titleShare),
  };
  const tops = mapValues(lists, (list) => list.reduce((a, b) => Math.max(a, b), 0));
  const names = Object.keys(SHARES) as (keyof typeof SHARES)[];
  const topicShare = topics?.share ?? 0;
  return candidates.map(({ key }, at) => {
    const of = (name: keyof typeof SHARES): number =>
      name === 'title' ? (lists.title[at] ?? 0) : tops[name] === 0 ? 0 : (lists[name][at] ?? 0) / tops[name];
    const topic = Math.max(0, topics?.nearness.get(key) ?? 0);
    const reasons = { ...mapValues(lists, (_, name) => of(name)), topics: topic };
    const lexical = names.reduce((sum, name) => sum + SHARES[name] * of(name), 0) / SHARE_SUM;
    return { key, score: (1 - topicShare) * lexical + topicShare * topic, reasons };
  });
}

const SHARE_SUM = Object.values(SHARES).reduce((a, b) => a + b, 0);
/** The usual constants of BM25: how fast repetition stops counting, and how much length does. */
const K1 = 1.2;
const B = 0.7;

/** Robertson's, the form that is never negative. */
function idf(memories: number, occurrences: number): number {
  return Math.log(1 + (memories - occurrences + 0.5) / (occurrences + 0.5));
}

function saturate(count: number, relativeLength: number, b = B): number {
  return (count * (K1 + 1)) / (count + K1 * (1 - b + b * relativeLength));
}

function weighTerms(
  terms: readonly ScoredTerm[],
  rarity: readonly number[],
): (counts: Float64Array, relativeLength: number) => number {
  const weights = terms.map(({ weight, like }) => weight * (rarity[like] ?? 0));
  return (counts, relativeLength) => {
    let sum = 0;
    for (let term = 0; term < counts.length; term++) {
      const count = counts[term] ?? 0;
      if (count > 0) sum += (weights[term] ?? 0) * saturate(count, relativeLength);
    }
    return sum;
  };
}

/** How rare a pair is, is told by the candidates: whatever holds it is among them. */
function scorePairs(
  readings: readonly CandidateReading[],
  { memories }: VaultStatistics,
  average: number,
): readonly number[] {
  const scores = readings.map(() => 0);
  for (let pair = 0; pair < (readings[0]?.pairs.length ?? 0); pair++) {
    const holders = readings.filter((reading) => (reading.pairs[pair] ?? 0) > 0).length;
    const rarity = idf(memories, holders);
    readings.forEach(({ pairs, words }, at) => {
      const count = pairs[pair] ?? 0;
      if (count > 0) scores[at] = (scores[at] ?? 0) + rarity * saturate(count, words / average, 0.75);
    });
  }
  return scores;
}

function scoreNearness(
  nearness: ReadonlyMap<number, number>,
  terms: readonly ScoredTerm[],
  rarity: readonly number[],
): number {
  let sum = 0;
  for (const [couple, amount] of nearness) {
    const first = terms[Math.floor(couple / terms.length)];
    const second = terms[couple % terms.length];
    if (first === undefined || second === undefined) continue;
    const rarer = Math.min(rarity[first.like] ?? 0, rarity[second.like] ?? 0);
    sum += rarer * Math.min(first.weight, second.weight) * ((amount * (K1 + 1)) / (amount + K1));
  }
  return sum;
}

/** BM25 over trigrams, their rarity told by the candidates: the common ones of the query say nothing among them. */
function scoreLetters(readings: readonly CandidateReading[], trigrams: number): readonly number[] {
  const scores = readings.map(() => 0);
  const average = readings.reduce((sum, { characters }) => sum + characters, 0) / (readings.length || 1) || 1;
  for (let trigram = 0; trigram < trigrams; trigram++) {
    let holders = 0;
    for (const { letters } of readings) if ((letters[trigram] ?? 0) > 0) holders++;
    if (holders === 0) continue;
    const rarity = idf(readings.length, holders);
    for (let at = 0; at < readings.length; at++) {
      const reading = readings[at];
      const count = reading?.letters[trigram] ?? 0;
      if (reading !== undefined && count > 0)
        scores[at] = (scores[at] ?? 0) + rarity * saturate(count, reading.characters / average, 0.75);
    }
  }
  return scores;
}

function mapValues<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  change: (value: From, key: Key) => To,
): Record<Key, To> {
  const entries = Object.entries(record) as [Key, From][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)])) as Record<Key, To>;
}
