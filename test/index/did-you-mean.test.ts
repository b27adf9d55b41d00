// Near titles for a search that found nothing, or hardly what was asked; over a real index.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { nearRows } from '../../src/index/did-you-mean.ts';
import { openIndexLibrary } from '../../src/index/library.ts';
import type { IndexLibrary } from '../../src/index/library.ts';
import { searchOrSuggest } from '../../src/index/search-or-suggest.ts';
import { soughtWords } from '../../src/index/title-words.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { MemoryLibrary } from '../../src/model/ports.ts';
import type { MemoryRow, SearchFilters } from '../../src/model/search.ts';
import { libraryOf, memory } from '../support/library.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

const MEMORIES: readonly Partial<Memory>[] = [
  {
    title: 'Two parallel refreshes rotate one token',
    tags: ['authentication'],
    files: [{ path: 'src/auth/refresh.ts' }],
  },
  { title: 'Session store moved to Redis', type: 'decision' },
  { title: 'Invoices are rounded half to even', files: [{ path: 'src/pay/roundAmount.ts' }] },
  { title: '刷新令牌时发生竞争' },
  { title: 'トークンの更新が競合する' },
];

let root: string;
let library: IndexLibrary;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'memvault-index-'));
  library = openLibrary(root, MEMORIES);
});
afterAll(() => {
  library.close();
  rmSync(root, { recursive: true, force: true });
});

describe('a search that finds nothing', () => {
  it.each([
    ['tokne', 'Two parallel refreshes rotate one token'],
    ['paralel refrshes', 'Two parallel refreshes rotate one token'],
    ['authentcation', 'Two parallel refreshes rotate one token'],
    ['refrsh', 'Two parallel refreshes rotate one token'],
    ['sesion stroe', 'Session store moved to Redis'],
    ['rediss', 'Session store moved to Redis'],
    ['roundAmuont', 'Invoices are rounded half to even'],
    ['INVIOCES', 'Invoices are rounded half to even'],
  ])('offers for "%s" the title that comes near', (text, title) => {
    expect(suggest(text)[0]).toBe(title);
  });

  it.each([
    ['keys hit at random', 'asdfgh qwertz'],
    ['one known word among many strangers', 'zebra giraffe lion tokne'],
    ['a filter that nothing passes', 'tokne', { type: ['security'] }],
    ['a typed filter that nothing passes', 'tokne tag:billing'],
    ['what is not wanted', 'tokne -parallel'],
    ['signs', '!!! ??? ---'],
    ['a long run of letters', 'x'.repeat(50_000)],
    ['a long run of words', 'qqqq zzzz '.repeat(5000)],
    ['SQL', `'; DROP TABLE memories; --`],
    ['a full-text expression', 'NEAR("qwx" AND *) OR {title: ^'],
    ['a pattern', '(a+)+$ [z-a] \\'],
    ['nothing', ''],
  ] as const)('offers nothing for %s', (_, text, filters: SearchFilters = {}) => {
    expect(suggest(text, filters)).toEqual([]);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const result = searchOrSuggest(library, { text, limit: 5 });
        expect((result.didYouMean ?? []).length).toBeLessThanOrEqual(3);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ['刷薪令牌时', '刷新令牌时发生竞争'],
    ['トークソの更新', 'トークンの更新が競合する'],
  ])('knows "%s" by the pairs of characters that are right', (text, title) => {
    const rows = searchOrSuggest(library, { text: '', limit: 9 });
    const words = soughtWords(text);
    expect(nearRows(rows.hits, words, { atLeast: words.length / 2, limit: 3 }).map((row) => row.title)).toEqual([
      title,
    ]);
  });

  it('heeds what is not wanted, in scripts without blanks as well', () => {
    const rows = [memory({ id: idOf(1), title: '刷新令牌时发生竞争' })];
    const silent: MemoryLibrary = { ...libraryOf(rows), search: () => ({ hits: [], total: 0, stale: false }) };
    const offered = (text: string) => searchOrSuggest(silent, { text, limit: 5 }).didYouMean?.length ?? 0;
    expect([offered('刷薪令牌时'), offered('刷薪令牌时 -"竞争"'), offered('刷薪令牌时 -"竞选"')]).toEqual([1, 0, 1]);
  });

  it('offers three at most, those without a successor first', () => {
    const titles = Array.from({ length: 6 }, (_, n) => ({ title: `Token bucket ${n}` }));
    expect(suggest('tokne', {}, open(titles))).toHaveLength(3);
    const [old, young] = [memory({ id: idOf(1), title: 'Token a' }), memory({ id: idOf(2), title: 'Token tokens b' })];
    const rows: MemoryRow[] = [
      { ...old, files: [], supersededBy: young.id },
      { ...young, files: [] },
    ];
    expect(nearRows(rows, soughtWords('tokne'), { atLeast: 1, limit: 3 }).map((row) => row.id)).toEqual([
      young.id,
      old.id,
    ]);
  });

  it('knows titles that lie thousands of memories back', () => {
    const rows = Array.from({ length: 2500 }, (_, n) => memory({ id: idOf(n), title: n === 0 ? 'Zebra' : 'Other' }));
    const result = searchOrSuggest(libraryOf(rows), { text: 'zbera', limit: 5 });
    expect(result.didYouMean?.map((row) => row.title)).toEqual(['Zebra']);
  });

  it('works in an empty vault', () => {
    expect(suggest('token', {}, open([]))).toEqual([]);
  });
});

describe('a search that finds something', () => {
  it('is left as it is when a hit shows what was asked', () => {
    const result = searchOrSuggest(library, { text: 'parallel refreshes', limit: 5 });
    expect(result).not.toHaveProperty('didYouMean');
    expect(result.hits).toHaveLength(1);
  });

  it('gets near titles beside its hits when these show too little of it', () => {
    const result = searchOrSuggest(open([...MEMORIES, { title: 'The moved folder' }]), {
      text: 'folder sesion stroe',
      limit: 1,
    });
    expect(result.hits.map((hit) => hit.title)).toEqual(['The moved folder']);
    expect(result.didYouMean?.map((row) => row.title)).toEqual(['Session store moved to Redis']);
  });

  it('never offers a hit again', () => {
    const result = searchOrSuggest(library, { text: 'redis sesion stroe', limit: 5 });
    expect(result.hits.map((hit) => hit.title)).toEqual(['Session store moved to Redis']);
    expect(result.didYouMean).toBeUndefined();
  });
});

function suggest(text: string, filters: SearchFilters = {}, from = library): readonly string[] {
  const result = searchOrSuggest(from, { ...filters, text, limit: 5 });
  return (result.didYouMean ?? []).map((row) => row.title);
}

/** A library over other memories, for one test. */
function open(memories: readonly Partial<Memory>[]): IndexLibrary {
  const opened = openLibrary(makeFolder(), memories);
  onTestFinished(() => opened.close());
  return opened;
}

function openLibrary(folder: string, memories: readonly Partial<Memory>[]): IndexLibrary {
  const { source, write } = openFolder(join(folder, 'vault'), 'vault');
  for (const [n, values] of memories.entries())
    write(`memories/${n}.md`, makeMemory({ id: idOf(n + 1), created: `2026-11-${10 + n}T10:00:00Z`, ...values }));
  return openIndexLibrary({
    file: join(folder, 'index.sqlite'),
    lockFile: join(folder, 'index.lock'),
    sources: [source],
    maxAgeMs: 2_000,
    now: () => 1_800_000_000_000,
  });
}
