// Base64 of a text that holds secrets: an env file in a variable of a pipeline, a script that is decoded where it runs.

import type { Find } from './rule.ts';

const LEAST = 32;
const MAX_ENCODED = 65_536;
/** Lines that go on in the next one are so wide at least; encoders break after 60, 64 or 76 characters. */
const FULL_LINE = 60;
const NEXT_LINE = '\\r?\\n[ \\t]{0,40}([A-Za-z0-9+/]{1,76}={0,2})(?![A-Za-z0-9+/=])';
let nextLine: RegExp | undefined;

/**
 * Finds encoded texts that hold a secret within `long`, a run without blanks that stands at `offset` of the text. Gives the place
 * up to which the text was read: wrapped base64 goes on in the lines after. `isLeak` judges a decoded text.
 */
export function findEncoded(
  text: string,
  offset: number,
  long: string,
  find: Find,
  isLeak: (decoded: string) => boolean,
): number {
  let end = offset + long.length;
  for (let at = 0; at + LEAST <= long.length;) {
    let after = at;
    // Not by a function: the engine would compile what is called so often, at each event anew.
    for (; after < long.length; after++) {
      const code = long.charCodeAt(after);
      if (
        !(
          (code >= 97 && code <= 122) ||
          (code >= 47 && code <= 57) ||
          (code >= 65 && code <= 90) ||
          code === 43 ||
          code === 45 ||
          code === 95
        )
      )
        break;
    }
    if (after - at < LEAST || !mayBeText(long, at)) {
      at = after + 1;
      continue;
    }
    // What fills the last four characters up.
    const padding = long.startsWith('==', after) ? 2 : long.startsWith('=', after) ? 1 : 0;
    const run = long.slice(at, after + padding);
    const start = offset + at;
    at = after + padding;
    const encoded = at === long.length ? withNextLines(text, start, run) : { text: run, end: start + run.length };
    end = Math.max(end, encoded.end);
    const decoded = decode(encoded.text);
    if (decoded !== undefined && isLeak(decoded)) find(start, encoded.end, 'encoded');
  }
  return end;
}

/** Each first of four characters of encoded ASCII is one of these: a look at some leaves nearly nothing else to decode. */
function mayBeText(text: string, from: number): boolean {
  for (let at = from; at < from + 24; at += 4) {
    const code = text.charCodeAt(at);
    if (!((code >= 67 && code <= 90) || (code >= 97 && code <= 102))) return false;
  }
  return true;
}

function withNextLines(text: string, start: number, first: string): { readonly text: string; readonly end: number } {
  nextLine ??= new RegExp(NEXT_LINE, 'y');
  let encoded = first;
  let end = start + first.length;
  let line = first;
  while (line.length >= FULL_LINE && line.length % 4 === 0 && !line.endsWith('=') && encoded.length < MAX_ENCODED) {
    nextLine.lastIndex = end;
    const next = nextLine.exec(text);
    if (next === null) break;
    line = next[1] ?? '';
    encoded += line;
    end += next[0].length;
  }
  return { text: encoded, end };
}

/** Undefined for what is no text. */
function decode(encoded: string): string | undefined {
  const decoded = Buffer.from(encoded.slice(0, MAX_ENCODED), 'base64').toString('latin1');
  let odd = 0;
  for (let at = 0; at < decoded.length; at++) {
    const code = decoded.charCodeAt(at);
    if (!((code >= 32 && code < 127) || code === 10 || code === 13 || code === 9)) odd++;
  }
  return odd > decoded.length / 20 ? undefined : decoded;
}
