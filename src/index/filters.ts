// Search filters as SQL conditions on the table `memories` (alias m). Pure.

import { MemvaultError } from '../model/errors.ts';
import type { SearchFilters } from '../model/search.ts';

export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** The conditions that a visible memory must meet. Throws `invalid_input` for a time that is none. */
export function filterCondition(filters: SearchFilters): Condition {
  const parts: Condition[] = [{ sql: 'm.hidden = 0', values: [] }];
  if (isGiven(filters.kind)) parts.push(oneOf('m.kind', filters.kind));
  if (isGiven(filters.type)) parts.push(oneOf('m.type', filters.type));
  for (const tag of filters.tags ?? [])
    parts.push({ sql: 'm.key IN (SELECT key FROM memory_tags WHERE tag = ?)', values: [tagKey(tag)] });
  if (isGiven(filters.files)) parts.push(anyFile(filters.files));
  if (filters.since !== undefined)
    parts.push({ sql: 'm.created >= ?', values: [readBound('since', filters.since, 'first')] });
  if (filters.until !== undefined)
    parts.push({ sql: 'm.created <= ?', values: [readBound('until', filters.until, 'last')] });
  if (filters.branch !== undefined) parts.push({ sql: 'm.branch = ?', values: [filters.branch] });
  if (filters.within !== undefined) parts.push(filterCondition(filters.within));
  return { sql: parts.map((part) => part.sql).join(' AND '), values: parts.flatMap((part) => part.values) };
}

/** Whether anything is filtered at all. */
export function hasFilters(filters: SearchFilters): boolean {
  return (
    isGiven(filters.kind) ||
    isGiven(filters.type) ||
    isGiven(filters.tags) ||
    isGiven(filters.files) ||
    filters.since !== undefined ||
    filters.until !== undefined ||
    filters.branch !== undefined ||
    (filters.within !== undefined && hasFilters(filters.within))
  );
}

/** A moment as the index writes it; a text without a zone is UTC. Throws `invalid_input`. */
export function readMoment(name: string, text: string): string {
  return readBound(name, text, 'first');
}

/** Whether a text names a year, month, day or time. */
export function isMoment(text: string): boolean {
  return parseBound(text, 'first') !== undefined;
}

/** Both filters at once: what passes the one and the other. */
export function narrowFilters(one: SearchFilters, other: SearchFilters): SearchFilters {
  if (!hasFilters(other)) return one;
  return { ...one, within: one.within === undefined ? other : narrowFilters(one.within, other) };
}

/** A tag as the index compares it: in any case, its accents in any form. */
export function tagKey(tag: string): string {
  return tag.trim().normalize('NFC').toLowerCase();
}

function isGiven<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}

function oneOf(column: string, values: readonly string[]): Condition {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, values };
}

/** A file as somebody types it: the bare name of a file means that file in any folder. */
export function typedFile(file: string): string {
  const name = file.trim();
  return /^[^/\\*]+\.\w+$/.test(name) ? ANY_FOLDER + name : file;
}

/** How a filter says "in any folder", as patterns for files do everywhere. */
const ANY_FOLDER = '**/';

/** A file is named by its path, by a folder above it, or by its name in any folder. */
function anyFile(files: readonly string[]): Condition {
  const conditions: Condition[] = files.map((file) => {
    const path = file
      .trim()
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, '')
      .replace(/\/+$/, '')
      // Some systems write accents as characters of their own; the index has the composed form.
      .normalize('NFC');
    if (path.startsWith(ANY_FOLDER)) {
      const end = path.slice(ANY_FOLDER.length - 1);
      return { sql: 'path = ? OR substr(path, -length(?)) = ?', values: [end.slice(1), end, end] };
    }
    // '0' is the character after '/': the range holds everything below the folder.
    return path === '' || path === '.'
      ? { sql: 'path IS NOT NULL', values: [] }
      : { sql: 'path = ? OR (path > ? AND path < ?)', values: [path, `${path}/`, `${path}0`] };
  });
  return {
    sql: `m.key IN (SELECT key FROM memory_files WHERE ${conditions.map((one) => one.sql).join(' OR ')})`,
    values: conditions.flatMap((one) => one.values),
  };
}

const ISO =
  /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d)(?:[T ](?<hour>\d\d):(?<minute>\d\d)(?::(?<second>\d\d)(?:\.\d+)?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?)?)?$/i;

/** The first or the last second of the year, month, day, minute or second that the text names. */
function readBound(name: string, text: string, end: 'first' | 'last'): string {
  const bound = parseBound(text, end);
  if (bound !== undefined) return bound;
  throw new MemvaultError('invalid_input', `${name}: expected a date such as 2026-11-22, got "${text.slice(0, 80)}"`);
}

function parseBound(text: string, end: 'first' | 'last'): string | undefined {
  const groups = ISO.exec(text.trim())?.groups;
  if (groups !== undefined) {
    const last = end === 'last';
    const year = Number(groups['year']);
    const month = Number(groups['month'] ?? (last ? 12 : 1));
    const day = Number(groups['day'] ?? (last ? new Date(Date.UTC(year, month, 0)).getUTCDate() : 1));
    const hour = Number(groups['hour'] ?? (last ? 23 : 0));
    const minute = Number(groups['minute'] ?? (last ? 59 : 0));
    const second = Number(groups['second'] ?? (last ? 59 : 0));
    const moment = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    const isReal = moment.getUTCDate() === day && moment.getUTCMonth() === month - 1 && hour < 24 && minute < 60;
    if (isReal && second < 60) {
      const shifted = new Date(moment.getTime() - zoneMinutes(groups['zone']) * 60_000);
      return `${shifted.toISOString().slice(0, 19)}Z`;
    }
  }
  return undefined;
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)));
}
