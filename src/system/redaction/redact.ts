// Cuts secrets from texts. Pure, without dependencies, linear in the text's length; a clean text costs a few literal searches.

import { SETTERS, findAssignments } from './assignments.ts';
import { findColumns } from './columns.ts';
import { FREQUENT_CREDENTIALS } from './credentials/frequent.ts';
import { gateLiterals, mayHoldSeldom } from './credentials/gate.ts';
import { findExtra } from './extra-patterns.ts';
import { redactionPolicy } from './policy.ts';
import { makeLiteralScan } from './literals.ts';
import type { LiteralScan } from './literals.ts';
import { applyRules, marker } from './rule.ts';
import type { Find } from './rule.ts';
import { CUES } from './secret-names.ts';
import { rulesAtHand, seldomRules } from './seldom.ts';
import { TOKEN_LITERALS, findTokens } from './tokens.ts';
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
  let windows: readonly Window[] = [{ start: 0, end: text.length }];
  // A marker changes what stands beside a value, so the neighbourhood of each is looked at again.
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const places = findSecrets(result, windows);
    if (places.length === 0) break;
    const cut = cutPlaces(result, places, counts);
    result = cut.text;
    windows = windowsAround(cut.marks, result.length);
  }
  return { text: result, counts };
}

interface Place {
  readonly start: number;
  end: number;
  readonly kind: string;
}

interface Window {
  readonly start: number;
  end: number;
}

/** So far a marker or an escape can matter to what stands beside it. */
const REACH = 3000;
/** Shorter texts are looked at whole. */
const SHORT_TEXT = 4 * REACH;

function windowsAround(places: readonly number[], length: number): readonly Window[] {
  if (length <= SHORT_TEXT) return [{ start: 0, end: length }];
  const windows: Window[] = [];
  for (const place of places) {
    const last = windows.at(-1);
    const end = Math.min(length, place + REACH);
    if (last !== undefined && place - REACH <= last.end) last.end = end;
    else windows.push({ start: Math.max(0, place - REACH), end });
  }
  return windows;
}

/** Where secrets stand in these windows, in order, without overlaps: in the text as it is, and in its view without escapes. */
function findSecrets(text: string, windows: readonly Window[]): readonly Place[] {
  const found: Place[] = [];
  for (const window of windows) {
    const part = window.end - window.start === text.length ? text : text.slice(window.start, window.end);
    const find: Find = (start, end, kind) => {
      found.push({ start: window.start + start, end: window.start + end, kind });
    };
    detect(part, find);
    const view = decodedView(part);
    if (view === undefined) continue;
    for (const { start, end } of windowsAround(view.escapes, view.text.length))
      detect(view.text.slice(start, end), (from, to, kind) => {
        find(view.rawStart(start + from), view.rawEnd(start + to), kind);
      });
  }
  if (found.length === 0) return found;
  const policy = redactionPolicy();
  const secret = found.filter(({ start, end }) => !policy.isAllowed(text.slice(start, end)));
  return secret.length < 2 ? secret : merge(secret);
}

const KEY_WORDS = ['private key', 'private-lines:'];
const SECRET_WORD = ['secret'];
const INSERT = ['insert '];
let scan: LiteralScan | undefined;

/** With `isDecoded` no encoded texts are looked for: what was decoded once is not decoded again. */
function detect(text: string, find: Find, isDecoded = false): void {
  const lower = toLower(text);
  const atHand = rulesAtHand();
  scan ??= makeLiteralScan(
    () => [
      ...(atHand?.hints() ?? [...FREQUENT_CREDENTIALS.flatMap((rule) => rule.hints), ...gateLiterals()]),
      ...TOKEN_LITERALS,
      ...KEY_WORDS,
      ...SECRET_WORD,
      ...INSERT,
      ...SETTERS,
    ],
    CUES,
  );
  const literals = scan(lower);
  if (literals.holdsAny(KEY_WORDS)) seldomRules().findPrivateKeys(text, lower, find);
  findTokens(text, literals, find, isDecoded ? undefined : holdsSecret);
  if (atHand !== undefined) atHand.findCredentials(text, lower, find, literals);
  else if (mayHoldSeldom(lower, literals)) seldomRules().findCredentials(text, lower, find);
  else applyRules(text, lower, FREQUENT_CREDENTIALS, literals, find);
  if (literals.holdsAny(SECRET_WORD, 'kind')) seldomRules().findKubernetesSecrets(text, lower, find);
  findColumns(text, literals.places, find);
  if (literals.holdsAny(INSERT, 'values')) seldomRules().findInserted(text, find);
  findAssignments(text, literals.places, literals.holdsAny(SETTERS), find);
  const { extra } = redactionPolicy();
  if (extra.length > 0) findExtra(text, extra, find);
}

function holdsSecret(decoded: string): boolean {
  let isHeld = false;
  detect(decoded, () => (isHeld = true), true);
  return isHeld;
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
  findAssignments(text, places, false, (_start, _end, found) => (kind = found));
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

function cutPlaces(
  text: string,
  places: readonly Place[],
  counts: Record<string, number>,
): { readonly text: string; readonly marks: readonly number[] } {
  let result = '';
  let done = 0;
  const marks: number[] = [];
  for (const { start, end, kind } of places) {
    counts[kind] = (counts[kind] ?? 0) + 1;
    result += text.slice(done, start);
    marks.push(result.length);
    result += marker(kind);
    done = end;
  }
  return { text: result + text.slice(done), marks };
}

/** In lower case, each character at its place: a few letters would become two, which would shift all that follows. */
function toLower(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
