// Private keys by their structure: BEGIN to END, or without an END as far as the lines look like a key.

import { marker } from './rule.ts';
import type { Count } from './rule.ts';

const MAX_KEY = 32_768;
const MAX_LINE = 400;

/** Puts `[redacted:private-key]` where private keys stand. A BEGIN line alone, as in prose, is left. */
export function redactPrivateKeys(text: string, lower: string, count: Count): string {
  let result = text;
  if (lower.includes('private-lines:'))
    result = result.replace(
      /Private-Lines: \d{1,4}\s+((?:[A-Za-z0-9+/=]{1,80}\s+){1,200})/g,
      (match: string, body: string) => {
        count('private-key');
        return `${match.slice(0, match.length - body.length)}${marker('private-key')}\n`;
      },
    );
  if (!lower.includes('private key')) return result;

  const pieces: string[] = [];
  let done = 0;
  const marks = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  for (let begin = marks.exec(result); begin !== null; begin = marks.exec(result)) {
    const bodyStart = begin.index + begin[0].length;
    const end = endOfKey(result, bodyStart);
    if (end === undefined) continue;
    count('private-key');
    pieces.push(result.slice(done, begin.index), marker('private-key'));
    done = end;
    marks.lastIndex = end;
  }
  return pieces.length === 0 ? result : pieces.join('') + result.slice(done);
}

function endOfKey(text: string, start: number): number | undefined {
  const next = text.indexOf('-----BEGIN ', start);
  const window = text.slice(start, Math.min(start + MAX_KEY, next === -1 ? text.length : next));
  const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(window);
  if (end !== null) return start + end.index + end[0].length;
  const length = keyLinesLength(window);
  return length === 0 ? undefined : start + length;
}

/** How far the text goes on with lines of a key; 0 when not even 16 characters of one follow. */
function keyLinesLength(text: string): number {
  const lineBreaks = /\r?\n|(?:\\+r)?\\+n/g;
  // What listings, diffs and code put around a line of a key: line numbers, signs, quotes, joins.
  const lead = /^[\s"'`,|>:\u2192(+-]*(?:\d{1,6}[\t:\u2192| -]+)?[\s"'`,|>(+-]*/;
  const tail = /[\s"'`,;|)+.\\]*$/;
  const keyLine = /^(?:[A-Za-z0-9+/]+={0,3}|=[A-Za-z0-9+/]{4}|[A-Za-z-]{3,20}: [^\n]{1,120})?$/;
  let position = 0;
  let length = 0;
  let characters = 0;
  while (position < text.length) {
    lineBreaks.lastIndex = position;
    const lineBreak = lineBreaks.exec(text);
    const lineEnd = lineBreak === null ? text.length : lineBreak.index;
    const next = lineBreak === null ? text.length : lineBreak.index + lineBreak[0].length;
    if (lineEnd - position > MAX_LINE * 8) break;
    const core = text.slice(position, lineEnd).replace(lead, '').replace(tail, '');
    if (keyLine.test(core)) {
      characters += core.length;
      if (core.length > 0) length = lineEnd;
    } else {
      // The last line may be followed by other text: its run of key characters still belongs to the key.
      const run = /^[\s"'`,|>+-]*[A-Za-z0-9+/]{24,}={0,2}/.exec(text.slice(position, lineEnd));
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
