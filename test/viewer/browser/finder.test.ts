// Finding while typing, over rows in memory.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFinder } from '../../../src/viewer/browser/finder.ts';
import type { ListedRow } from '../../../src/viewer/listed-row.ts';

function row(fields: Partial<ListedRow> & Pick<ListedRow, 'id'>): ListedRow {
  return {
    kind: 'observation',
    type: 'bugfix',
    title: `Memory ${fields.id}`,
    created: '2026-11-22T14:32:05Z',
    files: [],
    tags: [],
    ...fields,
  };
}

const ROWS: readonly ListedRow[] = [
  row({
    id: '7k2m9qx4hd3a',
    title: 'Two parallel refreshes rotate one token',
    tags: ['auth'],
    branch: 'fix/auth-race',
  }),
  row({ id: '7k2mzzzzzzzz', title: 'Session store moved to Redis', type: 'decision', files: ['src/sessionStore.ts'] }),
  row({ id: 'c4hd7k2m9qxa', title: 'Session store kept in Postgres', supersededBy: '7k2mzzzzzzzz' }),
  row({ id: 'd4hd7k2m9qxa', title: '刷新令牌时发生竞争', created: '2026-11-01T08:00:00Z' }),
  row({ id: 'f4hd7k2m9qxa', title: 'Tokyo office opens', kind: 'note' }),
];

async function finderOf(rows: readonly ListedRow[]) {
  const finder = createFinder();
  await finder.take(rows);
  return { finder, titles: (typed: string) => finder.find(typed, 8).found.map(({ row: found }) => found.title) };
}

describe('what is typed', () => {
  it.each([
    ['a beginning', 'refr', 'Two parallel refreshes rotate one token'],
    ['several beginnings, in any order', 'tok par', 'Two parallel refreshes rotate one token'],
    ['a letter too few', 'paralel', 'Two parallel refreshes rotate one token'],
    ['a letter too many', 'redris', 'Session store moved to Redis'],
    ['swapped letters', 'tokne', 'Two parallel refreshes rotate one token'],
    ['typos in both words', 'sesion stroe', 'Session store moved to Redis'],
    ['upper case and accents', 'RÉDIS', 'Session store moved to Redis'],
    ['a part of a file name', 'sessionstore.ts', 'Session store moved to Redis'],
    ['a tag', 'auth', 'Two parallel refreshes rotate one token'],
    ['a type', 'decision', 'Session store moved to Redis'],
    ['a branch', 'fix/auth', 'Two parallel refreshes rotate one token'],
    ['Chinese', '令牌', '刷新令牌时发生竞争'],
    ['one character of it', '竞', '刷新令牌时发生竞争'],
    ['the beginning of an id', '7k2mz', 'Session store moved to Redis'],
    ['more words than a title holds', 'why redis lost sessions at night', 'Session store moved to Redis'],
    ['a filter', 'type:dec', 'Session store moved to Redis'],
    ['a filter and a typo', 'tag:auth refrsh', 'Two parallel refreshes rotate one token'],
    ['what is not wanted', 'store -redis', 'Session store kept in Postgres'],
  ])('finds by %s', async (_, typed, title) => {
    const { titles } = await finderOf(ROWS);
    expect(titles(typed)[0]).toBe(title);
  });

  it('puts what was typed before what it may be a typo of, and replaced memories last', async () => {
    const { titles } = await finderOf(ROWS);
    expect(titles('toky')).toEqual(['Tokyo office opens', 'Two parallel refreshes rotate one token']);
    expect(titles('session store')).toEqual(['Session store moved to Redis', 'Session store kept in Postgres']);
  });

  it('lists the newest for a filter alone, and nothing for nothing', async () => {
    const { finder, titles } = await finderOf(ROWS);
    expect(titles('since:2026-11-20')).toHaveLength(4);
    for (const typed of ['', '   ', 'tag:', '!?', '\u0000'])
      expect(finder.find(typed, 8)).toEqual({ found: [], total: 0 });
  });

  it('is marked in the title', async () => {
    const { finder } = await finderOf(ROWS);
    const marked = (typed: string) =>
      finder.find(typed, 1).found.flatMap(({ title }) => title.filter((piece) => piece.marked).map(({ text }) => text));
    expect(marked('refrsh tok')).toEqual(['refreshes', 'token']);
    expect(marked('令牌')).toEqual(['令牌']);
  });

  it('says how many there are beside the few that are shown', async () => {
    const { finder } = await finderOf(Array.from({ length: 30 }, (_, n) => row({ id: `${n}`, title: `Token ${n}` })));
    const { found, total } = finder.find('token', 8);
    expect([found.length, total]).toEqual([8, 30]);
  });

  it('can be any text', async () => {
    const { finder } = await finderOf(ROWS);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (typed) => {
        for (const { row: found, title } of finder.find(typed, 8).found)
          expect(title.map((piece) => piece.text).join('')).toBe(found.title);
      }),
    );
    expect(finder.find('x'.repeat(100_000), 8).total).toBe(0);
  });
});

describe('the rows', () => {
  const words = ['token', 'refresh', 'redis', 'session', 'race', '令牌'];
  const lists = fc.array(
    fc.uniqueArray(
      fc.record({
        n: fc.integer({ min: 0, max: 9 }),
        title: fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 }),
      }),
      { selector: ({ n }) => n },
    ),
    { minLength: 1, maxLength: 4 },
  );

  it('are found as if the last list had been the first', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async (given) => {
        const versions = given.map((list) => list.map(({ n, title }) => row({ id: `${n}`, title: title.join(' ') })));
        const grown = createFinder();
        for (const rows of versions) await grown.take(rows);
        const fresh = createFinder();
        await fresh.take(versions.at(-1) ?? []);
        expect(grown.size()).toBe(fresh.size());
        for (const word of words) {
          const ids = (finder: typeof fresh) =>
            finder
              .find(word, 20)
              .found.map(({ row: found }) => `${found.id} ${found.title}`)
              .sort();
          expect(ids(grown)).toEqual(ids(fresh));
        }
      }),
    );
  });

  it('are taken one list after the other, also when nobody waits', async () => {
    const finder = createFinder();
    const many = Array.from({ length: 600 }, (_, n) => row({ id: `${n}`, title: 'Token' }));
    await Promise.all([finder.take(many), finder.take(many.slice(0, 3))]);
    expect(finder.find('token', 8).total).toBe(3);
  });
});
