// Private keys by their structure: BEGIN to END; without an END as far as the lines look like a key; without a BEGIN likewise backwards.

import type { Find } from './rule.ts';

const MAX_KEY = 32_768;
const MAX_LINE = 400;
/** No key has fewer characters between its marks. */
const LEAST_KEY = 32;
const KIND = 'private-key';

/** Where private keys stand. A BEGIN or END line alone, as in prose, is left. */
export function findPrivateKeys(text: string, lower: string, find: Find): void {
  if (lower.includes('private-lines:')) findPuttyKeys(text, find);
  if (!lower.includes('private key')) return;

  let done = 0;
  const marks = /-----(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const markEnd = mark.index + mark[0].length;
    if (mark[1] === 'END') {
      const start = startOfKey(text, mark.index, done);
      if (start !== undefined) find(start, markEnd, KIND);
      done = markEnd;
      continue;
    }
    const end = endOfKey(text, markEnd);
    if (end === undefined) continue;
    find(mark.index, end, KIND);
    done = end;
    marks.lastIndex = end;
  }
}

/** So many lines as PuTTY says, and the code that the key is checked by. */
function findPuttyKeys(text: string, find: Find): void {
  for (const match of text.matchAll(/Private-Lines: (\d{1,3})\s{1,4}(?=[A-Za-z0-9+/=])/g)) {
    const start = match.index + match[0].length;
    const lines = new RegExp(
      `(?:[A-Za-z0-9+/=]{1,80}\\s{1,60}){0,${match[1] ?? 0}}(?:Private-MAC: [0-9a-f]{40,64})?`,
      'y',
    );
    const length = lines.exec(`${text.slice(start, start + MAX_KEY)}\n`)?.[0].trimEnd().length ?? 0;
    if (length > 0) find(start, start + length, KIND);
  }
}

function endOfKey(text: string, start: number): number | undefined {
  const limit = text.slice(start, start + MAX_KEY);
  const next = limit.indexOf('-----BEGIN ');
  const window = next === -1 ? limit : limit.slice(0, next);
  const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(window);
  if (end !== null) {
    const between = window.slice(0, end.index).replace(/[^A-Za-z0-9+/=]/g, '');
    // Code names both marks, one after the other.
    return between.length < LEAST_KEY ? undefined : start + end.index + end[0].length;
  }
  const length = keyLinesLength(window);
  return length === 0 ? undefined : start + length;
}

/** Where the lines of a key begin that stand before an END without its BEGIN; undefined when none do. */
function startOfKey(text: string, end: number, from: number): number | undefined {
  const floor = Math.max(from, end - MAX_KEY);
  let start: number | undefined;
  let characters = 0;
  let lineEnd = end;
  while (lineEnd > floor) {
    const lineStart = Math.max(floor, text.lastIndexOf('\n', lineEnd - 1) + 1);
    const line = text.slice(Math.max(lineStart, lineEnd - MAX_LINE * 2), lineEnd);
    const core = /[A-Za-z0-9+/]{16,400}={0,2}(?=[\s"'`,;)+\\]{0,12}$)/.exec(line)?.[0];
    // What stands before END on its own line are a number, a sign or blanks.
    if (core === undefined && !(lineEnd === end && line.length < 60)) break;
    if (core !== undefined) {
      characters += core.length;
      start = lineStart;
    }
    lineEnd = lineStart - 1;
  }
  return characters >= 32 ? start : undefined;
}

/** How far the text goes on with lines of a key; 0 when not even 16 characters of one follow. */
function keyLinesLength(text: string): number {
  const lineBreaks = /\r?\n|(?:\\+r)?\\+n/g;
  // What listings, diffs and code put around a line of a key: names, line numbers, signs, quotes, joins.
  const lead =
    /^(?:[\w./-]{1,120}:\d{1,6}[:-])?[\s"'`,|>:\u2192(+-]{0,60}(?:\d{1,6}[\t:\u2192| -]+)?[\s"'`,|>(+-]{0,60}/;
  const tail = /[\s"'`,;|)+.\\]{0,60}$/;
  const keyLine = /^(?:[A-Za-z0-9+/]+={0,3}|=[A-Za-z0-9+/]{4}|[A-Za-z-]{3,20}: [^\n]{1,120})?$/;
  let position = 0;
  let length = 0;
  let characters = 0;
  while (position < text.length) {
    lineBreaks.lastIndex = position;
    const lineBreak = lineBreaks.exec(text);
    const lineEnd = lineBreak === null ? text.length : lineBreak.index;
    const next = lineBreak === null ? text.length : lineBreak.index + lineBreak[0].length;
    const line = text.slice(position, lineEnd);
    // A whole key on one line, its line breaks turned into blanks.
    const isOneLine = line.length > MAX_LINE * 8;
    const core = isOneLine ? '?' : line.replace(lead, '').replace(tail, '');
    if (keyLine.test(core)) {
      characters += core.length;
      if (core.length > 0) length = lineEnd;
    } else {
      // The last line may be followed by other text: its run of key characters still belongs to the key.
      const run = /^[\s"'`,|>+-]{0,60}[A-Za-z0-9+/]{24,}={0,2}(?:[ \t]+[A-Za-z0-9+/]{24,}={0,2})*/.exec(line);
      if (run !== null) {
        characters += run[0].length;
        length = position + run[0].length;
      }
      break;
    }
    position = next;
  }
  return characters >= 16 ? length : 0;
}
