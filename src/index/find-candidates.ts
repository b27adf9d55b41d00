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

/** How many candidates are scored. Measured: more find nothing more. */
const POOL = 150;
/** FTS5 takes about half a microsecond for each occurrence that it ranks. */
const MAX_OCCURRENCES = 20_000;

/** Keys of the candidates, the best first; all that match when they are few. */
export function findCandidates(search: CandidateSearch, choice: CandidateChoice): readonly number[] {
  const { plan, total } = search;
  const telling = plan.express(chooseTerms(search));
  const keys = new Set(findChosen(search, choice, telling));
  const isEnough = keys.size >= Math.min(POOL, total) || telling === plan.words;
  if (!isEnough) for (const key of findChosen(search, choice, plan.words)) if (keys.size < POOL) keys.add(key);
  return [...keys];
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

interface Found {
  readonly key: number;
  readonly score: number;
  readonly superseded: number;
}

function findChosen(search: CandidateSearch, choice: CandidateChoice, match: string): readonly number[] {
  const all = findBest(search, match, '');
  const chosen = all.filter(({ superseded }) => (superseded === 1) === choice.superseded);
  // Where the pool is full of the others, those that are wanted are asked for alone; it costs a quarter more.
  if (all.length < POOL || chosen.length >= Math.max(choice.wanted, POOL / 2)) return chosen.map(({ key }) => key);
  const only = `AND +words.rowid ${choice.superseded ? 'IN' : 'NOT IN'} (SELECT key FROM memories WHERE superseded_by IS NOT NULL)`;
  return findBest(search, match, only).map(({ key }) => key);
}

const BM25 = `bm25(words, ${WORD_COLUMNS.map(([, weight]) => weight.toFixed(1)).join(', ')})`;

function findBest({ database, condition }: CandidateSearch, match: string, only: string): readonly Found[] {
  const find = (order: string): readonly Found[] =>
    database.all<Found>(
      `SELECT key, score, EXISTS (SELECT 1 FROM memories m WHERE m.key = best.key AND m.superseded_by IS NOT NULL) AS superseded
         FROM (SELECT words.rowid AS key, -${BM25} AS score FROM words
           WHERE words MATCH ? ${keyCondition(condition)} ${only}
           ORDER BY ${order} LIMIT ${POOL}) best`,
      match,
      ...(condition?.values ?? []),
    );
  const best = find('score DESC');
  const isTiedAtTheEnd = best.length === POOL && best[POOL - 1]?.score === best[POOL / 2]?.score;
  // Where many are equally good, which of them are candidates must not hang on the order in which they were written.
  return isTiedAtTheEnd ? find('score DESC, (SELECT created FROM memories WHERE key = words.rowid) DESC') : best;
}
