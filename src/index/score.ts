// Scores the candidates of a search against each other. Pure.

import { readCandidates } from './candidate.ts';
import type { CandidateReading, CandidateReadings, CandidateWords, Hit } from './candidate.ts';
import type { SearchPlan } from './fts-query.ts';
import type { SoughtTerm } from './sought-words.ts';

export interface Candidate {
  readonly key: number;
  readonly words: CandidateWords;
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

/** What moved a candidate, each between 0 and 1 before its share: those of SHARES, and later opinions under their own names. */
export type ScoreReasons = Readonly<Record<string, number>>;

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
  words: 0.2,
  /** BM25 of its best part: a long memory is not punished for what else it says. */
  part: 0.24,
  /** Words side by side as in the query. */
  pairs: 0.06,
  /** Sought words within ten words of each other. */
  near: 0.09,
  /** Trigrams of the sought words: other forms, parts of compounds, typing errors. */
  letters: 0.36,
  /** How much of the title is sought. */
  title: 0.1,
} as const;

/** The candidates' scores, in the order given. */
export function scoreCandidates(
  plan: SearchPlan,
  candidates: readonly Candidate[],
  statistics: VaultStatistics,
): readonly Score[] {
  const [first] = candidates;
  if (first === undefined) return [];
  const read = readCandidates(
    plan,
    first.words.table,
    candidates.map(({ words }) => words),
  );
  const { readings, terms, counts } = read;
  const rarity = plan.terms.map((_, order) => idf(statistics.memories, statistics.occurrences[order] ?? 0));
  const weights = terms.map(({ weight, like }) => weight * (rarity[like] ?? 0));
  const average = statistics.averageWords || 1;
  const inPart = new Float64Array(weights.length);
  const words = brought(
    readings.map((reading, at) => weigh(counts.values, at * counts.width, weights, wordsOf(reading) / average)),
  );
  const part = brought(
    readings.map((reading) => scoreBestPart(reading, { weights, counts: inPart }, Math.min(average, PART_WORDS))),
  );
  const pairs = brought(scorePairs(read, statistics, average));
  const near = brought(readings.map(({ titleHits, hits }) => scoreNearness([titleHits, hits], terms, rarity)));
  const letters = brought(scoreLetters(read));
  return candidates.map(({ key }, at) => {
    const reasons = {
      words: words[at] ?? 0,
      part: part[at] ?? 0,
      pairs: pairs[at] ?? 0,
      near: near[at] ?? 0,
      letters: letters[at] ?? 0,
      title: readings[at]?.titleShare ?? 0,
    };
    const score =
      SHARES.words * reasons.words +
      SHARES.part * reasons.part +
      SHARES.pairs * reasons.pairs +
      SHARES.near * reasons.near +
      SHARES.letters * reasons.letters +
      SHARES.title * reasons.title;
    return { key, score: score / SHARE_SUM, reasons };
  });
}

/** The scores as parts of the best of them. */
function brought(scores: readonly number[]): readonly number[] {
  const top = scores.reduce((a, b) => Math.max(a, b), 0);
  return top === 0 ? scores.map(() => 0) : scores.map((score) => score / top);
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

/** BM25 of the counts from `first` on, one a term. */
function weigh(counts: Float64Array, first: number, weights: readonly number[], relativeLength: number): number {
  let sum = 0;
  for (let term = 0; term < weights.length; term++) {
    const count = counts[first + term] ?? 0;
    if (count > 0) sum += (weights[term] ?? 0) * saturate(count, relativeLength);
  }
  return sum;
}

function wordsOf({ titleWords, bodyWords }: CandidateReading): number {
  return titleWords + bodyWords;
}

/** Words of a part of a long text, and where the next part begins. */
const PART_WORDS = 80;
const PART_STEP = 40;

/** The best part; the title belongs to every part. `counts` has room for a number a term. */
function scoreBestPart(
  reading: CandidateReading,
  { weights, counts }: { readonly weights: readonly number[]; readonly counts: Float64Array },
  averageWords: number,
): number {
  const { titleHits, hits, titleWords, bodyWords } = reading;
  if (titleHits.length + hits.length === 0) return 0;
  let best = 0;
  let first = 0;
  for (let start = 0; start === 0 || start + PART_WORDS - PART_STEP < bodyWords; start += PART_STEP) {
    while (first < hits.length && (hits[first]?.place ?? 0) <= start) first++;
    // A later part without a word of its own is no better than the first.
    if (start > 0 && (first >= hits.length || (hits[first]?.place ?? 0) > start + PART_WORDS)) continue;
    counts.fill(0);
    for (const { term, weight } of titleHits) counts[term] = (counts[term] ?? 0) + weight;
    for (let at = first; at < hits.length; at++) {
      const hit = hits[at];
      if (hit === undefined || hit.place > start + PART_WORDS) break;
      counts[hit.term] = (counts[hit.term] ?? 0) + hit.weight;
    }
    const words = titleWords + Math.max(0, Math.min(bodyWords - start, PART_WORDS));
    best = Math.max(best, weigh(counts, 0, weights, words / averageWords));
  }
  return best;
}

/** How rare a pair is, is told by the candidates: whatever holds it is among them. */
function scorePairs(
  { readings, pairs: { width, values } }: CandidateReadings,
  { memories }: VaultStatistics,
  average: number,
): readonly number[] {
  const scores = readings.map(() => 0);
  for (let pair = 0; pair < width; pair++) {
    let holders = 0;
    for (let at = pair; at < values.length; at += width) if ((values[at] ?? 0) > 0) holders++;
    if (holders === 0) continue;
    const rarity = idf(memories, holders);
    readings.forEach((reading, at) => {
      const count = values[at * width + pair] ?? 0;
      if (count > 0) scores[at] = (scores[at] ?? 0) + rarity * saturate(count, wordsOf(reading) / average, 0.75);
    });
  }
  return scores;
}

/** Terms further apart are not near each other. */
const NEAR = 10;
/** A synonym says too little for its place to count. */
const PLACED_WEIGHT = 0.25;

/** How near the terms come to each other: for each two of them the sum of 1 / distance, saturated as in BM25. */
function scoreNearness(
  texts: readonly (readonly Hit[])[],
  terms: readonly SoughtTerm[],
  rarity: readonly number[],
): number {
  const nearness = new Map<number, number>();
  for (const hits of texts) {
    const last = new Map<number, number>();
    for (const { place, term } of hits) {
      if ((terms[term]?.weight ?? 0) < PLACED_WEIGHT) continue;
      for (const [other, otherPlace] of last) {
        const distance = place - otherPlace;
        if (other === term || distance > NEAR || distance < 1) continue;
        const couple = Math.min(term, other) * terms.length + Math.max(term, other);
        nearness.set(couple, (nearness.get(couple) ?? 0) + 1 / distance);
      }
      last.set(term, place);
    }
  }
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
function scoreLetters({ readings, letters: { width, values } }: CandidateReadings): readonly number[] {
  const scores = readings.map(() => 0);
  const average = readings.reduce((sum, { characters }) => sum + characters, 0) / (readings.length || 1) || 1;
  const lengths = readings.map(({ characters }) => characters / average);
  for (let trigram = 0; trigram < width; trigram++) {
    let holders = 0;
    for (let at = trigram; at < values.length; at += width) if ((values[at] ?? 0) > 0) holders++;
    if (holders === 0) continue;
    const rarity = idf(readings.length, holders);
    for (let at = 0; at < readings.length; at++) {
      const count = values[at * width + trigram] ?? 0;
      if (count > 0) scores[at] = (scores[at] ?? 0) + rarity * saturate(count, lengths[at] ?? 1, 0.75);
    }
  }
  return scores;
}
