// What people and models type, as FTS5 expressions.

import { describe, expect, it } from 'vitest';
import { planSearch } from '../../src/index/fts-query.ts';
import { readQueryText } from '../../src/index/query-text.ts';

describe('the words of a plan', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['joins words by OR', 'token race', '"token" OR "race"'],
    ['leaves stop words out', 'why did the token race', '"token" OR "race"'],
    ['keeps stop words when there is nothing else', 'what is this', '"what" OR "is" OR "this"'],
    ['takes operators for words', 'token AND race', '"token" OR "race"'],
    ['takes column filters of the table for words', 'title:token', '"title" OR "token" OR "title token"'],
    ['asks for a quoted phrase', '"held lock" mutex', '("held lock" OR "mutex") AND "held lock"'],
    ['asks for all quoted phrases', '"held lock" "lost row"', '"held lock" AND "lost row"'],
    ['takes an unclosed quote for words', '"held lock', '"held" OR "lock"'],
    ['excludes -word and -"phrase"', 'token -redis -"cluster mode"', '("token") NOT ("redis" OR "cluster mode")'],
    ['leaves flags as they are', 'git commit --amend -m', '"git" OR "commit" OR "amend" OR "m"'],
    ['seeks what stands alone with a dash', '-verbose', '"verbose"'],
    ['finds an identifier whole and in parts', 'compareAndSet', '"compareandset" OR "compare and set"'],
    ['finds a snake whole and in parts', 'token_store', '"token" OR "store" OR "token store"'],
    [
      'finds a path whole and in parts',
      'src/auth/refresh.ts',
      '"src" OR "auth" OR "refresh" OR "ts" OR "src auth refresh ts" OR "refresh ts" OR "auth refresh ts"',
    ],
    [
      'finds what a path ends with, wherever it was pasted from',
      '(C:\\app\\auth\\refresh.ts:42)',
      '"c" OR "app" OR "auth" OR "refresh" OR "ts" OR "c app auth refresh ts" OR "refresh ts" OR "auth refresh ts" OR "app auth refresh ts"',
    ],
    ['says each term once', 'Token token TOKEN', '"token"'],
    ['splits Chinese into words', '令牌刷新', '"令 牌" OR "刷 新"'],
    ['has nothing to seek in signs', '!!! *** ()', undefined],
    ['has nothing to seek in nothing', '  ', undefined],
  ];
  it.each(cases)('%s', (_, text, match) => {
    expect(plan(text)?.words).toBe(match);
  });

  it('asks for 32 terms at most', () => {
    const text = Array.from({ length: 100 }, (_, n) => `word${n}`).join(' ');
    expect(plan(text)?.words?.split(' OR ')).toHaveLength(32);
  });
});

describe('a plan', () => {
  it('pairs words that stand side by side, but no stop words', () => {
    expect(plan('rotate the refresh token')?.pairs).toEqual([['refresh', 'token']]);
    expect(plan('token')?.pairs).toEqual([]);
  });

  it('weighs words that stand in every question less, and finds by them only when there are no others', () => {
    expect(plan('python rotation')?.terms).toEqual([
      { tokens: ['python'], weight: 0.4, isTelling: false },
      { tokens: ['rotation'], weight: 1, isTelling: true },
      { tokens: ['pythonrotation'], weight: 0.5, isTelling: true },
    ]);
    expect(plan('python')?.terms).toEqual([{ tokens: ['python'], weight: 1, isTelling: true }]);
  });

  it('says any of its terms alone, with what is excluded', () => {
    const some = plan('token rotation -redis');
    expect(some?.express([1], () => false)).toBe('("rotation") NOT ("redis")');
    expect(some?.express([0, 1], (term) => term === 0)).toBe('({title} : "token" OR "rotation") NOT ("redis")');
  });

  it('counts by the phrases that must be there alone, where they are among the sought', () => {
    expect(plan('"lock held" token')?.matches).toBe('"lock held"');
    expect(plan('"the" token')?.matches).toBe('("token") AND "the"');
    expect(plan('lock token')?.matches).toBe(plan('lock token')?.words);
  });
});

function plan(text: string) {
  return planSearch(readQueryText(text).chunks, { phrases: 'required' });
}
