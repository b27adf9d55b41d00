// Secrets that are known by their own look: a fixed prefix and a run of characters.

import { isWordCode } from './characters.ts';
import { findEncoded } from './encoded.ts';
import { TOKEN_HEADS, TOKEN_TABLE } from './token-table.ts';
import { applyRule } from './rule.ts';
import type { Literals } from './literals.ts';
import type { Find, Rule } from './rule.ts';
import { isScrambled } from './values.ts';

interface TokenRow {
  readonly kind: string;
  readonly prefix: string;
  /** What follows the prefix; compiled when the prefix was met for the first time. */
  readonly rest: string;
  /** Whether small and large letters and digits must all be there: for prefixes that words have too. */
  readonly isStrict: boolean;
  pattern?: RegExp;
}

/** No token is shorter. */
const SHORTEST = 15;
/** In so many characters a row is tried in vain no more often than this: what has more is no text. */
const WINDOW = 4096;
const MAX_IN_VAIN = 48;

let heads: ReadonlySet<string> | undefined;
/** Rows by the first three characters of their prefix, packed into a number. */
let table: ReadonlyMap<number, readonly TokenRow[]> | undefined;
/** Those that were met. Looking these few up in the table's text is cheaper than reading all of it. */
const met = new Map<number, readonly TokenRow[]>();
const MANY_MET = 6;

/** Runs without blanks and quotes in which a token may stand: all else is passed over by the engine of expressions, not by ours. */
const LONG_RUN = /[A-Za-z0-9][A-Za-z0-9_./+=~:$|%-]{14,}/g;

/**
 * Finds tokens in one pass: the first characters of each word in a long run are looked up, so the number of rules costs nothing,
 * and an expression runs only where its prefix stands. `isLeak` tells whether a text that was decoded from base64 holds a secret; without it none is decoded.
 */
export function findTokens(text: string, literals: Literals, find: Find, isLeak?: (decoded: string) => boolean): void {
  const isAws = literals.holdsAny(AWS_WORDS);
  const inVain = new Map<TokenRow, number>();
  let windowEnd = WINDOW;
  let decodedTo = 0;
  LONG_RUN.lastIndex = 0;
  for (let run = LONG_RUN.exec(text); run !== null; run = LONG_RUN.exec(text)) {
    if (run.index > windowEnd) {
      inVain.clear();
      windowEnd = run.index + WINDOW;
    }
    const end = run.index + run[0].length;
    let isInWord = run.index > 0 && isWordCode(text.charCodeAt(run.index - 1));
    for (let at = run.index; at + SHORTEST <= text.length && at < end; at++) {
      // Not by a function: the engine would compile what is called so often, at each event anew.
      const code = text.charCodeAt(at);
      const isWord = (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90);
      if (isWord && !isInWord) {
        const rows = rowsOf(text, at);
        const tokenEnd = rows === undefined ? undefined : findHere(text, at, rows, inVain, find);
        if (tokenEnd !== undefined) at = tokenEnd - 1;
      }
      isInWord = isWord;
    }
    if (isLeak !== undefined && run[0].length >= 32 && run.index >= decodedTo)
      decodedTo = findEncoded(text, run.index, run[0], find, isLeak);
    if (isAws) findAwsSecrets(text, run.index, run[0], find);
  }
  if (literals.holdsAny(MAILCHIMP)) findMailchimpKeys(text, find);
  for (const rule of INNER_RULES) if (literals.holdsAny(rule.hints)) applyRule(text, rule, find);
}

/** Where the token ends that begins here; undefined when none does. */
function findHere(
  text: string,
  at: number,
  rows: readonly TokenRow[],
  inVain: Map<TokenRow, number>,
  find: Find,
): number | undefined {
  for (const row of rows) {
    if (!text.startsWith(row.prefix, at)) continue;
    const tries = inVain.get(row) ?? 0;
    if (tries > MAX_IN_VAIN) continue;
    inVain.set(row, tries + 1);
    const pattern = (row.pattern ??= new RegExp(row.rest, 'y'));
    pattern.lastIndex = at + row.prefix.length;
    const match = pattern.exec(text);
    if (match === null) continue;
    const end = pattern.lastIndex;
    const start = match[1] === undefined ? at : end - match[1].length;
    const body = match[1] ?? match[0];
    if (isSample(body) || (row.isStrict && !isMixed(body))) continue;
    inVain.set(row, tries);
    find(start, end, row.kind);
    return end;
  }
  return undefined;
}

/** The rows whose prefix may stand here. */
function rowsOf(text: string, at: number): readonly TokenRow[] | undefined {
  if (table !== undefined) return table.get(codeAt(text, at));
  if (!isHead(text.slice(at, at + 5)) && !isHead(text.slice(at, at + 4)) && !isHead(text.slice(at, at + 3)))
    return undefined;
  const code = codeAt(text, at);
  let rows = met.get(code);
  if (rows !== undefined) return rows;
  if (met.size >= MANY_MET) return (table = readTable()).get(code);
  met.set(code, (rows = rowsBeginning(text.slice(at, at + 3))));
  return rows;
}

function isHead(characters: string): boolean {
  heads ??= new Set(TOKEN_HEADS.split(' '));
  return heads.has(characters);
}

function codeAt(text: string, at: number): number {
  return (text.charCodeAt(at) << 16) | ((text.charCodeAt(at + 1) & 255) << 8) | (text.charCodeAt(at + 2) & 255);
}

/** All rows, as they stand in the table. */
export function tokenRows(): readonly TokenRow[] {
  return tableText().split('\n').flatMap(readRows);
}

/** What `TOKEN_HEADS` must be. */
export function tokenHeads(): string {
  const rows = tokenRows();
  return ` ${[...new Set(rows.map(({ prefix }) => prefix.slice(0, 5)))].sort().join(' ')} `;
}

/** A builder puts a constant wherever it is named, and a hook would load it as often. */
function tableText(): string {
  return TOKEN_TABLE;
}

function readTable(): Map<number, TokenRow[]> {
  const rows = new Map<number, TokenRow[]>();
  for (const line of tableText().split('\n'))
    for (const row of readRows(line)) {
      const code = codeAt(row.prefix, 0);
      const same = rows.get(code);
      if (same === undefined) rows.set(code, [row]);
      else same.push(row);
    }
  return rows;
}

/** The rows of one line: one for each of its prefixes. */
function readRows(line: string): readonly TokenRow[] {
  const blank = line.indexOf(' ');
  const second = line.indexOf(' ', blank + 1);
  if (second === -1) return [];
  const isStrict = line.charAt(blank - 1) === '!';
  const kind = line.slice(0, isStrict ? blank - 1 : blank);
  const rest = line.slice(second + 1);
  return line
    .slice(blank + 1, second)
    .split(',')
    .map((prefix) => ({ kind, prefix, rest, isStrict }));
}

/** The rows whose prefix begins with these three characters, in their order. */
export function rowsBeginning(three: string): readonly TokenRow[] {
  const source = tableText();
  const rows: TokenRow[] = [];
  let lineEnd = -1;
  for (let at = source.indexOf(three); at !== -1; at = source.indexOf(three, at + 1)) {
    if (at < lineEnd) continue;
    const lineStart = source.lastIndexOf('\n', at) + 1;
    lineEnd = source.indexOf('\n', at);
    rows.push(...readRows(source.slice(lineStart, lineEnd)).filter((row) => row.prefix.startsWith(three)));
  }
  return rows;
}

/** Samples of documentation, published on purpose: `…EXAMPLE`, one character again and again, words alone. */
export function isSample(body: string): boolean {
  if (body.endsWith('EXAMPLE') || isFewCharacters(body.slice(-24))) return true;
  if (/x{8}|X{8}|\*{4}|your[-_]|_here|1234567890(?:12345|abcdef)/i.test(body)) return true;
  return !/\d/.test(body) && !isScrambled(body, body.length < 24 ? 3 : 5);
}

function isFewCharacters(text: string): boolean {
  return new Set(text).size <= 3;
}

function isMixed(text: string): boolean {
  return /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
}

const inner = (kind: string, hints: string, source: string, keep?: Rule['keep']): Rule => {
  let compiled: RegExp | undefined;
  return {
    kind,
    hints: hints.split(','),
    pattern: () => (compiled ??= new RegExp(source, 'g')),
    keep: (secret, offset, text) => isSample(secret) || keep?.(secret, offset, text) === true,
  };
};

/** Tokens whose fixed part does not stand at their beginning. */
const INNER_RULES: readonly Rule[] = [
  inner('twilio', 'twilio', String.raw`(?<![A-Za-z0-9])(?:SK)?[0-9a-f]{32}(?![A-Za-z0-9])`),
  inner('terraform', '.atlasv1.', String.raw`(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,80}`),
  inner('telegram', ':aa', String.raw`(?<!\d)\d{8,10}:AA[A-Za-z0-9_-]{28,40}`),
  inner(
    'discord',
    'discord,bot',
    String.raw`(?<![A-Za-z0-9])[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}(?![A-Za-z0-9_-])`,
  ),
  inner('azure', 'q~', String.raw`(?<![A-Za-z0-9_.~-])[A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}`),
  inner(
    'azure',
    'azurewebsites.net',
    String.raw`azurewebsites\.net/[^\s"'?]{0,200}\?(?:[^\s"'#]{0,200}&)?code=([A-Za-z0-9%+/=_-]{20,200})`,
  ),
  inner('azure', 'sig=', String.raw`(?:[?&;]|&amp;)sig=([A-Za-z0-9%+/=_-]{30,200})`),
  inner('signature', 'signature=', String.raw`X-(?:Amz|Goog|Oss|Tos)-Signature=([0-9A-Fa-f]{32,1024})`),
  inner('openai', 't3blbkfj', String.raw`[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z0-9_-]{20,200}`),
  inner('zhipu', 'zhipu,bigmodel,glm', String.raw`(?<![A-Za-z0-9])[0-9a-f]{32}\.[A-Za-z0-9]{16}(?![A-Za-z0-9])`),
  inner('rapidapi', 'msh', String.raw`(?<![A-Za-z0-9])[0-9a-z]{10}msh[0-9a-z]{15}p1[0-9a-z]{6}jsn[0-9a-z]{12}`),
  inner('new-relic', 'nral', String.raw`(?<![A-Za-z0-9])[0-9a-f]{36}NRAL(?![A-Za-z0-9])`),
  inner('jenkins', 'jenkins', String.raw`(?<![A-Za-z0-9])11[0-9a-f]{32}(?![A-Za-z0-9])`),
  inner('firebase', 'aaaa', String.raw`(?<![A-Za-z0-9_-])AAAA[A-Za-z0-9_-]{7}:[A-Za-z0-9_-]{120,180}`),
];

const PLUS = 43;
const SLASH = 47;
const AWS_LENGTH = 40;
const MAILCHIMP = ['-us'];
const AWS_WORDS = ['aws', 'akia', 'asia', 'secret access key', 'secretaccesskey'];
/** What `findTokens` asks the literals for. */
export const TOKEN_LITERALS: readonly string[] = [
  ...INNER_RULES.flatMap((rule) => rule.hints),
  ...AWS_WORDS,
  ...MAILCHIMP,
];

/** Forty mixed characters near a word that speaks of AWS: no hash looks so. */
function findAwsSecrets(text: string, offset: number, run: string, find: Find): void {
  let start = 0;
  for (let at = 0; at <= run.length; at++) {
    const code = at < run.length ? run.charCodeAt(at) : 0;
    if (isWordCode(code) || code === PLUS || code === SLASH) continue;
    if (at - start === AWS_LENGTH && isAwsSecret(text, offset + start)) find(offset + start, offset + at, 'aws');
    start = at + 1;
  }
}

function isAwsSecret(text: string, start: number): boolean {
  const run = text.slice(start, start + AWS_LENGTH);
  if (/[_.-]/.test(text.charAt(start - 1)) || /[=_.-]/.test(text.charAt(start + AWS_LENGTH))) return false;
  if (!isMixed(run) || /EXAMPLE|sha\d|integrity|checksum|[a-z]{9}|\/[a-z]{4,}\//.test(run)) return false;
  const near = text.slice(Math.max(0, start - 300), start + 200);
  return !/sha(?:256|384|512)-|integrity/.test(near) && /aws|akia|asia|secret ?access/i.test(near);
}

function findMailchimpKeys(text: string, find: Find): void {
  const ending = /-us\d{1,2}(?![A-Za-z0-9])/g;
  for (let match = ending.exec(text); match !== null; match = ending.exec(text)) {
    const start = match.index - 32;
    if (start < 0 || !/^[0-9a-f]{32}$/.test(text.slice(start, match.index))) continue;
    if (start === 0 || !isWordCode(text.charCodeAt(start - 1))) find(start, ending.lastIndex, 'mailchimp');
  }
}
