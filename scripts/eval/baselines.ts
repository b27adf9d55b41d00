// What anybody has without memvault: grep, and full-text search of SQLite asked in the usual ways, over the same texts.

import { DatabaseSync } from 'node:sqlite';
import type { Memory } from '../../src/model/memory.ts';
import { DEPTH } from './system.ts';
import type { RankingSystem } from './system.ts';

type Text = Pick<Memory, 'id' | 'title' | 'body'>;

/** The baselines over the texts of one vault, the weakest first. */
export function openBaselines(memories: readonly Text[]): readonly RankingSystem[] {
  return [openGrep(memories), openAnd(memories), openOr(memories), openRecipe(memories)];
}

/** Memories that hold every word of the question, as a substring in any case; the most occurrences first. */
function openGrep(memories: readonly Text[]): RankingSystem {
  const texts = memories.map(({ id, title, body }) => ({ id, text: `${title}\n${body}`.toLowerCase() }));
  return eachQuestion('grep, all words', (question) => {
    const words = wordsOf(question);
    if (words.length === 0) return [];
    return texts
      .map(({ id, text }) => ({ id, counts: words.map((word) => text.split(word).length - 1) }))
      .filter(({ counts }) => counts.every((count) => count > 0))
      .map(({ id, counts }) => ({ id, count: counts.reduce((sum, count) => sum + count, 0) }))
      .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
      .slice(0, DEPTH)
      .map(({ id }) => id);
  });
}

/** FTS5 as it comes: every word must occur. */
function openAnd(memories: readonly Text[]): RankingSystem {
  const table = openTable(memories, 'unicode61');
  return {
    ...eachQuestion('FTS5, AND', (question) => bestOf(table.match(wordsOf(question).map(quote).join(' AND '), DEPTH))),
    close: () => table.close(),
  };
}

/** FTS5 as it should be asked: any word, in English stems, without stop words. */
function openOr(memories: readonly Text[]): RankingSystem {
  const table = openTable(memories, 'porter unicode61');
  return {
    ...eachQuestion('FTS5, OR, porter', (question) => bestOf(table.match(anyOf(tellingWords(question)), DEPTH))),
    close: () => table.close(),
  };
}

/**
 * The strongest plain recipe that is known to us: 0.8 words and 0.2 pairs of words side by side, of that 0.85, and 0.15 of a
 * trigram index, each list brought between 0 and 1; title, narrative and facts weigh 3, 1.5 and 1.
 */
function openRecipe(memories: readonly Text[]): RankingSystem {
  const words = openTable(memories, 'porter unicode61', COLUMN_WEIGHTS);
  const trigrams = openTable(memories, 'trigram');
  return {
    ...eachQuestion('FTS5, words + pairs + trigrams', (question) => {
      const telling = tellingWords(question);
      const parts = telling.filter((word) => word.length >= 3);
      const stems = blend([
        { weight: 0.8, scores: words.match(anyOf(telling), POOL) },
        { weight: 0.2, scores: words.match(anyOf(pairsOf(question)), POOL) },
      ]);
      return bestOf(
        blend([
          { weight: 0.85, scores: stems },
          { weight: 0.15, scores: trigrams.match(anyOf(parts), POOL) },
        ]),
      );
    }),
    close() {
      words.close();
      trigrams.close();
    },
  };
}

const COLUMN_WEIGHTS = [3, 1.5, 1];
/** How many of each list are blended. */
const POOL = 200;

function eachQuestion(name: string, answer: (question: string) => readonly string[]): RankingSystem {
  return { name, rank: async (questions) => questions.map((question) => answer(question)), close: () => {} };
}

interface TextTable {
  /** Scores by id, the best first, greater is better; none for an empty expression. */
  match(expression: string, limit: number): ReadonlyMap<string, number>;
  close(): void;
}

/** `weights` of title, narrative and facts; all 1 when left out. */
function openTable(
  memories: readonly Text[],
  tokenizer: 'unicode61' | 'porter unicode61' | 'trigram',
  weights = [1, 1, 1],
): TextTable {
  const database = new DatabaseSync(':memory:');
  database.exec(
    `CREATE VIRTUAL TABLE texts USING fts5 (id UNINDEXED, title, narrative, facts, tokenize = '${tokenizer}'); BEGIN`,
  );
  const insert = database.prepare('INSERT INTO texts (id, title, narrative, facts) VALUES (?, ?, ?, ?)');
  for (const { id, title, body } of memories) {
    const at = body.lastIndexOf(FACTS);
    insert.run(id, title, at === -1 ? body : body.slice(0, at), at === -1 ? '' : body.slice(at + FACTS.length));
  }
  database.exec('COMMIT');
  const select = database.prepare(
    `SELECT id, -bm25(texts, 0, ${weights.join(', ')}) AS score FROM texts WHERE texts MATCH ? ORDER BY score DESC, id LIMIT ?`,
  );
  return {
    match(expression, limit) {
      const rows = expression === '' ? [] : select.all(expression, limit);
      return new Map(rows.map((row) => [String(row['id']), Number(row['score'])]));
    },
    close: () => database.close(),
  };
}

const FACTS = '## Facts\n';

interface ScoredList {
  readonly weight: number;
  readonly scores: ReadonlyMap<string, number>;
}

/** The weighted sum of lists, each brought between 0 and 1; who is not in a list gets 0 from it. */
function blend(lists: readonly ScoredList[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const { weight, scores } of lists) {
    const least = Math.min(...scores.values());
    const span = Math.max(...scores.values()) - least;
    for (const [id, score] of scores)
      total.set(id, (total.get(id) ?? 0) + weight * (span === 0 ? 1 : (score - least) / span));
  }
  return total;
}

function bestOf(scores: ReadonlyMap<string, number>): readonly string[] {
  return [...scores]
    .sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .slice(0, DEPTH)
    .map(([id]) => id);
}

/** The words of a text in lower case, each once. */
function wordsOf(text: string): readonly string[] {
  return [...new Set(allWords(text))];
}

/** The same without stop words; all of them when nothing else is left. */
function tellingWords(text: string): readonly string[] {
  const words = wordsOf(text);
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  return telling.length > 0 ? telling : words;
}

/** Words side by side in the text, none of them a stop word. */
function pairsOf(text: string): readonly string[] {
  const words = allWords(text);
  const pairs = words.slice(1).flatMap((word, at): string[] => {
    const before = words[at] ?? '';
    return STOP_WORDS.has(before) || STOP_WORDS.has(word) ? [] : [`${before} ${word}`];
  });
  return [...new Set(pairs)];
}

function allWords(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Words hold letters and digits only, so that nothing needs to be escaped. */
function anyOf(terms: readonly string[]): string {
  return terms.map(quote).join(' OR ');
}

function quote(term: string): string {
  return `"${term}"`;
}

/** A list of its own: a baseline must not move with the product. */
const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about above after again against all am an and any are as at be because been before being below between both but by can could
  d did do does doing don down during each few for from further had has have having he her here hers herself him himself his how
  i if in into is it its itself just ll m me more most my myself no nor not now of off on once only or other our ours ourselves
  out over own re s same she should so some such t than that the their theirs them themselves then there these they this those
  through to too under until up ve very was we were what when where which while who whom why will with would you your yours
  yourself yourselves`.split(/\s+/),
);
