// Searches the index: the full-text table finds candidates, their texts are then scored against each other.

import type { SearchHit, SearchQuery, SearchResult } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { readCandidateWords } from './candidate.ts';
import type { CandidateWords } from './candidate.ts';
import { filterCondition, hasFilters, narrowFilters } from './filters.ts';
import type { Condition } from './filters.ts';
import { planSearch } from './fts-query.ts';
import type { SearchPlan } from './fts-query.ts';
import { memoryTexts } from './index-text.ts';
import { readQueryText } from './query-text.ts';
import type { QueryText } from './query-text.ts';
import { readJson, ROW_COLUMNS, toRow } from './rows.ts';
import type { RowRecord } from './rows.ts';
import { WORD_COLUMNS } from './schema.ts';
import { scoreCandidates } from './score.ts';
import type { Candidate, Score } from './score.ts';
import { makeSnippet } from './snippet.ts';
import { readStatistics } from './statistics.ts';
import { openRecent } from './word-table.ts';

/**
 * The best hits and how many memories match. An empty text matches everything, newest first. Superseded memories come last.
 * Throws `invalid_input` for a filter that cannot be read.
 */
export function searchIndex(database: IndexDatabase, query: SearchQuery): Omit<SearchResult, 'stale'> {
  const limit = Math.min(100, Math.max(1, Math.trunc(query.limit) || 1));
  const asked = readQueryText(query.text);
  const filters = narrowFilters(query, asked.filters);
  const condition = hasFilters(filters) ? filterCondition(filters) : undefined;
  const found = findMatches(database, asked, condition);
  if (found === undefined) return listNewest(database, filterCondition(filters), limit);
  const { plan, total } = found;
  const ranked: Ranked[] = [];
  for (const superseded of [false, true]) {
    if (ranked.length >= limit || ranked.length >= total) break;
    ranked.push(...rank({ database, plan, condition, superseded, wanted: limit - ranked.length }));
  }
  const words = plan.terms.flatMap((term) => term.tokens);
  return { hits: ranked.map((one) => toHit(one, words)), total };
}

/** How many candidates are read and scored; measured: more find nothing more. */
const POOL = 200;
const BM25 = `bm25(words, ${WORD_COLUMNS.map(([, weight]) => weight.toFixed(1)).join(', ')})`;

interface KeyedRecord extends RowRecord {
  readonly key: number;
  readonly body: string;
}

interface Ranked {
  readonly record: KeyedRecord;
  readonly score: number;
  readonly why?: Readonly<Record<string, number>>;
}

/** The plan that finds something: where a quoted phrase stands nowhere, its words are sought. Undefined without any word. */
function findMatches(
  database: IndexDatabase,
  { chunks }: QueryText,
  condition: Condition | undefined,
): { readonly plan: SearchPlan; readonly total: number } | undefined {
  const plan = planSearch(chunks, { phrases: 'required' });
  if (plan === undefined) return undefined;
  const total = countMatches(database, plan.words, condition);
  if (total > 0 || !plan.hasRequired) return { plan, total };
  const looser = planSearch(
    chunks.map((chunk) => ({ ...chunk, quoted: false })),
    { phrases: 'wanted' },
  );
  return looser === undefined
    ? { plan, total }
    : { plan: looser, total: countMatches(database, looser.words, condition) };
}

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

interface RankRequest {
  readonly database: IndexDatabase;
  readonly plan: SearchPlan;
  readonly condition: Condition | undefined;
  readonly superseded: boolean;
  /** How many are wanted at most. */
  readonly wanted: number;
}

/** The best of the current or of the superseded memories, equal ones newest first. */
function rank(request: RankRequest): readonly Ranked[] {
  const { database, plan, superseded, wanted } = request;
  const candidates = readCandidates(request);
  const scores = scoreCandidates(plan, candidates, readStatistics(database, plan.terms))
    .map(({ key, score, reasons }) => ({ key, reasons, score: round(superseded ? score / 2 : 0.5 + score / 2) }))
    .sort((a, b) => b.score - a.score);
  // No more rows are read than it takes to tell which of equal ones are newer.
  const last = scores[wanted - 1]?.score ?? 0;
  return scores
    .filter(({ score }) => score >= last)
    .flatMap(({ key, score, reasons }) => {
      const record = database.get<KeyedRecord>(READ_RECORD, key);
      return record === undefined ? [] : [{ record, score, why: readWhy(reasons) }];
    })
    .sort(
      (a, b) =>
        b.score - a.score || compareText(b.record.created, a.record.created) || compareText(a.record.id, b.record.id),
    )
    .slice(0, wanted);
}

const READ_RECORD = `SELECT m.key, b.body, ${ROW_COLUMNS} FROM memories m JOIN bodies b ON b.key = m.key WHERE m.key = ?`;

/** By the telling words; where these find too few, by all words. */
function readCandidates(request: RankRequest): readonly Candidate[] {
  const { database, plan } = request;
  const keys = new Set(findCandidates(request, plan.telling));
  if (keys.size < POOL && plan.words !== plan.telling)
    for (const key of findCandidates(request, plan.words)) if (keys.size < POOL) keys.add(key);
  return [...keys].map((key) => ({ key, words: readWords(database, key) }));
}

/** A process that searches again and again meets the same memories: their words are kept. */
const recentWords = openRecent<CandidateWords>(4000);

function readWords(database: IndexDatabase, key: number): CandidateWords {
  const { hash } = database.getOne<{ hash: string }>('SELECT hash FROM memories WHERE key = ?', key);
  return recentWords(hash, () => {
    const { title, body, tags, files } = database.getOne<{ title: string; body: string; tags: string; files: string }>(
      'SELECT m.title, m.tags, m.files, b.body FROM memories m JOIN bodies b ON b.key = m.key WHERE m.key = ?',
      key,
    );
    return readCandidateWords(memoryTexts({ title, body, tags: readJson(tags), files: readJson(files) }));
  });
}

function findCandidates({ database, condition, superseded }: RankRequest, match: string): readonly number[] {
  const find = (order: string): readonly { readonly key: number; readonly score: number }[] =>
    database.all(
      `SELECT words.rowid AS key, -${BM25} AS score FROM words
         WHERE words MATCH ? ${keyCondition(condition)}
           AND +words.rowid ${superseded ? 'IN' : 'NOT IN'} (SELECT key FROM memories WHERE superseded_by IS NOT NULL)
         ORDER BY ${order} LIMIT ${POOL}`,
      match,
      ...(condition?.values ?? []),
    );
  const best = find('score DESC');
  const isTiedAtTheEnd = best.length === POOL && best[POOL - 1]?.score === best[POOL / 2]?.score;
  // Where many are equally good, which of them are candidates must not hang on the order in which they were written.
  const chosen = isTiedAtTheEnd
    ? find('score DESC, (SELECT created FROM memories WHERE key = words.rowid) DESC')
    : best;
  return chosen.map(({ key }) => key);
}

/** Sums of the same numbers in another order differ in the last digits; they must not decide. */
function round(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}

function readWhy(reasons: Score['reasons']): Readonly<Record<string, number>> {
  const telling = Object.entries(reasons).filter(([, amount]) => amount >= 0.0005);
  return Object.fromEntries(telling.map(([name, amount]) => [name, Math.round(amount * 1000) / 1000]));
}

function listNewest(database: IndexDatabase, condition: Condition, limit: number): Omit<SearchResult, 'stale'> {
  const { total } = database.getOne<{ total: number }>(
    `SELECT count(*) AS total FROM memories m WHERE ${condition.sql}`,
    ...condition.values,
  );
  const list = (superseded: string, count: number): readonly KeyedRecord[] =>
    database.all<KeyedRecord>(
      `SELECT m.key, b.body, ${ROW_COLUMNS} FROM memories m JOIN bodies b ON b.key = m.key
       WHERE ${condition.sql} AND m.superseded_by ${superseded} ORDER BY m.created DESC, m.id LIMIT ?`,
      ...condition.values,
      count,
    );
  const current = list('IS NULL', limit);
  const records = current.length < limit ? [...current, ...list('IS NOT NULL', limit - current.length)] : current;
  return { hits: records.map((record) => toHit({ record, score: 0 }, [])), total };
}

function toHit({ record, score, why }: Ranked, words: readonly string[]): SearchHit {
  return {
    ...toRow(record),
    score,
    snippet: makeSnippet(record.body, words),
    ...(why === undefined ? {} : { why }),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
