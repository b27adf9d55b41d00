// Cuts secrets from texts. Pure, without dependencies, linear in the text's length; a clean text costs a few literal searches.

import { redactAssignments } from './assignments.ts';
import { CREDENTIAL_RULES, redactKubernetesSecrets } from './credentials.ts';
import { redactPrivateKeys } from './private-keys.ts';
import { applyRule } from './rule.ts';
import type { Count } from './rule.ts';
import { holdsAny, tokenRules } from './tokens.ts';

export interface Redaction {
  readonly text: string;
  /** Kind of secret → how many were cut. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What stands in place of a text that could not be checked: never the raw text. */
export const DROPPED = '[dropped: redactor failed]';

const MAX_PASSES = 4;
/** No token is shorter: a text without such a run needs no search for eighty prefixes. */
const LONG_RUN = /[a-z0-9_./+=~%:-]{15}/;

/** Cuts secrets from a text: `[redacted:<kind>]`. Idempotent. Never throws: a text that cannot be checked is dropped whole. */
export function redactText(text: string): Redaction {
  if (text.length < 8) return { text, counts: NOTHING };
  try {
    return redact(text);
  } catch {
    return { text: DROPPED, counts: { 'redactor-failed': 1 } };
  }
}

const NOTHING: Readonly<Record<string, number>> = Object.freeze({});

function redact(text: string): Redaction {
  const counts: Record<string, number> = {};
  let result = text;
  // A marker changes what stands beside a value, so a text in which something was found is looked at again.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const found = redactViews(result, counts);
    if (found === result) break;
    result = found;
  }
  return { text: result, counts };
}

/** The text as it is, then without colour codes, then with `\u00xx` decoded; a view replaces the text only when it shows a secret. */
function redactViews(text: string, counts: Record<string, number>): string {
  let result = redactOnce(text, counts);
  if (result.includes('\u001B'))
    result = redactView(
      result,
      result.replace(/\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B\n]{0,1000}(?:\u0007|\u001B\\))/g, ''),
      counts,
    );
  if (result.includes('\\u00'))
    result = redactView(
      result,
      result.replace(/\\{1,2}u00([2-7][0-9a-fA-F])/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
      counts,
    );
  return result;
}

function redactView(text: string, view: string, counts: Record<string, number>): string {
  if (view === text) return text;
  const result = redactOnce(view, counts);
  return result === view ? text : result;
}

function redactOnce(text: string, counts: Record<string, number>): string {
  const count: Count = (kind) => {
    counts[kind] = (counts[kind] ?? 0) + 1;
  };
  const lower = toLower(text);
  let result = redactPrivateKeys(text, lower, count);
  if (LONG_RUN.test(lower)) for (const rule of tokenRules(lower)) result = applyRule(result, rule, count);
  for (const rule of CREDENTIAL_RULES) if (holdsAny(lower, rule.hints)) result = applyRule(result, rule, count);
  if (lower.includes('secret')) result = redactKubernetesSecrets(result, lower, count);
  return redactAssignments(result, result === text ? lower : toLower(result), count);
}

/** In lower case, each character at its place: a few letters would become two, which would shift all that follows. */
function toLower(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
