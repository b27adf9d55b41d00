// What detectors share: the places that they find, the marker that stands there afterwards, and rules by expression.

import type { Literals } from './literals.ts';

/** Notes that a secret of a kind stands from `start` to before `end`. */
export type Find = (start: number, end: number, kind: string) => void;

export interface Rule {
  /** Named in the marker: `[redacted:<kind>]`. */
  readonly kind: string;
  /** Lower-case literals; the rule runs only when the lower-cased text holds one of them. */
  readonly hints: readonly string[];
  /** A further literal without which the rule cannot match. */
  readonly needs?: string;
  /** Whether the text, given in lower case and as it is, may hold a match at all: compiling an expression for nothing costs a hook a third of a millisecond. */
  readonly mayMatch?: (lower: string, text: string) => boolean;
  /**
   * Makes the expression on first use. Global. When it has a group, the group is the secret and stands at the end of the match;
   * otherwise the whole match is. Must run in linear time: bounded repeats, or nothing that can fail after an unbounded one.
   */
  readonly pattern: () => RegExp;
  /** Whether the value is no secret after all (a placeholder, a reference). */
  readonly keep?: (secret: string, offset: number, text: string) => boolean;
}

export const MARKER_START = '[redacted:';

export function marker(kind: string): string {
  return `${MARKER_START}${kind}]`;
}

/** Runs those rules over the text that may match. `lower` is the text in lower case, `literals` what it holds of their hints. */
export function applyRules(text: string, lower: string, rules: readonly Rule[], literals: Literals, find: Find): void {
  for (const rule of rules)
    if (literals.holdsAny(rule.hints, rule.needs) && rule.mayMatch?.(lower, text) !== false)
      applyRule(text, rule, find);
}

/** Runs one rule over the text. */
export function applyRule(text: string, rule: Rule, find: Find): void {
  const pattern = rule.pattern();
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const secret = match[1] ?? match[0];
    const end = match.index + match[0].length;
    if (match[0] === '') pattern.lastIndex++;
    if (secret.includes(MARKER_START) || rule.keep?.(secret, match.index, text) === true) continue;
    find(end - secret.length, end, rule.kind);
  }
}
