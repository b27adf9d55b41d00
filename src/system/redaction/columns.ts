// Secrets that stand below their name: in a column of a table, CSV or query's answer, in a block named after them.

import { isNameCode, isQuoteCode, mayBeBlank } from './characters.ts';
import type { Literals } from './literals.ts';
import type { Find } from './rule.ts';
import { isChosenPassword, isPlaceholder, isRandom, isWeakValue } from './values.ts';

/** Cues of `CUES` that a column or a block may be named by. */
const NAMING = new Set(['pass', 'pwd', 'pw', 'secret', 'token', 'key', 'creds', 'credential', '_auth']);
/** What a column is called that holds secrets. */
export const COLUMN =
  /^["'*`\s]*(?:[\w .-]{0,30}[\s_.-])?(?:(password|passwd|passphrase|pass|pwd|pw)|secret|token|(?:api|access|secret|private|auth|client)[ _-]?(?:key|secret|token)|credentials?)(?:[ _-]?value)?["'*`\s]*$/i;
/** A line between head and body, as Markdown and consoles draw it. */
const RULE = /^[\s|+:=\u2500-\u257F-]+$/;
const DELIMITERS = ['|', '\t', ',', ';', '\u2502'] as const;
/** More rows below a head are never judged. */
export const MAX_ROWS = 200;
const MAX_LINE = 2000;

/** Finds what stands below names of secrets; `cues` are the places of cues. */
export function findColumns(text: string, cues: Literals['places'], find: Find): void {
  let done = 0;
  for (const [at, cue] of cues) {
    if (at < done || !NAMING.has(cue) || !mayHead(text, at)) continue;
    const lineStart = text.lastIndexOf('\n', at) + 1;
    const lineEnd = endOfLine(text, at);
    done = lineEnd;
    if (lineEnd - lineStart > MAX_LINE || lineEnd === text.length) continue;
    const head = text.slice(lineStart, lineEnd);
    done = findBelow(text, head, lineEnd + 1, find) ?? findBlock(text, head, lineEnd + 1, find) ?? lineEnd;
  }
}

/** Whether what stands after the word with a cue ends a cell or a line, or begins a block: most words are over here. */
function mayHead(text: string, at: number): boolean {
  let end = at;
  for (const limit = at + 40; end < limit && isNameCode(text.charCodeAt(end)); end++);
  for (const limit = end + 40; end < limit && ' "\'`*\\'.includes(text.charAt(end) || '?'); end++);
  return '|,;\t\u2502\r\n:='.includes(text.charAt(end) || '\n') || text.slice(end, end + 5).toLowerCase() === 'value';
}

/** Judges the cells below a head; gives the place where the table ends, undefined when the line heads none. */
function findBelow(text: string, head: string, from: number, find: Find): number | undefined {
  const delimiter = DELIMITERS.find((character) => head.includes(character));
  if (delimiter === undefined) return undefined;
  const names = head.split(delimiter);
  const columns = names.flatMap((name, column) => {
    const match = mayNameColumn(name) ? COLUMN.exec(name) : null;
    return match === null ? [] : [{ column, isPassword: match[1] !== undefined }];
  });
  if (columns.length === 0 || names.filter((name) => name.trim() !== '').length < 2) return undefined;
  let start = from;
  for (let row = 0; row < MAX_ROWS && start < text.length; row++) {
    const end = endOfLine(text, start);
    const line = text.slice(start, Math.min(end, start + MAX_LINE));
    if (!RULE.test(line)) {
      const cells = line.split(delimiter);
      if (cells.length !== names.length) break;
      for (const { column, isPassword } of columns) {
        const before = cells.slice(0, column).reduce((length, cell) => length + cell.length + 1, 0);
        judgeCell(cells[column] ?? '', start + before, isPassword, find);
      }
    }
    start = end + 1;
  }
  return start;
}

const COLUMN_ENDS = 'password,passwd,passphrase,pass,pwd,pw,credential,credentials,secret,token,key,value'.split(',');
/** What may stand before `key`, `secret` and `token` without a joint. */
const FIRST_PARTS = ['api', 'access', 'secret', 'private', 'auth', 'client'];

/** Whether the name ends as those of columns do that hold secrets: nearly all are over here, without an expression. */
function mayNameColumn(name: string): boolean {
  let end = name.length;
  while (end > 0 && isFrame(name, end - 1)) end--;
  const last = name.slice(Math.max(0, end - 24), end).toLowerCase();
  return COLUMN_ENDS.some((word) => {
    if (!last.endsWith(word)) return false;
    const before = last.slice(0, -word.length);
    return (
      word === 'value' ||
      before === '' ||
      '_.-'.includes(before.at(-1) ?? '?') ||
      isFrame(before, before.length - 1) ||
      FIRST_PARTS.some((part) => before.endsWith(part))
    );
  });
}

/** A quote, a star or a blank, as they stand around a name. */
function isFrame(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isQuoteCode(code) || code === 42 || mayBeBlank(code);
}

function judgeCell(cell: string, at: number, isPassword: boolean, find: Find): void {
  const value = /[^\s"'`*]\S{4,2000}?(?=["'`*]*\s*$)/.exec(cell);
  if (value === null || isPlaceholder(value[0])) return;
  const isSecret =
    isChosenPassword(value[0]) ||
    isRandom(value[0]) ||
    (isPassword && !isWeakValue(value[0]) && /[A-Za-z]/.test(value[0]) && !/[=(){}<>]/.test(value[0]));
  if (isSecret) find(at + value.index, at + value.index + value[0].length, isPassword ? 'password' : 'secret');
}

const MANY =
  /(?:passwords|passwds|secrets|tokens|creds|credentials|api_?keys|auth_users|basic_?auth)["'\\]{0,3}\s?[:=]\s?[{[]?\s*$/i;
const ONE =
  /(?:password|passphrase|secret|token|(?:api|access|private)[_-]?key|credential)["'\\]{0,3}\s?[:=]\s?\{\s*$/i;
const ENTRY =
  /^(\s{1,80}(?:- )?["']?)([\w.@/-]{1,80})(["']?\s{0,9}[:=]\s{0,9}["']?)([^\s"'{}[\],#()][^\s"',()]{5,2000})(?=["']?,?\s*$)/;
const NAMES_OF_VALUE = /^(?:value|secret|data|default|plain|plaintext|raw|current|content|result|string)$/i;

/** Judges what a block holds that is named after secrets: each value when it is named after many, else what is called its value. */
function findBlock(text: string, head: string, from: number, find: Find): number | undefined {
  if (!'{[:='.includes(head.trimEnd().at(-1) ?? '?')) return undefined;
  const isMany = MANY.test(head);
  if (!isMany && !ONE.test(head)) return undefined;
  const depth = indentOf(head);
  let start = from;
  for (let row = 0; row < MAX_ROWS && start < text.length; row++) {
    const end = endOfLine(text, start);
    const line = text.slice(start, Math.min(end, start + MAX_LINE));
    if (line.trim() !== '' && indentOf(line) <= depth) break;
    const entry = ENTRY.exec(line);
    const [whole = '', , name = '', , value = ''] = entry ?? [];
    if (value !== '' && (isMany || NAMES_OF_VALUE.test(name)) && !isPlaceholder(value))
      if (isRandom(value) || isChosenPassword(value))
        find(start + whole.length - value.length, start + whole.length, 'secret');
    start = end + 1;
  }
  return start;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
