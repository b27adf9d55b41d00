// What a vault's own words tell about each other, and that nothing else of the search depends on it.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildIndex, openIndex } from '../../src/index/build.ts';
import { openExistingIndex } from '../../src/index/database.ts';
import { searchIndex } from '../../src/index/search.ts';
import { loadIndex } from '../../src/index/load.ts';
import { syncIndex } from '../../src/index/sync.ts';
import { finish } from '../../src/index/steps.ts';
import { learnTopics } from '../../src/index/topics/learn-topics.ts';
import type { TopicTable } from '../../src/index/topics/learn-topics.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

const OPTIONS = { dimensions: 12, rounds: 2, maxStems: 1000 };
/** Made-up words of as many fields of work, twelve each: what is said in one breath belongs together. */
function makeFields(count: number): readonly (readonly string[])[] {
  const names = ['invoice ledger', 'socket router', 'pixel shader'].map((pair) => pair.split(' '));
  return Array.from({ length: count }, (_, field) =>
    Array.from({ length: 12 }, (__, n) => names[field]?.[n] ?? `q${'aeiou'[field % 5]}x${field}w${n}`),
  );
}

describe('learning topics', () => {
  it('brings words together that are used together', () => {
    const table = finish(learnTopics(sentences(300, 12), OPTIONS));
    const near = (a: string, b: string): number => cosine(table, a, b);
    expect(near('invoice', 'ledger')).toBeGreaterThan(near('invoice', 'socket') + 0.3);
    expect(near('pixel', 'shader')).toBeGreaterThan(near('pixel', 'ledger') + 0.3);
  });

  it('gives the same for the same memories', () => {
    expect(finish(learnTopics(sentences(200, 12), OPTIONS))).toEqual(finish(learnTopics(sentences(200, 12), OPTIONS)));
  });

  it('says that there is too little to learn from', () => {
    expect(finish(learnTopics([], OPTIONS))).toBeUndefined();
    expect(finish(learnTopics([['one', 'two']], OPTIONS))).toBeUndefined();
  });
});

describe('a search in a large vault', () => {
  it('puts what is about the same first among memories whose words say the same', () => {
    const { search, database } = setUp(1200);
    const plain = search('invoice status').map((hit) => [hit.title, hit.why?.['topics'] ?? 0] as const);
    const about = new Map(plain);
    expect(about.get('Report about the ledger')).toBeGreaterThan((about.get('Report about the socket') ?? 0) + 0.1);
    expect(database.getOne<{ memories: number }>('SELECT memories FROM topics').memories).toBe(1202);
  });

  it('goes on when what was learned is torn', () => {
    const { search, database } = setUp(600);
    const before = search('invoice status').length;
    database.run(`UPDATE topics SET vectors = x'00'`);
    expect(search('invoice status')).toHaveLength(before);
    expect(search('invoice status')[0]?.why).not.toHaveProperty('topics');
  });

  it('learns the same when the index is made anew', () => {
    const { search, source } = setUp(700);
    const before = search('invoice status');
    const file = join(makeFolder(), 'index.sqlite');
    finish(buildIndex(file, (fresh) => loadIndex(fresh, [source], () => Date.now())));
    const again = openExistingIndex(file);
    if (again === undefined) throw new Error('no index was built');
    onTestFinished(() => again.close());
    expect(searchIndex(again, { text: 'invoice status', limit: 50 }).hits).toEqual(before);
  });

  it('learns nothing in a small vault', () => {
    const { search, database } = setUp(100);
    expect(database.get('SELECT 1 FROM topics')).toBeUndefined();
    expect(search('invoice status')[0]?.why).not.toHaveProperty('topics');
  });
});

function sentences(count: number, fields: number): readonly (readonly string[])[] {
  const made = makeFields(fields);
  return Array.from({ length: count }, (_, n) => {
    const field = made[n % fields] ?? [];
    const round = Math.trunc(n / fields);
    return Array.from({ length: 5 }, (__, step) => field[(round * 5 + step * (1 + (round % 3))) % field.length] ?? '');
  });
}

function setUp(memories: number) {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  sentences(memories, 60).forEach((words, n) =>
    vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n + 1), title: `Work item ${n}`, body: words.join(' ') })),
  );
  for (const [n, word] of ['ledger', 'socket'].entries())
    vault.write(
      `memories/last-${n}.md`,
      makeMemory({
        id: idOf(9001 + n),
        title: `Report about the ${word}`,
        body: `The status of the ${word}, in short.`,
      }),
    );
  const database = openIndex(join(root, 'index.sqlite'));
  onTestFinished(() => database.close());
  syncIndex(database, [vault.source]);
  return { database, source: vault.source, search: (text: string) => searchIndex(database, { text, limit: 50 }).hits };
}

function cosine(table: TopicTable | undefined, a: string, b: string): number {
  if (table === undefined) throw new Error('nothing was learned');
  const row = (stem: string): readonly number[] => {
    const number = table.stems.indexOf(stem);
    return Array.from(table.vectors.subarray(number * table.dimensions, (number + 1) * table.dimensions));
  };
  const [x, y] = [row(a), row(b)];
  const dot = x.reduce((sum, value, d) => sum + value * (y[d] ?? 0), 0);
  return dot / (Math.hypot(...x) * Math.hypot(...y));
}
