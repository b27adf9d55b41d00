// How rules of credentials are written, and what several of them ask.

import type { Rule } from '../rule.ts';
import { isScrambled } from '../values.ts';

/**
 * A rule: its kind, literals of which one must be there, an expression, what is no secret after all, and a literal that must be there too.
 * The expression is a text: the engine checks literal ones when it loads the file, which a hook does at every event.
 */
export function rule(
  kind: string,
  hints: readonly string[],
  [source, flags]: readonly [string, string],
  keep: NonNullable<Rule['keep']>,
  needs = '',
): Rule {
  let compiled: RegExp | undefined;
  return { kind, hints, needs, pattern: () => (compiled ??= new RegExp(source, flags)), keep };
}

/** Such a rule for a flag whose name ends with one of the hints: `--db-password …`. */
export function flagRule(...parts: Parameters<typeof rule>): Rule {
  const made = rule(...parts);
  return { ...made, mayMatch: (lower) => made.hints.some((hint) => endsFlag(lower, hint)) };
}

function endsFlag(lower: string, hint: string): boolean {
  for (let at = lower.indexOf(hint); at !== -1; at = lower.indexOf(hint, at + 1)) {
    let start = at;
    while (start > 0 && at - start < 64 && !isBlank(lower.charCodeAt(start - 1))) start--;
    if (lower.startsWith('--', start)) return true;
  }
  return false;
}

/** Such a rule for a value that stands right behind one of the hints, or behind `for …`, and has at least so many characters. */
export function nextWordRule(least: number, ...parts: Parameters<typeof rule>): Rule {
  const made = rule(...parts);
  return { ...made, mayMatch: (lower) => made.hints.some((hint) => leadsToWord(lower, hint, least)) };
}

function leadsToWord(lower: string, hint: string, least: number): boolean {
  for (let at = lower.indexOf(hint); at !== -1; at = lower.indexOf(hint, at + 1)) {
    let from = at + hint.length;
    if (lower.startsWith('for ', from)) return true;
    for (; ' \t"\'`'.includes(lower.charAt(from) || '?'); from++);
    let length = 0;
    while (length < least && isOfWord(lower.charAt(from + length))) length++;
    if (length === least) return true;
  }
  return false;
}

function isOfWord(character: string): boolean {
  return character > ' ' && !'"\'`,;'.includes(character);
}

function isBlank(code: number): boolean {
  return code <= 32 || code > 127;
}

export function isWord(secret: string): boolean {
  return /^[A-Za-z_.-]{0,40}$/.test(secret) && !isScrambled(secret);
}

/** `user_name`, `Enter your password`: what code and SQL put in quotes without being secret. */
export function isIdentifierish(secret: string): boolean {
  return /^[A-Za-z_]+$/.test(secret) && !isScrambled(secret);
}

/** The part of the line that stands before a match; at most 400 characters. */
export function lineBefore(text: string, offset: number): string {
  const from = Math.max(0, offset - 400);
  const part = text.slice(from, offset);
  return part.slice(part.lastIndexOf('\n') + 1);
}

export function decodesToPair(secret: string): boolean {
  const decoded = Buffer.from(secret, 'base64').toString('latin1');
  return /^[\x20-\x7e]{1,200}:[\x20-\x7e]{1,400}$/.test(decoded);
}
