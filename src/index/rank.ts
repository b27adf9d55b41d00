// Ranks the candidates of a search: words first, then what they are about, then what a memory of code knows of itself.

import { readCandidateWords } from './candidate.ts';
import type { CandidateWords } from './candidate.ts';
import type { IndexDatabase } from './database.ts';
import { findCandidates } from './find-candidates.ts';
import type { CandidateChoice, CandidateSearch, FoundMemory } from './find-candidates.ts';
import { fuseMeanings } from './fuse.ts';
import type { Meaning } from './fuse.ts';
import { memoryTexts } from './index-text.ts';
import { readJson, ROW_COLUMNS } from './rows.ts';
import type { RowRecord } from './rows.ts';
import { scoreCandidates } from './score.ts';
import type { Score } from './score.ts';
import { readSignals } from './signals.ts';
import type { SignalledMemory, SignalOptions } from './signals.ts';
import { openTopicNearness } from './topics/topic-nearness.ts';
import type { VectorNearness } from './vector-nearness.ts';
import { openRecent, openWordTable } from './word-table.ts';

export interface KeyedRecord extends RowRecord {
  readonly key: number;
  readonly body: string;
}

export interface Ranked {
  readonly record: KeyedRecord;
  readonly score: number;
  readonly why?: Readonly<Record<string, number>>;
  readonly hasChanged?: boolean | undefined;
}

export interface RankedSearch extends CandidateSearch {
  readonly signals: SignalOptions;
  /** What a model says of the query, where there is one. */
  readonly vectors: VectorNearness | undefined;
}

/** The best memories of one sort, equal ones newest first. */
export function rank(search: RankedSearch, choice: CandidateChoice): readonly Ranked[] {
  const { database, plan, statistics, signals, vectors } = search;
  const found = new Map(findCandidates(search, choice).map((one) => [one.key, one]));
  const nearest = vectors === undefined ? [] : findNearest(search, choice, vectors);
  for (const one of nearest) found.set(one.key, one);
  const wordsOf = openKeptWords();
  const candidates = [...found.values()].map((one) => ({ ...one, words: readWords(database, one, wordsOf) }));
  const lexical = fuseMeanings(scoreCandidates(plan, candidates, statistics), []);
  const isFused = new Set([...lexical.slice(0, FUSED).map(({ key }) => key), ...nearest.map(({ key }) => key)]);
  const meanings = meaningsOf(search, new Map(candidates.map((one) => [one.key, one])), isFused);
  const signalled = readSignalled(database, isFused);
  const best = fuseMeanings(
    lexical.filter(({ key }) => isFused.has(key)),
    meanings,
  ).flatMap((one) => {
    const memory = signalled.get(one.key);
    if (memory === undefined) return [];
    const told = readSignals(memory, signals);
    return [
      {
        ...one,
        score: one.score * told.factor,
        reasons: { ...one.reasons, ...told.why },
        hasChanged: told.hasChanged,
      },
    ];
  });
  const others = lexical.filter(({ key }) => !isFused.has(key)).map((one) => ({ ...one, hasChanged: undefined }));
  const scores = [...best, ...others]
    .map((one) => ({ ...one, score: roundScore(one.score) }))
    .sort((a, b) => b.score - a.score);
  // No more rows are read than it takes to tell which of equal ones are newer.
  const last = scores[choice.wanted - 1]?.score ?? 0;
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
    .slice(0, choice.wanted);
}

/** The memories that a model holds for near, whatever their words. */
function findNearest(
  { database, condition }: RankedSearch,
  { superseded }: CandidateChoice,
  vectors: VectorNearness,
): readonly FoundMemory[] {
  return vectors.nearestIds().flatMap((id) => {
    const row = database.get<FoundMemory>(
      `SELECT m.key, m.id, m.hash FROM memories m WHERE m.id = ? AND m.hidden = 0 AND m.superseded_by IS ${superseded ? 'NOT NULL' : 'NULL'}
         ${condition === undefined ? '' : `AND ${condition.sql}`}`,
      id,
      ...(condition?.values ?? []),
    );
    return row === undefined ? [] : [row];
  });
}

/** By key; in one statement, since each costs more than what it reads. */
function readSignalled(database: IndexDatabase, keys: Iterable<number>): ReadonlyMap<number, SignalledMemory> {
  type Row = Pick<RowRecord, 'kind' | 'type' | 'created' | 'branch' | 'files'> & { readonly key: number };
  const rows = database.all<Row>(
    'SELECT key, kind, type, created, branch, files FROM memories WHERE key IN (SELECT value FROM json_each(?))',
    JSON.stringify([...keys]),
  );
  return new Map(
    rows.map((row) => [
      row.key,
      {
        kind: row.kind,
        type: row.type ?? undefined,
        created: row.created,
        branch: row.branch ?? undefined,
        // Most searches do not look at them.
        get files() {
          return readJson<SignalledMemory['files']>(row.files);
        },
      },
    ]),
  );
}

/** So many of the best by words are asked for their meaning: the others cannot come up far enough. */
const FUSED = 40;

function meaningsOf(
  { database, plan, signals, vectors }: RankedSearch,
  candidates: ReadonlyMap<number, { readonly id: string; readonly hash: string; readonly words: CandidateWords }>,
  asked: ReadonlySet<number>,
): readonly Meaning[] {
  const meanings: Meaning[] = [];
  const words = plan.terms.flatMap(({ tokens, isTelling }) => (isTelling ? tokens : []));
  const topics = signals.without.includes('topics') ? undefined : openTopicNearness(database, words);
  const ids = new Map([...asked].map((key) => [key, candidates.get(key)?.id ?? '']));
  const scores = vectors?.scoreOf([...ids.values()]);
  if (topics !== undefined)
    meanings.push({
      name: 'topics',
      // A model knows more than the vault's own words tell.
      share: scores === undefined ? topics.share : topics.share / 2,
      nearnessOf(key) {
        const candidate = candidates.get(key);
        return candidate === undefined ? undefined : Math.max(0, topics.nearnessOf(candidate.hash, candidate.words));
      },
    });
  if (scores !== undefined)
    meanings.push({ name: 'vectors', share: VECTOR_SHARE, nearnessOf: (key) => scores.get(ids.get(key) ?? '') });
  return meanings;
}

/** Lexical-heavy: measured, a list of untested worth never lost more than 0.8 points by this share. */
const VECTOR_SHARE = 0.15;

const READ_RECORD = `SELECT m.key, b.body, ${ROW_COLUMNS} FROM memories m JOIN bodies b ON b.key = m.key WHERE m.key = ?`;

/** A process that searches again and again meets the same memories: their words are kept, a kilobyte each. */
const MAX_KEPT = 10_000;
let kept = startKeeping();

function startKeeping() {
  return { table: openWordTable(), recent: openRecent<CandidateWords>(MAX_KEPT) };
}

/** Fresh ones where too many words are known; within a search they stay the same. */
function openKeptWords(): typeof kept {
  if (kept.table.isFull) kept = startKeeping();
  return kept;
}

function readWords(
  database: IndexDatabase,
  { key, hash }: FoundMemory,
  { table, recent }: typeof kept,
): CandidateWords {
  return recent(hash, () => {
    const { title, body, tags, files } = database.getOne<{ title: string; body: string; tags: string; files: string }>(
      'SELECT m.title, m.tags, m.files, b.body FROM memories m JOIN bodies b ON b.key = m.key WHERE m.key = ?',
      key,
    );
    return readCandidateWords(memoryTexts({ title, body, tags: readJson(tags), files: readJson(files) }), table);
  });
}

/** Sums of the same numbers in another order differ in the last digits; they must not decide. */
export function roundScore(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}

function readWhy(reasons: Score['reasons']): Readonly<Record<string, number>> {
  const telling = Object.entries(reasons).filter(([, amount]) => amount >= 0.0005);
  return Object.fromEntries(telling.map(([name, amount]) => [name, Math.round(amount * 1000) / 1000]));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
