// How rules of credentials are written, and what several of them ask.

import { endsFlag, leadsToWord } from './words-before.ts';
import type { Rule } from '../rule.ts';
import { isScrambled } from '../values.ts';

/** Against a longer text what an expression costs to make is little, and it reads faster than a look. */
const MAX_LOOKED = 8000;

/**
 * A rule: its kind, literals of which one must be there, an expression, what is no secret after all, and a literal that must be there too,
 * and a cheaper look that may say that nothing can match.
 * The expression is a text: the engine checks literal ones when it loads the file, which a hook does at every event.
 */
export function rule(
  kind: string,
  hints: readonly string[],
  [source, flags]: readonly [string, string],
  keep: NonNullable<Rule['keep']>,
  needs = '',
  look?: Rule['mayMatch'],
): Rule {
  let compiled: RegExp | undefined;
  const pattern = (): RegExp => (compiled ??= new RegExp(source, flags));
  if (look === undefined) return { kind, hints, needs, pattern, keep };
  const mayMatch = (lower: string, text: string): boolean => text.length > MAX_LOOKED || look(lower, text);
  return { kind, hints, needs, pattern, keep, mayMatch };
}

/** Such a rule for a flag whose name ends with one of the hints: `--db-password …`. */
export function flagRule(...parts: Parameters<typeof rule>): Rule {
  const made = rule(...parts);
  return { ...made, mayMatch: (lower) => endsFlag(lower, made.hints) };
}

/** Such a rule for a value that stands right behind one of the hints, or behind `for …`, and has at least so many characters. */
export function nextWordRule(least: number, ...parts: Parameters<typeof rule>): Rule {
  const made = rule(...parts);
  return { ...made, mayMatch: (lower) => leadsToWord(lower, made.hints, least) };
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

/** Small and large letters, digits and signs. */
export function isStrong(secret: string): boolean {
  return /[!#%&*+@$^]/.test(secret) && /\d/.test(secret) && /[A-Z]/.test(secret) && /[a-z]/.test(secret);
}
