// Cleans the texts of one event of private spans and secrets, then cuts them, and keeps count of what was found.

import { realpathSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Exclusion } from '../system/exclusion.ts';
import { redactAll } from '../system/redaction/redact-deep.ts';
import type { PrivateEcho } from './private-echo.ts';
import { isSensitivePath } from './sensitive-file.ts';

/** What a session adds to the rules. */
export interface ScrubContext {
  readonly echo?: PrivateEcho;
  readonly exclusion?: Exclusion | undefined;
  /** The folder that globs without a beginning mean. */
  readonly root?: string;
}

export interface Scrub {
  /** Whether nothing of a file may be kept: by its name, by a link's aim, or because the user excludes it. */
  readonly isHidden: (path: string) => boolean;
  /** Whether the user excludes a file; absent when nothing is excluded. */
  readonly isExcluded: ((path: string) => boolean) | undefined;
  /** Cleans first, cuts after: both ends of a text longer than `max` characters stay, with a line between that counts the rest. */
  text(text: string, max: number): string;
  /** Cleans, and keeps only the beginning: for texts of which the end is not wanted. */
  head(text: string, max: number): string;
  /** Kinds of what was cut, with counts; undefined when nothing was. */
  counts(): Readonly<Record<string, number>> | undefined;
}

/** Longer texts are cut before they are cleaned, at their end; what is near that cut is dropped, lest half a secret stay. */
const MAX_CLEANED = 256 * 1024;
const UNSAFE_END = 33_000;

export function createScrub({ echo, exclusion, root }: ScrubContext = {}): Scrub {
  const counts: Record<string, number> = {};
  const hear = echo === undefined ? undefined : (span: string) => echo.hear(span);
  const add = (kind: string, count: number): void => {
    counts[kind] = (counts[kind] ?? 0) + count;
  };
  const isExcluded =
    exclusion === undefined || root === undefined
      ? undefined
      : (path: string) => exclusion(isAbsolute(path) ? path : resolve(root, path), root);
  const clean = (text: string): string => {
    const cut = text.length > MAX_CLEANED;
    const redaction = redactAll(cut ? text.slice(0, MAX_CLEANED) : text, hear);
    for (const [kind, count] of Object.entries(redaction.counts)) add(kind, count);
    const whole = cut ? redaction.text.slice(0, Math.max(0, redaction.text.length - UNSAFE_END)) : redaction.text;
    return echo === undefined ? whole : echo.cut(whole, (count) => add('private', count));
  };
  return {
    isExcluded,
    isHidden: (path) => isSensitivePath(path) || isExcluded?.(path) === true || isSensitivePath(linkAim(path)),
    text: (text, max) => cutEnds(clean(text), max, text.length),
    head: (text, max) =>
      cutHead(
        clean(text.length > max * 16 + UNSAFE_END ? text.slice(0, max * 16 + UNSAFE_END) : text),
        max,
        text.length,
      ),
    counts: () => (Object.keys(counts).length === 0 ? undefined : counts),
  };
}

/** `[… 1234 characters cut …]` */
export function cutLine(characters: number): string {
  return `[… ${characters} characters cut …]`;
}

function cutEnds(text: string, max: number, whole: number): string {
  if (text.length <= max) return text;
  const head = cutAtLine(text.slice(0, Math.floor(max * 0.6)));
  const tail = wholeCharacters(text.slice(text.length - (max - head.length)));
  return `${head}\n${cutLine(Math.max(whole, text.length) - head.length - tail.length)}\n${tail}`;
}

/** The beginning of a text, and a line that counts the rest of the `whole`. */
export function cutHead(text: string, max: number, whole: number): string {
  if (text.length <= max) return text;
  const head = cutAtLine(text.slice(0, max));
  return `${head}\n${cutLine(Math.max(whole, text.length) - head.length)}`;
}

/** Without the last, broken line, when that is short; never ends in half a character. */
export function cutAtLine(text: string): string {
  const line = text.lastIndexOf('\n');
  if (line > text.length * 0.7) return text.slice(0, line);
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/** Without half a character at its beginning. */
export function wholeCharacters(text: string): string {
  const first = text.charCodeAt(0);
  return first >= 0xdc00 && first <= 0xdfff ? text.slice(1) : text;
}

/** Where a path leads when it is a link; the path itself otherwise. */
function linkAim(path: string): string {
  if (!isAbsolute(path)) return path;
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
