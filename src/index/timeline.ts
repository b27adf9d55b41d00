// What happened around a memory or a moment.

import { MemvaultError } from '../model/errors.ts';
import { shortId } from '../model/memory.ts';
import type { MemoryRow, Timeline, TimelineQuery } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { readMoment } from './filters.ts';
import { findByPrefix, ROW_COLUMNS, toRow } from './rows.ts';
import type { RowRecord } from './rows.ts';

/** Throws `not_found`, `ambiguous`, or `invalid_input` when neither an id nor a time is given. */
export function timelineAround(database: IndexDatabase, query: TimelineQuery): Omit<Timeline, 'stale'> {
  const before = clamp(query.before);
  const after = clamp(query.after);
  if (query.id !== undefined) {
    const anchor = findAnchor(database, query.id);
    const rows = [...rowsBefore(database, anchor, before), anchor, ...rowsAfter(database, anchor, after)];
    return { rows, anchor: anchor.id };
  }
  if (query.at === undefined) throw new MemvaultError('invalid_input', 'timeline: expected an id or a time');
  // Every id is greater than the empty one: rows of that very second count as before.
  const moment = { created: readMoment('at', query.at), id: '' };
  return { rows: [...rowsBefore(database, moment, before), ...rowsAfter(database, moment, after)] };
}

type Moment = Pick<MemoryRow, 'created' | 'id'>;

function findAnchor(database: IndexDatabase, id: string): MemoryRow {
  const candidates = findByPrefix(database, id, 10);
  const [anchor] = candidates;
  if (anchor === undefined) throw new MemvaultError('not_found', `there is no memory "${id.slice(0, 40)}"`);
  if (candidates.length > 1)
    throw new MemvaultError('ambiguous', `"${id}" is the beginning of several ids`, {
      hint: `Say which: ${candidates.map((row) => `${shortId(row.id)} ${row.title.slice(0, 60)}`).join(' | ')}`,
      data: { candidates: candidates.map((row) => row.id) },
    });
  return anchor;
}

/** Order of time is (created, id from z to 0), the opposite of the lists that show the newest first. */
function rowsBefore(database: IndexDatabase, moment: Moment, limit: number): readonly MemoryRow[] {
  const records = database.all<RowRecord>(
    `SELECT ${ROW_COLUMNS} FROM memories m
       WHERE m.hidden = 0 AND m.created <= ? AND (m.created < ? OR m.id > ?)
       ORDER BY m.created DESC, m.id LIMIT ?`,
    moment.created,
    moment.created,
    moment.id,
    limit,
  );
  return records.map(toRow).reverse();
}

function rowsAfter(database: IndexDatabase, moment: Moment, limit: number): readonly MemoryRow[] {
  const records = database.all<RowRecord>(
    `SELECT ${ROW_COLUMNS} FROM memories m
       WHERE m.hidden = 0 AND m.created >= ? AND (m.created > ? OR m.id < ?)
       ORDER BY m.created, m.id DESC LIMIT ?`,
    moment.created,
    moment.created,
    moment.id,
    limit,
  );
  return records.map(toRow);
}

function clamp(count: number): number {
  return Number.isFinite(count) ? Math.min(50, Math.max(0, Math.trunc(count))) : 0;
}
