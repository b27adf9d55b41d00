// Searches the index: words by weighted bm25, a little for pairs of words side by side, filters in SQL.

import type { SearchHit, SearchQuery, SearchResult } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { filterCondition, hasFilters } from './filters.ts';
import type { Condition } from './filters.ts';
import { planMatch } from './fts-query.ts';
import { ROW_COLUMNS, toRow } from './rows.ts';
import type { RowRecord } from './rows.ts';
import { WORD_COLUMNS } from './schema.ts';
import { makeSnippet } from './snippet.ts';

/**
 * The best hits and how many memories match. An empty text matches everything, newest first. Superseded memories come last.
 * Throws `invalid_input` for a filter that cannot be read.
 */
export function searchIndex(database: IndexDatabase, query: SearchQuery): Omit<SearchResult, 'stale'> {
  const limit = Math.min(100, Math.max(1, Math.trunc(query.limit) || 1));
  const plan = planMatch(query.text);
  if (plan === undefined) return listNewest(database, query, limit);
  const condition = hasFilters(query) ? filterCondition(query) : undefined;
  const total = countMatches(database, plan.words, condition);
  const found: Ranked[] = [];
  for (const superseded of [false, true]) {
    if (found.length >= limit || found.length >= total) break;
    const words = rankMatches(database, plan.words, condition, superseded);
    const pairs = plan.pairs === undefined ? [] : rankMatches(database, plan.pairs, condition, superseded);
    const fused = fuse(words, pairs).map(({ key, score }) => ({
      key,
      score: superseded ? score / 2 : 0.5 + score / 2,
    }));
    found.push(...readBest(database, fused, limit - found.length));
  }
  return {
    hits: found.map(({ record, score }) => toHit(database, record, score, plan.terms)),
    total,
  };
}

/** How many of the best are looked at; a hit that only its pairs of words would lift must be among them. */
const POOL = 200;
const WORDS_SHARE = 0.8;

interface Match {
  readonly key: number;
  /** Higher is better. */
  readonly score: number;
}

interface KeyedRecord extends RowRecord {
  readonly key: number;
}

interface Ranked {
  readonly record: KeyedRecord;
  readonly score: number;
}

const BM25 = `bm25(words, ${WORD_COLUMNS.map(([, weight]) => weight.toFixed(1)).join(', ')})`;

/** The unary plus keeps SQLite from asking the full-text table row by row. */
function keyCondition(condition: Condition | undefined): string {
  return condition === undefined ? '' : `AND +words.rowid IN (SELECT m.key FROM memories m WHERE ${condition.sql})`;
}

function countMatches(database: IndexDatabase, match: string, condition: Condition | undefined): number {
  const row = database.getOne<{ total: number }>(
    `SELECT count(*) AS total FROM words WHERE words MATCH ? ${keyCondition(condition)}`,
    match,
    ...(condition?.values ?? []),
  );
  return row.total;
}

function rankMatches(
  database: IndexDatabase,
  match: string,
  condition: Condition | undefined,
  superseded: boolean,
): readonly Match[] {
  const rank = (order: string, limit: number): readonly Match[] =>
    database.all<Match>(
      `SELECT words.rowid AS key, -${BM25} AS score FROM words
         WHERE words MATCH ? ${keyCondition(condition)}
           AND +words.rowid ${superseded ? 'IN' : 'NOT IN'} (SELECT key FROM memories WHERE superseded_by IS NOT NULL)
         ORDER BY ${order} LIMIT ?`,
      match,
      ...(condition?.values ?? []),
      limit,
    );
  const best = rank('score DESC', POOL);
  const isTiedAtTheEnd = best.length === POOL && best[POOL - 1]?.score === best[POOL / 2]?.score;
  if (!isTiedAtTheEnd) return best;
  // Many are equally good: which of them are among the pool must not hang on the order in which they were written.
  return rank('score DESC, (SELECT created FROM memories WHERE key = words.rowid) DESC', POOL);
}

/** A convex combination of the scores, each list brought to 0..1; a list with nothing to say changes no order. */
function fuse(words: readonly Match[], pairs: readonly Match[]): readonly Match[] {
  const byWords = normalize(words);
  if (pairs.length === 0) return [...byWords].map(([key, score]) => ({ key, score }));
  const byPairs = normalize(pairs);
  const keys = new Set([...byWords.keys(), ...byPairs.keys()]);
  return [...keys].map((key) => ({
    key,
    score: WORDS_SHARE * (byWords.get(key) ?? 0) + (1 - WORDS_SHARE) * (byPairs.get(key) ?? 0),
  }));
}

function normalize(matches: readonly Match[]): ReadonlyMap<number, number> {
  const best = matches[0]?.score ?? 0;
  // A list that holds every match ends at what does not match, which is 0; a pool ends at its last.
  const worst = matches.length < POOL ? 0 : (matches.at(-1)?.score ?? 0);
  const width = best - worst;
  return new Map(matches.map(({ key, score }) => [key, width === 0 ? 1 : (score - worst) / width]));
}

const READ_ROW = `SELECT m.key, ${ROW_COLUMNS} FROM memories m WHERE m.key = ?`;

/** The rows of the best matches, equal ones newest first. Reads no more rows than it must to tell. */
function readBest(database: IndexDatabase, matches: readonly Match[], limit: number): readonly Ranked[] {
  const rounded = matches
    .map(({ key, score }) => ({ key, score: roundScore(score) }))
    .sort((a, b) => b.score - a.score);
  const last = rounded[limit - 1]?.score ?? 0;
  return rounded
    .filter((match) => match.score >= last)
    .flatMap(({ key, score }) => {
      const record = database.get<KeyedRecord>(READ_ROW, key);
      return record === undefined ? [] : [{ record, score }];
    })
    .sort(
      (a, b) =>
        b.score - a.score || compareText(b.record.created, a.record.created) || compareText(a.record.id, b.record.id),
    )
    .slice(0, limit);
}

/** Sums of the same numbers in another order differ in the last digits; they must not decide. */
function roundScore(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}

function listNewest(database: IndexDatabase, query: SearchQuery, limit: number): Omit<SearchResult, 'stale'> {
  const condition = filterCondition(query);
  const { total } = database.getOne<{ total: number }>(
    `SELECT count(*) AS total FROM memories m WHERE ${condition.sql}`,
    ...condition.values,
  );
  const list = (superseded: string, count: number): readonly KeyedRecord[] =>
    database.all<KeyedRecord>(
      `SELECT m.key, ${ROW_COLUMNS} FROM memories m WHERE ${condition.sql} AND m.superseded_by ${superseded}
       ORDER BY m.created DESC, m.id LIMIT ?`,
      ...condition.values,
      count,
    );
  const current = list('IS NULL', limit);
  const records = current.length < limit ? [...current, ...list('IS NOT NULL', limit - current.length)] : current;
  return { hits: records.map((record) => toHit(database, record, 0, [])), total };
}

function toHit(database: IndexDatabase, record: KeyedRecord, score: number, terms: readonly string[]): SearchHit {
  const { body } = database.getOne<{ body: string }>('SELECT body FROM bodies WHERE key = ?', record.key);
  return { ...toRow(record), score, snippet: makeSnippet(body, terms) };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
