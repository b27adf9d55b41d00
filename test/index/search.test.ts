// Searching: what is found, in which order, with which filters and snippets.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIndex } from '../../src/index/build.ts';
import { searchIndex } from '../../src/index/search.ts';
import { syncIndex } from '../../src/index/sync.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { SearchQuery } from '../../src/model/search.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

describe('searchIndex', () => {
  it('finds a memory that has only some of the words', () => {
    const { titles } = setUp([{ title: 'Token rotation races' }, { title: 'Invoice layout' }]);
    expect(titles('why does the token disappear at night')).toEqual(['Token rotation races']);
  });

  it('finds other forms of a word and ignores accents', () => {
    const { titles } = setUp([{ title: 'Rotating the café key' }]);
    expect(titles('rotates')).toHaveLength(1);
    expect(titles('cafe')).toHaveLength(1);
  });

  it('puts a word in the title before the same word in the body', () => {
    const { titles } = setUp([
      { title: 'Something else', body: 'The mutex is here.' },
      { title: 'The mutex', body: 'Something is here.' },
    ]);
    expect(titles('mutex')).toEqual(['The mutex', 'Something else']);
  });

  it('puts words that stand side by side as in the query first', () => {
    const { titles } = setUp([
      { title: 'One', body: 'A store lost its lock, then the token came back.' },
      { title: 'Two', body: 'A store lost its row, then the lock token came back.' },
    ]);
    expect(titles('lock token')[0]).toBe('Two');
  });

  it('finds identifiers whole and in parts, whatever their spelling', () => {
    const { titles } = setUp([
      { title: 'Camel', body: 'Call `compareAndSet` on the store.' },
      { title: 'Snake', body: 'Call compare_and_set on the store.' },
      { title: 'Other', body: 'Nothing of that.' },
    ]);
    for (const text of ['compareAndSet', 'compare_and_set', '"compare and set"'])
      expect(titles(text).sort()).toEqual(['Camel', 'Snake']);
  });

  it('finds file paths from the file list, whole and in parts', () => {
    const { titles } = setUp([
      { title: 'One', files: [{ path: 'src/auth/tokenStore.ts' }] },
      { title: 'Two', files: [{ path: 'src/pay/invoice.ts' }] },
    ]);
    expect(titles('src/auth/tokenStore.ts')[0]).toBe('One');
    expect(titles('token store')).toEqual(['One']);
  });

  it('finds the message of a pasted stack, at its beginning, at its end, and behind a long log', () => {
    const { titles } = setUp([
      { title: 'OperationalError: database is locked', body: 'A busy timeout fixes it.' },
      ...Array.from({ length: 30 }, (_, at) => ({
        title: `Step ${at}`,
        body: `return self handler${at} in python lib`,
      })),
    ]);
    const message = 'sqlite3.OperationalError: database is locked';
    const frame = (at: number): string =>
      `  File "/home/me/lib/pkg${at}/module${at}.py", line ${at}, in call${at}\n    return self.handler${at}(request)`;
    const frames = Array.from({ length: 15 }, (_, at) => frame(at)).join('\n');
    const log = Array.from({ length: 900 }, (_, at) => `entry-${at}`).join('\n');
    for (const text of [`${message}\n${frames}`, `${frames}\n${message}`, `${log}\n${message}`, `${message}\n${log}`])
      expect(titles(text)[0]).toBe('OperationalError: database is locked');
  });

  it('puts the memory of a pasted path before those that only hold its words', () => {
    const prose =
      'The auth refresh happens before the auth token: refresh, then auth. The src folder has auth code, as .ts.';
    const { titles } = setUp([
      { title: 'Two rotated the same token', body: 'A mutex.', files: [{ path: 'src/auth/refresh.ts' }] },
      { title: 'Refresh auth by src of truth', body: prose },
      ...Array.from({ length: 30 }, (_, at) => ({
        title: `The auth refresh ${at}`,
        body: prose,
        files: [{ path: `src/auth/${at}.ts` }, { path: `src/refresh/${at}.ts` }],
      })),
    ]);
    for (const text of [
      'src/auth/refresh.ts',
      'refresh.ts',
      'src/auth/refresh.ts:42:17',
      'refresh.ts:42',
      'a/src/auth/refresh.ts',
      'C:\\Users\\me\\app\\src\\auth\\refresh.ts(42,17)',
      'at refresh (/home/me/app/src/auth/refresh.ts:42:17)',
      'https://example.com/me/app/blob/main/src/auth/refresh.ts#L42',
      'what is it with src/auth/refresh.ts?',
    ])
      expect(titles(text)[0], text).toBe('Two rotated the same token');
  });

  it('finds Chinese, Japanese, Korean and Thai words inside running text', () => {
    const { titles } = setUp([
      { title: '刷新令牌时发生竞争', body: '两个请求同时轮换同一个令牌。' },
      { title: 'トークンの更新が競合する', body: '同じトークンを二回ローテーションした。' },
      { title: '토큰을 두 번 갱신했다', body: '경쟁 상태' },
      { title: 'โทเค็นถูกหมุนเวียนสองครั้ง', body: 'การแข่งขัน' },
    ]);
    expect(titles('令牌竞争')).toEqual(['刷新令牌时发生竞争']);
    expect(titles('トークン')).toEqual(['トークンの更新が競合する']);
    expect(titles('토큰')).toEqual(['토큰을 두 번 갱신했다']);
    expect(titles('การแข่งขัน')).toEqual(['โทเค็นถูกหมุนเวียนสองครั้ง']);
  });

  it('takes quotes and minus as people mean them', () => {
    const { titles } = setUp([
      { title: 'One', body: 'The lock is held.' },
      { title: 'Two', body: 'Held is the lock of Redis.' },
    ]);
    expect(titles('"lock is held"')).toEqual(['One']);
    expect(titles('redis "lock is held"')).toEqual(['One']);
    // Where the phrase stands nowhere, its words are sought.
    expect(titles('"held lock redis"')[0]).toBe('Two');
    expect(titles('lock -redis')).toEqual(['One']);
  });

  it('takes filters inside the query', () => {
    const { titles } = setUp([
      { title: 'One', type: 'decision', tags: ['auth'], body: 'A mutex.', created: '2026-11-01T00:00:00Z' },
      { title: 'Two', type: 'bugfix', tags: ['auth'], body: 'A mutex.', created: '2026-11-20T00:00:00Z' },
    ]);
    expect(titles('mutex type:decision')).toEqual(['One']);
    expect(titles('tag:auth since:2026-11-10')).toEqual(['Two']);
    expect(titles('mutex type:nonsense')).toHaveLength(2);
  });

  it('puts superseded memories last and says by what', () => {
    const { search } = setUp([
      { id: idOf(1), title: 'Mutex mutex mutex' },
      { id: idOf(2), title: 'Something about a mutex and more words', supersedes: [idOf(1)] },
    ]);
    const { hits } = search({ text: 'mutex' });
    expect(hits.map((hit) => [hit.id, hit.supersededBy])).toEqual([
      [idOf(2), undefined],
      [idOf(1), idOf(2)],
    ]);
    expect(hits[0]?.score).toBeGreaterThan(hits[1]?.score ?? 1);
    expect(search({ text: 'mutex', limit: 1 })).toMatchObject({ total: 2, hits: [{ id: idOf(2) }] });
  });

  it('finds what holds a rare word before what has a frequent one in its title, and counts all', () => {
    const many = Array.from({ length: 2700 }, (_, n) => ({
      title: n < 200 ? `Mutex number ${n}` : `Number ${n}`,
      body: 'A mutex is held.',
    }));
    const { search, titles } = setUp([...many, { title: 'Zebra', body: 'It has a mutex of its own.' }]);
    expect(titles('zebra mutex')[0]).toBe('Zebra');
    expect(titles('mutex').every((title) => title.startsWith('Mutex'))).toBe(true);
    for (const text of ['mutex', 'zebra mutex', 'mutex -zebra'])
      expect(search({ text }).total).toBe(text.startsWith('mutex -') ? 2700 : 2701);
    expect(search({ text: 'mutex -zebra', limit: 100 }).hits).toHaveLength(100);
  });

  it('gives the newest first for an empty text, and among equals', () => {
    const { titles } = setUp([
      { title: 'Old mutex', created: '2026-11-01T00:00:00Z' },
      { title: 'New mutex', created: '2026-11-03T00:00:00Z' },
      { title: 'Mid mutex', created: '2026-11-02T00:00:00Z' },
    ]);
    expect(titles('')).toEqual(['New mutex', 'Mid mutex', 'Old mutex']);
    expect(titles('mutex')).toEqual(['New mutex', 'Mid mutex', 'Old mutex']);
  });

  it('finds signs and pictures as they are where nothing else is asked', () => {
    const { titles } = setUp([
      { title: 'The rocket 🚀 button', created: '2026-11-01T00:00:00Z' },
      { title: 'Arrow functions', body: 'Write `a => b`, never `function`.', tags: ['style'] },
      { title: 'Nothing of that' },
    ]);
    expect(titles('🚀')).toEqual(['The rocket 🚀 button']);
    expect(titles('=>')).toEqual(['Arrow functions']);
    expect(titles('"=>" tag:style')).toEqual(['Arrow functions']);
    expect(titles('🚀 =>')).toEqual([]);
    expect(titles('🎉')).toEqual([]);
    expect(titles('rocket 🎉')).toEqual(['The rocket 🚀 button']);
    for (const everything of ['*', '?', '...', '   ', '""']) expect(titles(everything)).toHaveLength(3);
  });

  it('keeps the newest of very many equals', () => {
    const memories = Array.from({ length: 450 }, (_, n) => ({
      id: idOf(n + 1),
      title: 'Mutex',
      created: new Date(Date.UTC(2026, 0, 1) + ((n * 7919) % 450) * 60_000).toISOString().slice(0, 19) + 'Z',
    }));
    const { search } = setUp(memories);
    const newest = memories
      .map((memory) => memory.created)
      .sort()
      .slice(-5)
      .reverse();
    const { hits, total } = search({ text: 'mutex', limit: 5 });
    expect(hits.map((hit) => hit.created)).toEqual(newest);
    expect(total).toBe(450);
  });

  it('counts all matches, whatever the limit', () => {
    const { search } = setUp(Array.from({ length: 12 }, (_, n) => ({ title: `Mutex ${n}` })));
    expect(search({ text: 'mutex', limit: 3 })).toMatchObject({ total: 12 });
    expect(search({ text: 'mutex', limit: 3 }).hits).toHaveLength(3);
    expect(search({ text: '', limit: 3 })).toMatchObject({ total: 12 });
  });

  describe('filters', () => {
    const memories: readonly Partial<Memory>[] = [
      {
        title: 'Decision',
        type: 'decision',
        created: '2026-11-01T10:00:00Z',
        branch: 'main',
        tags: ['auth', 'Redis'],
        files: [{ path: 'src/auth/refresh.ts' }],
      },
      {
        title: 'Bugfix',
        type: 'bugfix',
        created: '2026-11-02T10:00:00Z',
        branch: 'fix/x',
        tags: ['auth'],
        files: [{ path: 'src/authority.ts' }],
      },
      { title: 'Note', kind: 'note', created: '2026-11-03T10:00:00Z', files: [{ path: 'src/auth' }] },
      { title: 'Summary', kind: 'summary', created: '2026-11-04T10:00:00Z' },
    ];
    const cases: readonly (readonly [string, Partial<SearchQuery>, readonly string[]])[] = [
      ['by type', { type: ['decision', 'gotcha'] }, ['Decision']],
      ['by kind', { kind: ['note', 'summary'] }, ['Summary', 'Note']],
      ['by all of the tags, in any case', { tags: ['AUTH', 'redis'] }, ['Decision']],
      ['by file', { files: ['./src/authority.ts'] }, ['Bugfix']],
      ['by the folder above a file, not by its beginning', { files: ['src/auth/'] }, ['Note', 'Decision']],
      ['by any of several files', { files: ['src/authority.ts', 'src/auth/refresh.ts'] }, ['Bugfix', 'Decision']],
      ['since a day, that day included', { since: '2026-11-03' }, ['Summary', 'Note']],
      ['until a day, that day included', { until: '2026-11-02' }, ['Bugfix', 'Decision']],
      ['until a minute in another zone', { until: '2026-11-02T12:00+02:00' }, ['Bugfix', 'Decision']],
      ['by branch', { branch: 'fix/x' }, ['Bugfix']],
      ['by several at once', { kind: ['observation'], since: '2026-11', files: ['src'], branch: 'main' }, ['Decision']],
    ];
    it.each(cases)('%s, with words and without', (_, filters, expected) => {
      const { search } = setUp(memories.map((memory) => ({ ...memory, body: 'A common mutex.' })));
      for (const text of ['mutex', '']) {
        const { hits, total } = search({ text, ...filters });
        expect(hits.map((hit) => hit.title).sort()).toEqual([...expected].sort());
        expect(total).toBe(expected.length);
      }
    });

    const both: readonly (readonly [string, Partial<SearchQuery>, string, readonly string[]])[] = [
      ['a type', { type: ['decision'] }, 'type:bugfix', []],
      ['one of several types', { type: ['decision', 'bugfix'] }, 'type:bugfix', ['Bugfix']],
      ['a kind', { kind: ['note'] }, 'kind:summary', []],
      ['a branch', { branch: 'main' }, 'branch:fix/x', []],
      ['a file', { files: ['src/auth'] }, 'file:src/authority.ts', []],
      ['a folder and a file in it', { files: ['src/auth'] }, 'file:src/auth/refresh.ts', ['Decision']],
      ['tags', { tags: ['auth'] }, 'tag:redis', ['Decision']],
      ['bounds', { since: '2026-11-02', until: '2026-11-03' }, 'since:2026-11-03 until:2026', ['Note']],
      ['bounds that leave nothing', { since: '2026-11-03' }, 'until:2026-11-02', []],
    ];
    it.each(both)('%s: options and those inside the query narrow each other', (_, filters, typed, expected) => {
      const { search } = setUp(memories.map((memory) => ({ ...memory, body: 'A common mutex.' })));
      for (const text of [`mutex ${typed}`, typed])
        expect(search({ text, ...filters }).hits.map((hit) => hit.title)).toEqual(expected);
    });

    it('find the bare name of a file in any folder, and no longer name that ends so', () => {
      const { titles } = setUp([
        { title: 'Deep', files: [{ path: 'src/auth/refresh.ts' }] },
        { title: 'Root', files: [{ path: 'refresh.ts' }] },
        { title: 'Other', files: [{ path: 'src/prerefresh.ts' }, { path: 'refresh.ts/readme.md' }] },
      ]);
      expect(titles('file:refresh.ts').sort()).toEqual(['Deep', 'Root']);
      expect(titles('file:src/auth')).toEqual(['Deep']);
    });

    it('take an accent in either form of Unicode, in the memory and in the filter', () => {
      const composed = { tags: ['café'], files: [{ path: 'src/Näme.ts' }] };
      const split = { tags: ['café'.normalize('NFD')], files: [{ path: 'src/Näme.ts'.normalize('NFD') }] };
      const { search } = setUp([
        { title: 'Composed', ...composed },
        { title: 'Split', ...split },
      ]);
      for (const form of ['NFC', 'NFD']) {
        const [tag, file] = ['café'.normalize(form), 'src/Näme.ts'.normalize(form)];
        for (const query of [{ tags: [tag] }, { files: [file] }, { text: `tag:${tag}` }, { text: `file:${file}` }])
          expect(search({ text: '', ...query }).hits).toHaveLength(2);
      }
    });

    it('says which date it cannot read', () => {
      const { search } = setUp([]);
      for (const since of ['yesterday', '2026-13-01', '2026-02-30', "'; DROP TABLE memories"])
        expect(() => search({ text: '', since })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    });
  });

  describe('snippets', () => {
    it('show the line that matched, without its marks', () => {
      const { search } = setUp([
        { title: 'T', body: '# Heading mutex\n\nFirst line.\n\n## Facts\n\n- The **mutex** was missing\n- Other' },
      ]);
      expect(search({ text: 'mutex' }).hits[0]?.snippet).toBe('The **mutex** was missing');
    });

    it('stay under 200 characters around the word in a long line, and on one line', () => {
      const body = `${'lorem ipsum '.repeat(100)}the mutex was missing ${'dolor sit '.repeat(100)}`;
      const { search } = setUp([{ title: 'T', body }]);
      const snippet = search({ text: 'mutex' }).hits[0]?.snippet ?? '';
      expect(snippet).toContain('mutex was missing');
      expect(snippet.length).toBeLessThanOrEqual(200);
    });

    it('hold no escape sequences and no invisible characters', () => {
      const { search } = setUp([{ title: 'T', body: 'A \u001b[31mred\u001b[0m mutex\u202e\u200b here' }]);
      expect(search({ text: 'mutex' }).hits[0]?.snippet).toBe('A red mutex here');
    });

    it('fall back to the first line', () => {
      const { search } = setUp([{ title: 'Mutex', body: '## Request\n\nSomething was asked.' }]);
      expect(search({ text: 'mutex' }).hits[0]?.snippet).toBe('Something was asked.');
    });
  });

  it('finds words that invisible characters were hidden in', () => {
    const { titles } = setUp([{ title: 'T', body: 'The mu\u200btex is here.' }]);
    expect(titles('mutex')).toEqual(['T']);
  });
});

function setUp(memories: readonly Partial<Memory>[]) {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  memories.forEach((memory, n) => vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n + 1), ...memory })));
  const database = openIndex(join(root, 'index.sqlite'));
  onTestFinished(() => database.close());
  syncIndex(database, [vault.source]);
  const search = (query: Partial<SearchQuery>) => searchIndex(database, { text: '', limit: 20, ...query });
  return { search, titles: (text: string): string[] => search({ text }).hits.map((hit) => hit.title) };
}
