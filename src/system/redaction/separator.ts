// What stands between a name and its value, read by hand: nearly every text has a name, and making an expression for it costs a hook a
// quarter of a millisecond.

import { isNameCode, isQuoteCode } from './characters.ts';

export interface Separator {
  /** The rest of the name. */
  readonly suffix: string;
  /**
   * `sign`: `=`, `:`, `=>` and their like; `attribute`: `" value="` of XML; `argument`: the comma of a call; `blank`: nothing, as
   * commands have it.
   */
  readonly kind: 'sign' | 'attribute' | 'argument' | 'blank';
  /** A sign with the blanks around it; empty for all else. */
  readonly sign: string;
  /** Where the value begins. */
  readonly end: number;
}

const MAX_SUFFIX = 24;
const MAX_BLANKS_BEFORE = 40;
const MAX_BLANKS_AFTER = 24;
const PREFIXES = ['||', '??', '?', '+'];

/** The separator that begins at `from`, right behind a name's known part; undefined when none does. */
export function readSeparator(text: string, from: number): Separator | undefined {
  let at = from;
  for (const limit = from + MAX_SUFFIX; at < limit && isNameCode(text.charCodeAt(at)); at++);
  const suffix = text.slice(from, at);
  const open = behindQuote(text, at);
  const sign = signEnd(text, open);
  if (sign !== undefined) return { suffix, kind: 'sign', sign: text.slice(open, sign), end: sign };
  if (isQuoteCode(text.charCodeAt(at))) return inCall(text, at, suffix);
  let end = at;
  while (end < at + 3 && text.charAt(end) === ' ') end++;
  const next = text.charAt(end);
  return end === at || isBlank(next) || next === '=' || next === ':'
    ? undefined
    : { suffix, kind: 'blank', sign: '', end };
}

/** Behind a quote, escaped or not, and a bracket. */
function behindQuote(text: string, from: number): number {
  let at = from;
  while (at < from + 2 && text.charAt(at) === '\\') at++;
  at = isQuoteCode(text.charCodeAt(at)) ? at + 1 : from;
  return text.charAt(at) === ']' ? at + 1 : at;
}

/** Where a sign ends, with the blanks around it; undefined when none stands there. */
function signEnd(text: string, from: number): number | undefined {
  if (text.charAt(from) === '>')
    return text.charAt(from + 1) === '<' || isBlank(text.charAt(from + 1)) ? undefined : from + 1;
  let at = from;
  while (at < from + MAX_BLANKS_BEFORE && text.charAt(at) === ' ') at++;
  if (text.charAt(at) === '\t') at++;
  const length = signLength(text, at);
  if (length === 0) return undefined;
  let end = at + length;
  for (
    const limit = end + MAX_BLANKS_AFTER;
    end < limit && (text.charAt(end) === ' ' || text.charAt(end) === '\t');
    end++
  );
  return end;
}

function signLength(text: string, at: number): number {
  if (text.startsWith('=>', at) || text.startsWith(':=', at)) return 2;
  const first = text.charAt(at);
  if (first === ':') return text.charAt(at + 1) === ':' ? 0 : 1;
  if (first === '\uFF1A') return 1;
  const prefix = PREFIXES.find((one) => text.startsWith(`${one}=`, at))?.length ?? 0;
  let end = at + prefix;
  while (end < at + prefix + 3 && text.charAt(end) === '=') end++;
  return end === at + prefix ? 0 : end - at;
}

/** Names in quotes, whose value is the next attribute or the next argument. */
function inCall(text: string, at: number, suffix: string): Separator | undefined {
  const between = /["']\s{1,4}(?:value|content)\s?=\s?(?=["'])()|["'`]\s{0,3},\s{0,3}(?=["'`])/iy;
  between.lastIndex = at;
  const match = between.exec(text);
  if (match === null) return undefined;
  return { suffix, kind: match[1] === undefined ? 'argument' : 'attribute', sign: '', end: between.lastIndex };
}

/** Blank, or nothing at all. */
function isBlank(character: string): boolean {
  return character.trim() === '';
}
