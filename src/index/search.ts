// Searches the index: the full-text table finds candidates, their texts are then scored against each other.

import type { SearchHit, SearchQuery, SearchResult } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { readCandidateWords } from './candidate.ts';
import type { CandidateWords } from './candidate.ts';
import { findCandidates, keyCondition } from './find-candidates.ts';
import type { CandidateSearch } from './find-candidates.ts';
import { filterCondition, hasFilters, narrowFilters } from './filters.ts';
import type { Condition } from './filters.ts';
import { planSearch } from './fts-query.ts';
import type { SearchPlan } from './fts-query.ts';
import { fuseMeanings } from './fuse.ts';
import type { Meaning } from './fuse.ts';
import { memoryTexts } from './index-text.ts';
import { readQueryText } from './query-text.ts';
import type { QueryText } from './query-text.ts';
import { readJson, ROW_COLUMNS, toRow } from './rows.ts';
import type { RowRecord } from './rows.ts';
import { scoreCandidates } from './score.ts';
import type { Score } from './score.ts';
import { makeSnippet } from './snippet.ts';
import { readSignals, typesAskedFor } from './signals.ts';
import type { SignalledMemory, SignalOptions } from './signals.ts';
import { readStatistics } from './statistics.ts';
import { openTopicNearness } from './topics/topic-nearness.ts';
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
  const statistics = readStatistics(database, plan.terms);
  const search: RankedSearch = {
    database,
    plan,
    statistics,
    condition,
    total,
    signals: signalsFor(database, query, asked),
  };
  const current = rank(search, findCandidates(search, { superseded: false, wanted: limit }), limit);
  const rest = limit - current.length;
  const superseded =
    rest === 0 || current.length === total
      ? []
      : rank(search, findCandidates(search, { superseded: true, wanted: rest }), rest);
  const ranked = [
    ...current.map((one) => ({ ...one, score: round(0.5 + one.score / 2) })),
    ...superseded.map((one) => ({ ...one, score: round(one.score / 2) })),
  ];
  const words = plan.terms.flatMap((term) => term.tokens);
  return { hits: ranked.map((one) => toHit(one, words)), total };
}

interface KeyedRecord extends RowRecord {
  readonly key: number;
  readonly body: string;
}

interface Ranked {
  readonly record: KeyedRecord;
  readonly score: number;
  readonly why?: Readonly<Record<string, number>>;
  readonly hasChanged?: boolean | undefined;
}

interface RankedSearch extends CandidateSearch {
  readonly signals: SignalOptions;
}

function signalsFor(database: IndexDatabase, query: SearchQuery, asked: QueryText): SignalOptions {
  const newest = database.get<{ created: string | null }>(
    'SELECT max(created) AS created FROM memories WHERE hidden = 0',
  );
  return {
    context: query.context ?? {},
    without: query.without ?? [],
    newest: newest?.created ?? '',
    types: typesAskedFor(asked.chunks.flatMap((chunk) => chunk.words.map((word) => word.original))),
  };
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

function countMatches(database: IndexDatabase, match: string, condition: Condition | undefined): number {
  const row = database.getOne<{ total: number }>(
    `SELECT count(*) AS total FROM words WHERE words MATCH ? ${keyCondition(condition)}`,
    match,
    ...(condition?.values ?? []),
  );
  return row.total;
}

/** The best of these candidates, equal ones newest first. */
function rank(search: RankedSearch, keys: readonly number[], wanted: number): readonly Ranked[] {
  const { database, plan, statistics, signals } = search;
  const candidates = keys.map((key) => ({ key, ...readWords(database, key) }));
  const lexical = fuseMeanings(scoreCandidates(plan, candidates, statistics), []);
  const meanings = meaningsOf(search, new Map(candidates.map((one) => [one.key, one])));
  const best = fuseMeanings(lexical.slice(0, FUSED), meanings).map((one) => {
    const told = readSignals(readSignalled(database, one.key), signals);
    return {
      ...one,
      score: one.score * told.factor,
      reasons: { ...one.reasons, ...told.why },
      hasChanged: told.hasChanged,
    };
  });
  const scores = [...best, ...lexical.slice(FUSED).map((one) => ({ ...one, hasChanged: undefined }))]
    .map((one) => ({ ...one, score: round(one.score) }))
    .sort((a, b) => b.score - a.score);
  // No more rows are read than it takes to tell which of equal ones are newer.
  const last = scores[wanted - 1]?.score ?? 0;
  return scores
    .filter(({ score }) => score >= last)
    .flatMap(({ key, score, reasons, hasChanged }) => {
      const record = database.get<KeyedRecord>(READ_RECORD, key);
      return record === undefined ? [] : [{ record, score, why: readWhy(reasons), hasChanged }];
    })
    .sort(
      (a, b) =>
        b.score - a.score || compareText(b.record.created, a.record.created) || compareText(a.record.id, b.record.id),
    )
    .slice(0, wanted);
}

function readSignalled(database: IndexDatabase, key: number): SignalledMemory {
  const row = database.getOne<Pick<RowRecord, 'kind' | 'type' | 'created' | 'branch' | 'files'>>(
    'SELECT kind, type, created, branch, files FROM memories WHERE key = ?',
    key,
  );
  return {
    kind: row.kind,
    type: row.type ?? undefined,
    created: row.created,
    branch: row.branch ?? undefined,
    files: readJson<SignalledMemory['files']>(row.files),
  };
}

/** So many of the best by words are asked for their meaning: the others cannot come up far enough. */
const FUSED = 80;

function meaningsOf(
  { database, plan, signals }: RankedSearch,
  candidates: ReadonlyMap<number, { readonly hash: string; readonly words: CandidateWords }>,
): readonly Meaning[] {
  if (signals.without.includes('topics')) return [];
  const topics = openTopicNearness(
    database,
    plan.terms.flatMap(({ tokens, isTelling }) => (isTelling ? tokens : [])),
  );
  if (topics === undefined) return [];
  const nearnessOf = (key: number): number | undefined => {
    const candidate = candidates.get(key);
    return candidate === undefined ? undefined : Math.max(0, topics.nearnessOf(candidate.hash, candidate.words));
  };
  return [{ name: 'topics', share: topics.share, nearnessOf }];
}

const READ_RECORD = `SELECT m.key, b.body, ${ROW_COLUMNS} FROM memories m JOIN bodies b ON b.key = m.key WHERE m.key = ?`;

/** A process that searches again and again meets the same memories: their words are kept. */
const recentWords = openRecent<CandidateWords>(4000);

function readWords(database: IndexDatabase, key: number): { readonly hash: string; readonly words: CandidateWords } {
  const { hash } = database.getOne<{ hash: string }>('SELECT hash FROM memories WHERE key = ?', key);
  const words = recentWords(hash, () => {
    const { title, body, tags, files } = database.getOne<{ title: string; body: string; tags: string; files: string }>(
      'SELECT m.title, m.tags, m.files, b.body FROM memories m JOIN bodies b ON b.key = m.key WHERE m.key = ?',
      key,
    );
    return readCandidateWords(memoryTexts({ title, body, tags: readJson(tags), files: readJson(files) }));
  });
  return { hash, words };
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

function toHit({ record, score, why, hasChanged }: Ranked, words: readonly string[]): SearchHit {
  return {
    ...toRow(record),
    score,
    snippet: makeSnippet(record.body, words),
    ...(why === undefined ? {} : { why }),
    ...(hasChanged === undefined ? {} : { hasChanged }),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
