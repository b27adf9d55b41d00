// What only a memory of code knows decides between hits that the words hold for equal; each signal can be switched off.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIndex } from '../../src/index/build.ts';
import { searchIndex } from '../../src/index/search.ts';
import { syncIndex } from '../../src/index/sync.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { RankingSignal, SearchContext } from '../../src/model/search.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

interface Scenario {
  readonly signal: RankingSignal;
  readonly query?: string;
  readonly context?: SearchContext;
  /** Stands first with the signal, last without it: there the one with the smaller id is first. */
  readonly better: Partial<Memory>;
  readonly worse: Partial<Memory>;
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'code that is still what it was before code that has changed': {
    signal: 'freshness',
    context: { hasChanged: (files) => files.some(({ path }) => path === 'src/changed.ts') },
    better: { files: [{ path: 'src/same.ts', blob: '9c1e0b2d44aa' }] },
    worse: { files: [{ path: 'src/changed.ts', blob: '9c1e0b2d44aa' }] },
  },
  'the branch one stands on before others': {
    signal: 'branch',
    context: { branch: 'fix/auth' },
    better: { branch: 'fix/auth' },
    worse: { branch: 'main' },
  },
  'the files at hand before others': {
    signal: 'files',
    context: { files: ['src/auth.ts'] },
    better: { files: [{ path: 'src/auth.ts' }] },
    worse: { files: [{ path: 'src/else.ts' }] },
  },
  'what was learned lately before what was learned long ago': {
    signal: 'recency',
    better: { created: '2026-11-20T10:00:00Z', body: 'The mutex guards the token here.' },
    worse: { created: '2024-01-20T10:00:00Z', body: 'The mutex guards the token now.' },
  },
  'an observation before the summary that repeats it': {
    signal: 'kind',
    better: { kind: 'observation' },
    worse: { kind: 'summary' },
  },
  'a decision when a decision is asked for': {
    signal: 'type',
    query: 'what was decided about the mutex',
    better: { type: 'decision' },
    worse: { type: 'change' },
  },
};

describe('signals put', () => {
  it.each(Object.entries(SCENARIOS))('%s', (_, { signal, query = 'mutex token', context = {}, better, worse }) => {
    const { titles } = setUp([
      { title: 'One', ...worse },
      { title: 'Two', ...better },
    ]);
    expect(titles(query, context, [])).toEqual(['Two', 'One']);
    // Recency also decides between equals, newest first; without it the words are equal no more.
    if (signal !== 'recency') expect(titles(query, context, [signal])).toEqual(['One', 'Two']);
  });
});

describe('signals', () => {
  it('never bring up what has fewer of the words', () => {
    const { titles } = setUp([
      {
        title: 'All words',
        body: 'The mutex guards the token of the session.',
        created: '2023-01-01T00:00:00Z',
        branch: 'main',
      },
      { title: 'One word', body: 'A token.', branch: 'fix/auth', files: [{ path: 'src/auth.ts' }] },
    ]);
    const context = { branch: 'fix/auth', files: ['src/auth.ts'] };
    expect(titles('mutex token session', context, [])[0]).toBe('All words');
  });

  it('are told with the hit, and that its code has changed', () => {
    const { search } = setUp([{ title: 'One', branch: 'main', files: [{ path: 'a.ts', blob: '9c1e0b2d44aa' }] }]);
    const [hit] = search('mutex', { branch: 'other', hasChanged: () => true }, []);
    expect(hit).toMatchObject({ hasChanged: true, why: { freshness: 0.95, branch: 0.98 } });
    const [plain] = search('mutex', {}, []);
    expect(plain).not.toHaveProperty('hasChanged');
    expect(plain?.why).not.toHaveProperty('branch');
  });
});

/** The ids rise, and equal hits come by id: what stands first must have been put there. */
function setUp(memories: readonly Partial<Memory>[]) {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  const ids = memories.map((_, n) => idOf(n + 1)).sort();
  memories.forEach((memory, n) =>
    vault.write(`${n}.md`, makeMemory({ id: ids[n] ?? '', body: 'The mutex guards the token.', ...memory })),
  );
  const database = openIndex(join(root, 'index.sqlite'));
  onTestFinished(() => database.close());
  syncIndex(database, [vault.source]);
  const search = (text: string, context: SearchContext, without: readonly RankingSignal[]) =>
    searchIndex(database, { text, limit: 10, context, without }).hits;
  return { search, titles: (...asked: Parameters<typeof search>) => search(...asked).map((hit) => hit.title) };
}
