// The user's own patterns of secrets: only those that cannot run away, and only over short pieces of text.

import { cleanLine } from '../clean-text.ts';
import type { Find } from './rule.ts';

/** More are not taken. */
const MAX_PATTERNS = 20;
const MAX_LENGTH = 200;
/** Lines are looked at in pieces of this length, so that a pattern costs at most so many characters squared. */
const PIECE = 512;
/** What `*` and `+` may take at most. */
const MOST = 200;

export type PatternCheck =
  | { readonly ok: true; readonly pattern: RegExp }
  | { readonly ok: false; readonly reason: string };

/** Makes patterns of the texts that can be used; the others are left out here and told by `checkPattern`. */
export function compilePatterns(sources: readonly string[]): readonly RegExp[] {
  return sources.slice(0, MAX_PATTERNS).flatMap((source) => {
    const check = checkPattern(source);
    return check.ok ? [check.pattern] : [];
  });
}

/**
 * Of these patterns those that cut nothing, each with what is wrong with it and what to do. `before`: so many patterns of other
 * sources are taken already.
 */
export function refusedPatterns(
  sources: readonly string[],
  before = 0,
): readonly { readonly message: string; readonly mend: string }[] {
  return sources.flatMap((source, index) => {
    const check = checkPattern(source);
    if (check.ok && before + index < MAX_PATTERNS) return [];
    const reason = check.ok ? `${MAX_PATTERNS} are taken at most` : check.reason;
    return [
      {
        message: `redact.extraPatterns: ${cleanLine(source, 80)} cuts nothing: ${reason}`,
        mend: 'Write it anew with all that are to hold: memvault config set redact.extraPatterns "ACME-[0-9]{8},…"',
      },
    ];
  });
}

/**
 * Whether an expression runs in bounded time on any text: no group that repeats while something in it repeats or chooses, no
 * reference back, no look around, at most two parts without an end; and those get one. Refused otherwise, with the reason.
 */
export function checkPattern(source: string): PatternCheck {
  const refuse = (reason: string): PatternCheck => ({ ok: false, reason });
  if (source === '') return refuse('it is empty');
  if (source.length > MAX_LENGTH) return refuse(`it is longer than ${MAX_LENGTH} characters`);
  let bounded = '';
  let endless = 0;
  /** For each open group: whether something in it repeats or chooses. */
  const groups: boolean[] = [];
  let isLoose = false;
  for (let at = 0; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === '\\') {
      if (/[1-9k]/.test(source.charAt(at + 1))) return refuse('it refers back to a group');
      bounded += source.slice(at, at + 2);
      at++;
      isLoose = false;
    } else if (character === '[') {
      const end = endOfClass(source, at);
      if (end === undefined) return refuse('a `[` has no `]`');
      bounded += source.slice(at, end + 1);
      at = end;
      isLoose = false;
    } else if (character === '(') {
      if (/^\(\?(?!:)/.test(source.slice(at)))
        return refuse('it looks around or names a group; only (…) and (?:…) are taken');
      groups.push(false);
      bounded += character;
    } else if (character === ')') {
      if (groups.length === 0) return refuse('a `)` has no `(`');
      isLoose = groups.pop() === true;
      if (isLoose && groups.length > 0) groups[groups.length - 1] = true;
      bounded += character;
    } else if (character === '|') {
      if (groups.length > 0) groups[groups.length - 1] = true;
      bounded += character;
    } else {
      const repeat = /^(?:\*|\+|\?|\{\d{1,3}(?:,\d{0,3})?\})\??/.exec(source.slice(at))?.[0];
      if (repeat === undefined) {
        bounded += character;
        isLoose = false;
        continue;
      }
      if (isLoose && !repeat.startsWith('?')) return refuse('a group repeats in which something repeats or chooses');
      if (groups.length > 0) groups[groups.length - 1] = true;
      const [least, most] = limitsOf(repeat);
      if (most - least > 20) endless++;
      bounded += `{${least},${most}}${repeat.length > 1 && repeat.endsWith('?') ? '?' : ''}`;
      at += repeat.length - 1;
    }
  }
  if (groups.length > 0) return refuse('a `(` has no `)`');
  if (endless > 2) return refuse('more than two of its parts have no end');
  try {
    const pattern = new RegExp(bounded, 'g');
    if (pattern.test('')) return refuse('it matches an empty text');
    return { ok: true, pattern };
  } catch (error) {
    return refuse(error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error));
  }
}

function endOfClass(source: string, from: number): number | undefined {
  for (let at = from + 1; at < source.length; at++) {
    if (source.charAt(at) === '\\') at++;
    else if (source.charAt(at) === ']' && at > from + 1) return at;
  }
  return undefined;
}

function limitsOf(repeat: string): readonly [number, number] {
  if (repeat.startsWith('*')) return [0, MOST];
  if (repeat.startsWith('+')) return [1, MOST];
  if (repeat.startsWith('?')) return [0, 1];
  const [least = '0', most] = repeat.replace(/[{}?]/g, '').split(',');
  const from = Math.min(Number(least), MOST);
  return [from, most === undefined ? from : Math.max(from, most === '' ? MOST : Math.min(Number(most), MOST))];
}

/** Finds the user's patterns, line by line. */
export function findExtra(text: string, patterns: readonly RegExp[], find: Find): void {
  for (const pattern of patterns) {
    for (let start = 0; start < text.length;) {
      const lineBreak = text.indexOf('\n', start);
      const lineEnd = lineBreak === -1 ? text.length : lineBreak;
      const end = Math.min(lineEnd, start + PIECE);
      const piece = text.slice(start, end);
      pattern.lastIndex = 0;
      for (let match = pattern.exec(piece); match !== null; match = pattern.exec(piece))
        if (match[0] === '') pattern.lastIndex++;
        else find(start + match.index, start + match.index + match[0].length, 'pattern');
      // Pieces of a long line overlap by half, lest a match stand across their border.
      start = end < lineEnd ? start + PIECE / 2 : lineEnd + 1;
    }
  }
}
