// Cuts a command's output to both its ends and the lines between that tell what went wrong or how it ended.

import { cutAtLine, cutLine, wholeCharacters } from './scrub.ts';

export const MAX_OUTPUT = 4000;
const HEAD = 1100;
const TAIL = 1700;
const MAX_NOTED_LINE = 240;

/** The output when it is short; else head, telling lines of the middle, and tail, with lines between that count what was cut. */
export function cutOutput(text: string, max: number = MAX_OUTPUT): string {
  if (text.length <= max) return text;
  const head = cutAtLine(text.slice(0, HEAD));
  const tail = wholeCharacters(text.slice(text.length - TAIL));
  const middle = text.slice(head.length, text.length - tail.length);
  const noted = tellingLines(middle, max - head.length - tail.length - 120);
  if (noted.length === 0) return `${head}\n${cutLine(middle.length)}\n${tail}`;
  const kept = noted.reduce((sum, line) => sum + line.length, 0);
  return `${head}\n${cutLine(middle.length - kept)}\n${noted.join('\n')}\n[…]\n${tail}`;
}

function tellingLines(text: string, room: number): string[] {
  const telling =
    /\b(?:error|errors|fail|failed|failure|failures|fails|exception|traceback|panic(?:ked)?|fatal|assert\w*|denied|refused|undefined|unresolved|cannot|can't|could not|not found|no such|timed out|timeout|segfault|killed|passed|passing|failing|not ok|expected|received|warning)\b|\b(?:ERR|FAIL|E\d{3,4}|TS\d{4})\b|[A-Z]\w+Error\b|[\u2717\u2715\u2716\u274C\u25CF]|^# (?:tests|pass|fail)\b|^Tests?:|^\d+ (?:tests?|examples?)\b/i;
  const lines: string[] = [];
  const seen = new Set<string>();
  let left = room;
  for (let start = 0; start < text.length && left > 0;) {
    const lineBreak = text.indexOf('\n', start);
    const end = lineBreak === -1 ? text.length : lineBreak;
    const line = text.slice(start, Math.min(end, start + MAX_NOTED_LINE)).trim();
    start = end + 1;
    if (line.length < 4 || seen.has(line) || !telling.test(line)) continue;
    if (line.length + 1 > left) break;
    seen.add(line);
    lines.push(line);
    left -= line.length + 1;
  }
  return lines;
}
