// The index as a hook reads it: as it is, with few statements, and without what ranks a search.

import { isMemoryId } from '../model/memory.ts';
import type { Memory, MemoryId } from '../model/memory.ts';
import type { PromptMatch, PromptMatches, PromptWord, RecallRow } from '../model/recall.ts';
import { openExistingIndex } from './database.ts';
import type { IndexDatabase } from './database.ts';
import { filterCondition } from './filters.ts';
import { splitHumps } from './identifiers.ts';
import { readWords } from './query-text.ts';
import type { Word } from './query-text.ts';
import { readJson, ROW_COLUMNS, toRow } from './rows.ts';
import type { RowRecord } from './rows.ts';
import { WORD_COLUMNS } from './schema.ts';
import { foldWord, stemWord } from './stem.ts';
import { isStopWord } from './stop-words.ts';
import { isWeakWord } from './weak-words.ts';
import { hasWideText } from './wide-text.ts';

export interface RecallIndex {
  /** Memories that share telling words with a prompt. What one of the `doubted` memories replaces is not replaced. */
  matchPrompt(prompt: string, doubted?: readonly MemoryId[]): PromptMatches;
  /** Memories that speak of a file by its repository-relative path, the newest first, at most `limit`; `doubted` as above. */
  findByFile(path: string, limit: number, doubted?: readonly MemoryId[]): readonly RecallRow[];
  /** The text of a memory; empty when it is not there any more. */
  readBody(id: MemoryId): string;
  /** A memory by its whole id, also one that is superseded. */
  readRow(id: MemoryId): RecallRow | undefined;
  close(): void;
}

/** Undefined where there is no index that can serve. Superseded and deleted memories, and summaries, are never told. */
export function openRecallIndex(file: string): RecallIndex | undefined {
  const database = openExistingIndex(file);
  if (database === undefined) return undefined;
  return {
    matchPrompt: (prompt, doubted) => matchPrompt(database, prompt, doubted),
    readBody: (id) => readBody(database, id),
    readRow(id) {
      const record = database.get<RowRecord>(`SELECT ${ROW_COLUMNS} FROM memories m WHERE m.id = ?`, id);
      return record === undefined ? undefined : toRecallRow(record);
    },
    findByFile: (path, limit, doubted) => findByFile(database, path, limit, doubted),
    close: () => database.close(),
  };
}

/** The text of a memory; empty when it is not there. */
export function readBody(database: IndexDatabase, id: MemoryId): string {
  return database.get<{ body: string }>(READ_BODY, id)?.body ?? '';
}

const READ_BODY = 'SELECT b.body FROM memories m JOIN bodies b ON b.key = m.key WHERE m.id = ?';

/** A condition of memories that may be shown. The ids of the doubted ones stand in it as they are: nothing but ids has their form. */
function shownWith(doubted: readonly MemoryId[]): string {
  const ids = doubted.filter(isMemoryId).slice(0, MAX_DOUBTED);
  const replaced =
    ids.length === 0
      ? 'm.superseded_by IS NULL'
      : `(m.superseded_by IS NULL OR m.superseded_by IN (${ids.map((id) => `'${id}'`).join(', ')}))`;
  return `m.hidden = 0 AND ${replaced} AND m.kind IN ('observation', 'note') AND m.place IN ('vault', 'outbox')`;
}

const MAX_DOUBTED = 500;

function findByFile(
  database: IndexDatabase,
  path: string,
  limit: number,
  doubted: readonly MemoryId[] = [],
): readonly RecallRow[] {
  const condition = filterCondition({ files: [path] });
  return database
    .all<RowRecord>(
      `SELECT ${ROW_COLUMNS} FROM memories m WHERE ${condition.sql} AND ${shownWith(doubted)} ORDER BY m.created DESC, m.id LIMIT ?`,
      ...condition.values,
      limit,
    )
    .map(toRecallRow);
}

/** More of a prompt is a pasted log. */
const MAX_PROMPT = 6000;
/** So many of its words are looked up, and so many of the rarest count. */
const MAX_LOOKED_UP = 48;
const MAX_SOUGHT = 16;
const MAX_MATCHES = 24;
/** A word of more memories than these says nothing: more than half of a small vault, a tenth of a large one. */
function mostHolders(memories: number): number {
  return Math.max(2, Math.min(0.6 * memories, 100 + 0.1 * memories));
}

interface SoughtWord extends PromptWord {
  readonly match: string;
}

/** Memories that share telling words with a prompt. */
export function matchPrompt(database: IndexDatabase, prompt: string, doubted: readonly MemoryId[] = []): PromptMatches {
  // Keys are given in order and seldom taken back: near enough, and no row is read for it.
  const memories = database.getOne<{ last: number | null }>('SELECT max(id) AS last FROM words_docsize').last ?? 0;
  const most = mostHolders(memories);
  const counted = tellingWords(prompt.slice(0, MAX_PROMPT)).map((word) => ({
    ...word,
    count: database.getOne<{ count: number }>(COUNT_WORD, word.match, Math.ceil(most) + 1).count,
  }));
  const words = counted
    .filter(({ count }) => count > 0 && count <= most)
    .map(({ match, isCode, count }): SoughtWord => ({ match, isCode, rarity: rarityOf(count, memories) }))
    .sort((a, b) => b.rarity - a.rarity)
    .slice(0, MAX_SOUGHT);
  return {
    words: words.map(({ rarity, isCode }) => ({ rarity, isCode })),
    unknownWords: counted.filter(({ count }) => count === 0).length,
    memories,
    matches: words.length === 0 ? [] : findMatches(database, words, doubted),
  };
}

const COUNT_WORD = 'SELECT count(*) AS count FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)';

function rarityOf(count: number, memories: number): number {
  return memories <= 1 ? 1 : Math.max(0, 1 - Math.log(count) / Math.log(memories));
}

interface AskedWord {
  readonly match: string;
  readonly isCode: boolean;
}

/** Each word once, weak ones left out, names of code also in their parts. */
function tellingWords(prompt: string): readonly AskedWord[] {
  const words = new Map<string, AskedWord>();
  const add = (word: Word, isCode: boolean): void => {
    const key = keyOf(word);
    if (key === '' || words.has(key)) return;
    words.set(key, { match: `"${word.tokens.join(' ')}"`, isCode });
  };
  const pieces = prompt.split(/\s+/).flatMap((piece) => (piece.length > MAX_PIECE ? [] : partsOfPath(piece)));
  for (const { piece, isCode } of pieces) {
    for (const word of readWords(piece)) {
      if (!isTelling(word)) continue;
      add(word, isCode || splitHumps(word.original) !== undefined);
      for (const part of splitHumps(word.original) ?? []) {
        const token = part.toLowerCase();
        if (isTelling({ original: part, tokens: [token] })) add({ original: part, tokens: [token] }, false);
      }
    }
  }
  return [...words.values()].slice(0, MAX_LOOKED_UP);
}

const MAX_PIECE = 200;

interface Piece {
  readonly piece: string;
  readonly isCode: boolean;
}

/** Of a path only the file's own name is a name of code: its folders are words, and its kind says nothing. */
function partsOfPath(piece: string): readonly Piece[] {
  const isCode = CODE.test(piece);
  const [, folders = '', name = '', kind] = /^(.*\/)?([^/]*?)(\.[a-z]{1,6})?[^\p{L}\p{N}/]*$/u.exec(piece) ?? [];
  const isFile = kind !== undefined && KINDS.has(kind.slice(1));
  if (!isFile && (folders === '' || name === '')) return [{ piece, isCode }];
  return [
    { piece: folders, isCode: false },
    { piece: isFile ? name : `${name}${kind ?? ''}`, isCode },
  ];
}

const KINDS: ReadonlySet<string> = new Set(
  `c cc cfg cjs conf cpp cs css csv cts dart ex exs go gradle h hpp hs html ini ipynb java js json jsonl jsx kt less lock log lua md
  mdx mjs ml mts php pl proto ps py r rb rs rst sass scala scss sh sql svelte svg swift tf toml ts tsx txt vue xml yaml yml zig`.split(
    /\s+/,
  ),
);
/** `a.b`, `a/b`, `a_b`, `a()`, `a::b`: not the end of a sentence. */
const CODE = /[\p{L}\p{N}](?:[._/\\]|::|->|=>)[\p{L}\p{N}]|_[\p{L}]|\(\)|[`]/u;

function isTelling({ original, tokens }: Word): boolean {
  const [token = ''] = tokens;
  if (tokens.length > 1 || hasWideText(original)) return tokens.length > 1;
  return token.length >= 3 && !isStopWord(token) && !isWeakWord(token) && !/^\d+$/.test(token);
}

function keyOf({ tokens }: Word): string {
  return tokens.length > 1 ? tokens.join('') : stemWord(foldWord(tokens[0] ?? ''));
}

const BM25 = `bm25(words, ${WORD_COLUMNS.map(([, weight]) => weight.toFixed(1)).join(', ')})`;

interface MatchRecord extends RowRecord {
  readonly key: number;
}

function findMatches(
  database: IndexDatabase,
  words: readonly SoughtWord[],
  doubted: readonly MemoryId[],
): readonly PromptMatch[] {
  const records = database.all<MatchRecord>(
    `SELECT m.key, ${ROW_COLUMNS} FROM (
       SELECT rowid AS key, ${BM25} AS score FROM words WHERE words MATCH ? ORDER BY score LIMIT ${2 * MAX_MATCHES}
     ) best JOIN memories m ON m.key = best.key
     WHERE ${shownWith(doubted)} ORDER BY best.score, m.created DESC, m.id LIMIT ${MAX_MATCHES}`,
    words.map(({ match }) => match).join(' OR '),
  );
  const keys = records.map(({ key }) => key).join(', ');
  // Asked of the full-text table, which knows the words' stems already: reading the texts takes four times as long.
  const holders = (expression: string): ReadonlySet<number> =>
    new Set(
      database
        .all<{ key: number }>(`SELECT rowid AS key FROM words WHERE words MATCH ? AND +rowid IN (${keys})`, expression)
        .map(({ key }) => key),
    );
  const anywhere = words.map(({ match }) => holders(match));
  const inTitle = words.map(({ match }) => holders(`{title tags files} : ${match}`));
  const numbersOf = (key: number, holding: readonly ReadonlySet<number>[]): number[] =>
    holding.flatMap((there, number) => (there.has(key) ? [number] : []));
  return records.map((record) => ({
    row: toRecallRow(record),
    inTitle: numbersOf(record.key, inTitle),
    inText: numbersOf(record.key, anywhere),
  }));
}

function toRecallRow(record: RowRecord): RecallRow {
  return { ...toRow(record), references: readJson<Memory['files']>(record.files) };
}
