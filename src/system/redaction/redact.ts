// Cuts secrets from texts. Pure, without dependencies, linear in the text's length; a clean text costs a few literal searches.

import { CUES, findAssignments } from './assignments.ts';
import { CREDENTIAL_RULES, findKubernetesSecrets } from './credentials.ts';
import { findPrivateKeys } from './private-keys.ts';
import { makeLiteralScan } from './literals.ts';
import type { LiteralScan } from './literals.ts';
import { applyRule, marker } from './rule.ts';
import type { Find } from './rule.ts';
import { INNER_RULES, findTokens } from './tokens.ts';
import { decodedView } from './view.ts';

export interface Redaction {
  readonly text: string;
  /** Kind of secret → how many were cut. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What stands in place of a text that could not be checked: never the raw text. */
export const DROPPED = '[dropped: redactor failed]';

const MAX_PASSES = 6;
const NOTHING: Readonly<Record<string, number>> = Object.freeze({});

/** Cuts secrets from a text: `[redacted:<kind>]`. Idempotent. Never throws: a text that cannot be checked is dropped whole. */
export function redactText(text: string): Redaction {
  if (text.length < 8) return { text, counts: NOTHING };
  try {
    return redact(text);
  } catch {
    return { text: DROPPED, counts: { 'redactor-failed': 1 } };
  }
}

function redact(text: string): Redaction {
  const counts: Record<string, number> = {};
  let result = text;
  // A marker changes what stands beside a value, so a text in which something was found is looked at again.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const places = findSecrets(result);
    if (places.length === 0) break;
    result = cutPlaces(result, places, counts);
  }
  return { text: result, counts };
}

interface Place {
  readonly start: number;
  end: number;
  readonly kind: string;
}

/** Where secrets stand, in order, without overlaps: in the text as it is, and in its view without escapes. */
function findSecrets(text: string): readonly Place[] {
  const found: Place[] = [];
  const find: Find = (start, end, kind) => {
    found.push({ start, end, kind });
  };
  detect(text, find);
  const view = decodedView(text);
  if (view !== undefined) detect(view.text, (start, end, kind) => find(view.rawStart(start), view.rawEnd(end), kind));
  return found.length < 2 ? found : merge(found);
}

const KEY_WORDS = ['private key', 'private-lines:'];
const SECRET_WORD = ['secret'];
let scan: LiteralScan | undefined;

function detect(text: string, find: Find): void {
  const lower = toLower(text);
  scan ??= makeLiteralScan(
    [...[...CREDENTIAL_RULES, ...INNER_RULES].flatMap((rule) => rule.hints), ...KEY_WORDS, ...SECRET_WORD],
    CUES,
  );
  const literals = scan(lower);
  if (literals.holdsAny(KEY_WORDS)) findPrivateKeys(text, lower, find);
  findTokens(text, literals, find);
  for (const rule of CREDENTIAL_RULES) if (literals.holdsAny(rule.hints)) applyRule(text, rule, find);
  if (literals.holdsAny(SECRET_WORD)) findKubernetesSecrets(text, lower, find);
  findAssignments(text, literals.places, find);
}

/** The kind of secret that a field of a JSON object holds, by its name and value; undefined when it is none. */
export function secretField(name: string, value: string): string | undefined {
  const text = JSON.stringify({ [name]: value });
  let kind: string | undefined;
  const places: [number, string][] = [];
  const lower = toLower(text);
  for (const cue of CUES) {
    const at = lower.indexOf(cue);
    if (at !== -1 && at < name.length + 2) places.push([at, cue]);
  }
  findAssignments(text, places, (_start, _end, found) => (kind = found));
  return kind;
}

/** Places that touch become one, named after the one that began first; of two that begin together, after the one found first. */
function merge(found: readonly Place[]): readonly Place[] {
  const merged: Place[] = [];
  for (const place of [...found].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && place.start < last.end) last.end = Math.max(last.end, place.end);
    else merged.push({ ...place });
  }
  return merged;
}

function cutPlaces(text: string, places: readonly Place[], counts: Record<string, number>): string {
  let result = '';
  let done = 0;
  for (const { start, end, kind } of places) {
    counts[kind] = (counts[kind] ?? 0) + 1;
    result += text.slice(done, start) + marker(kind);
    done = end;
  }
  return result + text.slice(done);
}

/** In lower case, each character at its place: a few letters would become two, which would shift all that follows. */
function toLower(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
