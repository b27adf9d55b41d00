// Finds the memories that are worth scoring: the full-text table's best by the terms that tell most.

import type { IndexDatabase } from './database.ts';
import type { Condition } from './filters.ts';
import type { SearchPlan } from './fts-query.ts';
import { WORD_COLUMNS } from './schema.ts';
import type { VaultStatistics } from './score.ts';

export interface CandidateSearch {
  readonly database: IndexDatabase;
  readonly plan: SearchPlan;
  readonly statistics: VaultStatistics;
  readonly condition: Condition | undefined;
  /** How many memories match in all. */
  readonly total: number;
}

export interface CandidateChoice {
  /** Superseded memories, or those that still hold. */
  readonly superseded: boolean;
  /** How many hits are wanted. */
  readonly wanted: number;
}

/** How many candidates are found. Measured: more find nothing more. */
const POOL = 150;
/** So many are scored in any case, */
const SCORED = 50;
/** and of the others those whose words are worth at least this share of the best's. Measured: the rest comes up no further. */
const WORTH = 0.5;
/** FTS5 takes about half a microsecond for each occurrence that it ranks. Measured: more find nothing more. */
const MAX_OCCURRENCES = 2500;

/** A memory that may be a hit. */
export interface FoundMemory {
  readonly key: number;
  readonly id: string;
  /** Of its content. */
  readonly hash: string;
}

/** The candidates, the best first; all that match when they are few. */
export function findCandidates(search: CandidateSearch, choice: CandidateChoice): readonly FoundMemory[] {
  const { plan, total } = search;
  const telling = plan.express(chooseTerms(search), (term) => isFrequent(search, term));
  const first = findChosen(search, choice, telling);
  if (first.isFull || first.matches >= total || telling === plan.words) return first.found;
  // So few have a telling word that those with only the others are worth a look.
  const keys = new Set(first.found.map(({ key }) => key));
  const others = findChosen(search, choice, plan.words).found.filter(({ key }) => !keys.has(key));
  return [...first.found, ...others].slice(0, Math.max(POOL, first.found.length));
}

/** The unary plus keeps SQLite from asking the full-text table row by row. */
export function keyCondition(condition: Condition | undefined): string {
  return condition === undefined ? '' : `AND +words.rowid IN (SELECT m.key FROM memories m WHERE ${condition.sql})`;
}

/**
 * The telling terms, the rarest first, as long as they do not occur too often together: what a common word adds to a memory that has
 * a rare one, the score finds out, and a memory that has only common ones is no candidate while there are others.
 */
function chooseTerms({ plan, statistics }: CandidateSearch): readonly number[] {
  const telling = plan.terms
    .map((term, number) => ({ number, term, occurrences: statistics.occurrences[number] ?? 0 }))
    .filter(({ term, occurrences }) => term.isTelling && occurrences > 0)
    .sort((a, b) => a.occurrences - b.occurrences || a.number - b.number);
  const chosen: number[] = [];
  let sum = 0;
  for (const { number, occurrences } of telling) {
    if (sum + occurrences > MAX_OCCURRENCES && sum >= 2 * POOL) break;
    chosen.push(number);
    sum += occurrences;
  }
  return chosen.length > 0 ? chosen : plan.terms.map((_, number) => number);
}

/** A word that so many memories hold is sought in titles alone: to rank all of them takes longer than the rest of the search. */
function isFrequent({ statistics }: CandidateSearch, term: number): boolean {
  return (statistics.occurrences[term] ?? 0) > MAX_OCCURRENCES;
}

interface Found extends FoundMemory {
  readonly score: number;
  readonly superseded: number;
}

interface Chosen {
  readonly found: readonly FoundMemory[];
  /** How many there were of both sorts; at least, where it is full. */
  readonly matches: number;
  /** More match, but they are not worth scoring. */
  readonly isFull: boolean;
}

function findChosen(search: CandidateSearch, choice: CandidateChoice, match: string): Chosen {
  const all = findBest(search, match, '');
  const chosen = all.filter(({ superseded }) => (superseded === 1) === choice.superseded);
  const isFull = all.length >= POOL;
  const matches = all.length;
  if (!isFull) return { found: chosen, matches, isFull };
  // Where the pool is full of the others, those that are wanted are asked for alone; it costs a quarter more.
  if (chosen.length >= Math.max(choice.wanted, POOL / 2))
    return { found: worthScoring(chosen, choice), matches, isFull };
  const only = `AND +words.rowid ${choice.superseded ? 'IN' : 'NOT IN'} (SELECT key FROM memories WHERE superseded_by IS NOT NULL)`;
  const alone = findBest(search, match, only);
  return alone.length < POOL
    ? { found: alone, matches, isFull: false }
    : { found: worthScoring(alone, choice), matches, isFull };
}

function worthScoring(found: readonly Found[], { wanted }: CandidateChoice): readonly Found[] {
  const least = WORTH * (found[0]?.score ?? 0);
  return found.filter(({ score }, order) => order < Math.max(SCORED, wanted) || score >= least);
}

const BM25 = `bm25(words, ${WORD_COLUMNS.map(([, weight]) => weight.toFixed(1)).join(', ')})`;

function findBest({ database, condition }: CandidateSearch, match: string, only: string): readonly Found[] {
  const find = (order: string): readonly Found[] =>
    database.all<Found>(
      `SELECT m.key, m.id, m.hash, score, m.superseded_by IS NOT NULL AS superseded
         FROM (SELECT words.rowid AS key, -${BM25} AS score FROM words
           WHERE words MATCH ? ${keyCondition(condition)} ${only}
           ORDER BY ${order} LIMIT ${POOL}) best CROSS JOIN memories m ON m.key = best.key`,
      match,
      ...(condition?.values ?? []),
    );
  const best = find('score DESC');
  const isTiedAtTheEnd = best.length === POOL && best[POOL - 1]?.score === best[POOL / 2]?.score;
  // Where many are equally good, which of them are candidates must not hang on the order in which they were written.
  return isTiedAtTheEnd ? find('score DESC, (SELECT created FROM memories WHERE key = words.rowid) DESC') : best;
}
