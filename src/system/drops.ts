// The written record of events that were dropped on purpose: counts and reasons, never what they said.

import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { appendPrivately } from './append-file.ts';
import { writeFileAtomic } from './atomic-file.ts';

export interface Drop {
  /** UTC. */
  readonly at: string;
  /** Absent where they were of several sessions. */
  readonly sessionId?: string;
  readonly eventIds: readonly string[];
  readonly reason: string;
}

/** What is left of old lines: how many events, without their ids. */
interface Folded {
  readonly at: string;
  readonly count: number;
  readonly reason: string;
}

export interface DropCount {
  readonly reason: string;
  readonly events: number;
  /** UTC of the newest. */
  readonly last: string;
}

/** Beyond this the older half of the lines is folded to a count for each reason. */
const MAX_BYTES = 1024 * 1024;

/** Appends one line to the file, mode 0600. Recording the same events again is no fault: each is counted once. */
export function recordDrop(file: string, drop: Drop): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendPrivately(file, `${endOfTornLine(file)}${JSON.stringify(drop)}\n`);
}

/** Folds old lines once the file is large. Only for the one process that holds the worker's lock. */
export function foldDrops(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= MAX_BYTES) return;
  const lines = readLines(file);
  const half = lines.length >> 1;
  const counts = countLines(lines.slice(0, half));
  const folded = counts.map(({ last, events, reason }): Folded => ({ at: last, count: events, reason }));
  const kept = [...folded, ...lines.slice(half)];
  writeFileAtomic(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** How many events were dropped, by reason; the reason with the newest drop first. */
export function readDrops(file: string): readonly DropCount[] {
  return countLines(readLines(file));
}

function countLines(lines: readonly (Drop | Folded)[]): readonly DropCount[] {
  const seen = new Set<string>();
  const counts = new Map<string, { events: number; last: string }>();
  for (const line of lines) {
    const fresh = 'count' in line ? [] : line.eventIds.filter((id) => !seen.has(id));
    for (const id of fresh) seen.add(id);
    const { events = 0, last = '' } = counts.get(line.reason) ?? {};
    const more = 'count' in line ? line.count : fresh.length;
    counts.set(line.reason, { events: events + more, last: last > line.at ? last : line.at });
  }
  return [...counts]
    .map(([reason, { events, last }]) => ({ reason, events, last }))
    .toSorted((one, other) => (one.last < other.last ? 1 : -1));
}

function readLines(file: string): readonly (Drop | Folded)[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Nothing was ever dropped.
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return isLine(value) ? [value] : [];
    } catch {
      // A full disk or a crash tore the line.
      return [];
    }
  });
}

function isLine(value: unknown): value is Drop | Folded {
  if (typeof value !== 'object' || value === null) return false;
  const { at, reason, eventIds, count } = value as Readonly<Record<string, unknown>>;
  if (typeof at !== 'string' || typeof reason !== 'string') return false;
  return typeof count === 'number' || (Array.isArray(eventIds) && eventIds.every((id) => typeof id === 'string'));
}

/** A line that was torn must not take the next one with it. */
function endOfTornLine(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size === 0) return '';
  const { size } = stat;
  const descriptor = openSync(file, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(descriptor, last, 0, 1, size - 1);
    return last.toString() === '\n' ? '' : '\n';
  } finally {
    closeSync(descriptor);
  }
}
