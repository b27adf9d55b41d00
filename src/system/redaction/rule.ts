// A rule of the redactor: which literals make it worth trying, what it matches, and what part of the match is secret.

export interface Rule {
  /** Named in the marker: `[redacted:<kind>]`. */
  readonly kind: string;
  /** Lower-case literals; the rule runs only when the lower-cased text holds one of them. */
  readonly hints: readonly string[];
  /**
   * Makes the expression on first use. Global. When it has a group, the group is the secret and stands at the end of the match;
   * otherwise the whole match is. Must run in linear time: bounded repeats, or nothing that can fail after an unbounded one.
   */
  readonly pattern: () => RegExp;
  /** Whether the value is no secret after all (a placeholder, a reference). */
  readonly keep?: (secret: string, offset: number, text: string) => boolean;
}

/** Adds one to the count of a kind. */
export type Count = (kind: string) => void;

export const MARKER_START = '[redacted:';

export function marker(kind: string): string {
  return `${MARKER_START}${kind}]`;
}

/** Runs one rule over the text and puts markers where its secrets stood. */
export function applyRule(text: string, rule: Rule, count: Count): string {
  return text.replace(rule.pattern(), (match: string, ...rest: unknown[]) => {
    const [group, offset] = typeof rest[0] === 'number' ? [undefined, rest[0]] : [rest[0], Number(rest[1])];
    const secret = typeof group === 'string' ? group : match;
    if (secret.includes(MARKER_START) || rule.keep?.(secret, offset, text) === true) return match;
    count(rule.kind);
    return match.slice(0, match.length - secret.length) + marker(rule.kind);
  });
}
