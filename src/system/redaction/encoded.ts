// Base64 of a text that holds secrets: an env file in a variable of a pipeline, a script that is decoded where it runs.

import type { Find } from './rule.ts';

const LEAST = 32;
const MAX_ENCODED = 65_536;
/** Lines that go on in the next one are so wide at least; encoders break after 60, 64 or 76 characters. */
const FULL_LINE = 60;
const RUN = '(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}={0,2}';
const NEXT_LINE = '\\r?\\n[ \\t]{0,40}([A-Za-z0-9+/]{1,76}={0,2})(?![A-Za-z0-9+/=])';
let runs: RegExp | undefined;
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
  runs ??= new RegExp(RUN, 'g');
  let end = offset + long.length;
  runs.lastIndex = 0;
  for (let run = runs.exec(long); run !== null; run = runs.exec(long)) {
    if (!mayBeText(run[0])) continue;
    const start = offset + run.index;
    const isLast = run.index + run[0].length === long.length;
    const encoded = isLast ? withNextLines(text, start, run[0]) : { text: run[0], end: start + run[0].length };
    end = Math.max(end, encoded.end);
    const decoded = decode(encoded.text);
    if (decoded !== undefined && isLeak(decoded)) find(start, encoded.end, 'encoded');
  }
  return end;
}

/** Each first of four characters of encoded ASCII is one of these: a look at some leaves nearly nothing else to decode. */
function mayBeText(run: string): boolean {
  if (run.length < LEAST) return false;
  for (let at = 0; at < 24; at += 4) {
    const code = run.charCodeAt(at);
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
