// Rows of the index as memories: lists by time, by session, by id; counts.

import { isIdPrefix, ID_LENGTH } from '../model/memory.ts';
import type { Memory, MemoryKind, ObservationType } from '../model/memory.ts';
import type { FoundMemories, MemoryPlace, MemoryRow, SearchFilters } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { filterCondition } from './filters.ts';

/** The columns that `toRow` needs, of the table `memories` under the alias m. */
export const ROW_COLUMNS =
  'm.id, m.place, m.path, m.kind, m.type, m.title, m.created, m.session, m.branch, m.commit_id, m.files, m.tags, m.supersedes, m.superseded_by';

export interface RowRecord {
  readonly id: string;
  readonly place: MemoryPlace;
  readonly path: string;
  readonly kind: MemoryKind;
  readonly type: ObservationType | null;
  readonly title: string;
  readonly created: string;
  readonly session: string | null;
  readonly branch: string | null;
  readonly commit_id: string | null;
  readonly files: string;
  readonly tags: string;
  readonly supersedes: string;
  readonly superseded_by: string | null;
}

export function toRow(record: RowRecord): MemoryRow {
  // Field by field: of twenty thousand rows that a search for near titles reads, spreading costs more than all else.
  const row: { -readonly [Field in keyof MemoryRow]?: MemoryRow[Field] } = { id: record.id, kind: record.kind };
  if (record.type !== null) row.type = record.type;
  row.title = record.title;
  row.created = record.created;
  if (record.session !== null) row.session = record.session;
  if (record.branch !== null) row.branch = record.branch;
  if (record.commit_id !== null) row.commit = record.commit_id;
  row.files = record.files === '[]' ? [] : readJson<Memory['files']>(record.files).map((file) => file.path);
  row.tags = record.tags === '[]' ? [] : readJson<string[]>(record.tags);
  if (record.supersedes !== '[]') row.supersedes = readJson<string[]>(record.supersedes);
  row.place = record.place;
  if (record.superseded_by !== null) row.supersededBy = record.superseded_by;
  row.path = record.path;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every field that a row must have was set above
  return row as MemoryRow;
}

/** A column that the index itself wrote as JSON. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function readJson<T>(text: string): T {
  return JSON.parse(text);
}

/** The newest rows first, from the one that follows `after` on. */
export function recentRows(
  database: IndexDatabase,
  filters: SearchFilters,
  limit: number,
  after?: Pick<MemoryRow, 'created' | 'id'>,
): readonly MemoryRow[] {
  const condition = filterCondition(filters);
  const follows = 'm.created <= ? AND (m.created < ? OR m.id > ?)';
  const records = database.all<RowRecord>(
    `SELECT ${ROW_COLUMNS} FROM memories m WHERE ${condition.sql} ${after === undefined ? '' : `AND ${follows}`}
       ORDER BY m.created DESC, m.id LIMIT ?`,
    ...condition.values,
    ...(after === undefined ? [] : [after.created, after.created, after.id]),
    limit,
  );
  return records.map(toRow);
}

/** Everything visible of one session, in order of time. */
export function sessionRows(database: IndexDatabase, sessionId: string): readonly MemoryRow[] {
  const records = database.all<RowRecord>(
    `SELECT ${ROW_COLUMNS} FROM memories m WHERE m.session = ? AND m.hidden = 0 ORDER BY m.created, m.id DESC`,
    sessionId,
  );
  return records.map(toRow);
}

/** How many visible memories there are of each kind; tombstones are never visible. */
export function countRows(database: IndexDatabase): Readonly<Record<MemoryKind, number>> {
  // One by one each is counted in the index; grouped, every row is stepped to.
  const count = (kind: MemoryKind): number =>
    database.getOne<{ rows: number }>('SELECT count(*) AS rows FROM memories WHERE hidden = 0 AND kind = ?', kind).rows;
  return {
    observation: count('observation'),
    summary: count('summary'),
    note: count('note'),
    tombstone: count('tombstone'),
  };
}

/** The rows whose id begins so, sorted by id. */
export function findByPrefix(database: IndexDatabase, prefix: string, limit: number): readonly MemoryRow[] {
  const wanted = normalizeId(prefix);
  if (!isIdPrefix(wanted)) return [];
  // '{' is greater than every character of an id.
  const records = database.all<RowRecord>(
    `SELECT ${ROW_COLUMNS} FROM memories m WHERE m.id >= ? AND m.id < ? AND m.hidden = 0 ORDER BY m.id LIMIT ?`,
    wanted,
    `${wanted}{`,
    limit,
  );
  return records.map(toRow);
}

/** Whole memories by ids or unique prefixes, in the order asked, each once. */
export function getMemories(database: IndexDatabase, ids: readonly string[]): Omit<FoundMemories, 'stale'> {
  const memories = new Map<string, FoundMemories['memories'][number]>();
  const missing: string[] = [];
  const ambiguous: FoundMemories['ambiguous'][number][] = [];
  for (const asked of new Set(ids)) {
    const candidates = findByPrefix(database, asked, MAX_CANDIDATES);
    const [first] = candidates;
    if (first === undefined) missing.push(asked);
    else if (candidates.length > 1) ambiguous.push({ prefix: asked, candidates });
    else if (!memories.has(first.id)) memories.set(first.id, readWhole(database, first));
  }
  return { memories: [...memories.values()], missing, ambiguous };
}

/** The files that memories speak of, with their blobs, by id; without reading a text. */
export function referencesOf(database: IndexDatabase, ids: readonly string[]): ReadonlyMap<string, Memory['files']> {
  const records = database.all<{ id: string; files: string }>(
    'SELECT m.id, m.files FROM json_each(?) asked JOIN memories m ON m.id = asked.value WHERE m.hidden = 0',
    JSON.stringify(ids),
  );
  return new Map(records.map(({ id, files }) => [id, readJson<Memory['files']>(files)]));
}

const MAX_CANDIDATES = 10;

function normalizeId(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .slice(0, ID_LENGTH + 1);
}

function readWhole(database: IndexDatabase, row: MemoryRow): FoundMemories['memories'][number] {
  const record = database.getOne<{ files: string; supersedes: string; deletes: string; body: string }>(
    'SELECT m.files, m.supersedes, m.deletes, b.body FROM memories m JOIN bodies b ON b.key = m.key WHERE m.id = ?',
    row.id,
  );
  return {
    ...row,
    files: readJson<Memory['files']>(record.files),
    supersedes: readJson<string[]>(record.supersedes),
    deletes: readJson<string[]>(record.deletes),
    body: record.body,
  };
}
