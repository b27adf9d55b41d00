// Searches the index: the full-text table finds candidates, their texts are then scored against each other.

import type { SearchHit, SearchQuery, SearchResult } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { filterCondition, hasFilters, narrowFilters } from './filters.ts';
import type { Condition } from './filters.ts';
import { planSearch } from './fts-query.ts';
import type { SearchPlan } from './fts-query.ts';
import { readQueryText } from './query-text.ts';
import type { QueryText } from './query-text.ts';
import { rank, roundScore } from './rank.ts';
import type { KeyedRecord, Ranked, RankedSearch } from './rank.ts';
import { ROW_COLUMNS, toRow } from './rows.ts';
import { typesAskedFor } from './signals.ts';
import type { SignalOptions } from './signals.ts';
import { keyCondition } from './find-candidates.ts';
import { openVectorNearness } from './vector-nearness.ts';
import type { VectorNearness, VectorSource } from './vector-nearness.ts';
import { makeSnippet } from './snippet.ts';
import { readStatistics } from './statistics.ts';

/**
 * The best hits and how many memories match. An empty text matches everything, newest first; one of signs alone what holds them. Superseded memories come last.
 * Throws `invalid_input` for a filter that cannot be read.
 */
export function searchIndex(
  database: IndexDatabase,
  query: SearchQuery,
  vectors?: VectorSource,
): Omit<SearchResult, 'stale'> {
  const limit = Math.min(100, Math.max(1, Math.trunc(query.limit) || 1));
  const asked = readQueryText(query.text);
  const filters = narrowFilters(query, asked.filters);
  const condition = hasFilters(filters) ? filterCondition(filters) : undefined;
  const found = findMatches(database, asked, condition);
  if (found === undefined) return listNewest(database, withSigns(filterCondition(filters), asked.signs), limit);
  const { plan, total } = found;
  const statistics = readStatistics(database, plan.terms);
  const search: RankedSearch = {
    database,
    plan,
    statistics,
    condition,
    total,
    signals: signalsFor(database, query, asked),
    vectors: vectorsFor(query, vectors),
  };
  const current = rank(search, { superseded: false, wanted: limit });
  const rest = limit - current.length;
  const superseded = rest === 0 || current.length === total ? [] : rank(search, { superseded: true, wanted: rest });
  const ranked = [
    ...current.map((one) => ({ ...one, score: roundScore(0.5 + one.score / 2) })),
    ...superseded.map((one) => ({ ...one, score: roundScore(one.score / 2) })),
  ];
  const words = plan.terms.flatMap((term) => term.tokens);
  // What only its meaning brought up holds none of the words.
  return { hits: ranked.map((one) => toHit(one, words)), total: Math.max(total, ranked.length) };
}

function vectorsFor({ vector, without }: SearchQuery, vectors: VectorSource | undefined): VectorNearness | undefined {
  if (vector === undefined || vectors === undefined || without?.includes('vectors') === true) return undefined;
  return openVectorNearness(vectors, vector);
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
  const total = countMatches(database, plan.matches, condition);
  if (total > 0 || !plan.hasRequired) return { plan, total };
  const looser = planSearch(
    chunks.map((chunk) => ({ ...chunk, quoted: false })),
    { phrases: 'wanted' },
  );
  return looser === undefined
    ? { plan, total }
    : { plan: looser, total: countMatches(database, looser.matches, condition) };
}

function countMatches(database: IndexDatabase, match: string, condition: Condition | undefined): number {
  const row = database.getOne<{ total: number }>(
    `SELECT count(*) AS total FROM words WHERE words MATCH ? ${keyCondition(condition)}`,
    match,
    ...(condition?.values ?? []),
  );
  return row.total;
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

/** In title or text, as they were typed. */
function withSigns(condition: Condition, signs: readonly string[]): Condition {
  const holds =
    '(instr(m.title, ?) > 0 OR EXISTS (SELECT 1 FROM bodies t WHERE t.key = m.key AND instr(t.body, ?) > 0))';
  return {
    sql: [condition.sql, ...signs.map(() => holds)].join(' AND '),
    values: [...condition.values, ...signs.flatMap((sign) => [sign, sign])],
  };
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
