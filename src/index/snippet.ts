// The lines of a memory that matched, short and clean. Pure.

import { cleanLine, cleanText, cutText } from '../system/clean-text.ts';

const SNIPPET_LENGTH = 200;

/** The line with the most of the sought words, cut around them, and others while there is room; the first line when none matches. */
export function makeSnippet(body: string, terms: readonly string[]): string {
  const lines = readLines(body);
  const stems = [...new Set(terms.map((term) => stem(fold(term))))].filter((term) => term !== '');
  const scored = lines
    .map((line, order) => ({ line, order, score: countMatches(fold(line), stems) }))
    .filter((one) => one.score > 0)
    .sort((a, b) => b.score - a.score || a.order - b.order);
  const [best, ...others] = scored;
  if (best === undefined) return cutText(lines[0] ?? '', SNIPPET_LENGTH);
  const chosen = [{ order: best.order, text: cutAround(best.line, stems) }];
  let room = SNIPPET_LENGTH - (chosen[0]?.text.length ?? 0);
  for (const { line, order } of others) {
    if (line.length + SEPARATOR.length > room) continue;
    chosen.push({ order, text: line });
    room -= line.length + SEPARATOR.length;
  }
  return chosen
    .sort((a, b) => a.order - b.order)
    .map((one) => one.text)
    .join(SEPARATOR);
}

const SEPARATOR = ' · ';
/** Where a long text is no longer looked at for a line to show. */
const MAX_BODY = 65_536;

/** Lines without the marks of headings and lists, headings themselves left out. */
function readLines(body: string): readonly string[] {
  return cleanText(body.slice(0, MAX_BODY))
    .split('\n')
    .filter((line) => !/^\s*(#{1,6}\s|```|~~~|---|\*\*\*)/.test(line))
    .map((line) => cleanLine(line.replace(/^\s*(?:[-*+>]|\d+[.)])\s+/, '')))
    .filter((line) => line !== '');
}

/** Lower case without accents: as the index compares. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  if (ASCII.test(lower)) return lower;
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}

const ASCII = /^[\u0000-\u007f]*$/;

/** The beginning that the forms of an English word share; near enough to choose a line by. */
function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ations?|ations|ings?|ment|ed|es|e|s|y|ly)$/, '') : word;
}

function countMatches(folded: string, stems: readonly string[]): number {
  return stems.filter((one) => findWord(folded, one) !== -1).length;
}

/** Where a word begins so; scripts without blanks match anywhere. */
function findWord(folded: string, start: string): number {
  for (let at = folded.indexOf(start); at !== -1; at = folded.indexOf(start, at + 1)) {
    if (at === 0 || start.charCodeAt(0) >= 0x2e80 || !/[\p{L}\p{N}]/u.test(folded[at - 1] ?? '')) return at;
  }
  return -1;
}

function cutAround(line: string, stems: readonly string[]): string {
  if (line.length <= SNIPPET_LENGTH) return line;
  const folded = fold(line);
  const places = stems.map((one) => findWord(folded, one)).filter((at) => at !== -1);
  const first = Math.min(...places);
  if (first < SNIPPET_LENGTH / 2) return cutText(line, SNIPPET_LENGTH);
  const from = line.lastIndexOf(' ', Math.max(0, first - 50)) + 1;
  const start = from > 0 && from <= first ? from : Math.max(0, first - 50);
  return cutText(`…${trimSurrogate(line.slice(start))}`, SNIPPET_LENGTH);
}

function trimSurrogate(text: string): string {
  const code = text.charCodeAt(0);
  return code >= 0xdc00 && code <= 0xdfff ? text.slice(1) : text;
}
