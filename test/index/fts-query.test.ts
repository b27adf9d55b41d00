// What people and models type, as FTS5 expressions.

import { describe, expect, it } from 'vitest';
import { planMatch, toMatch } from '../../src/index/fts-query.ts';

describe('toMatch', () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ['joins words by OR', 'token race', '"token" OR "race"'],
    ['leaves stop words out', 'why did the token race', '"token" OR "race"'],
    ['keeps stop words when there is nothing else', 'what is this', '"what" OR "is" OR "this"'],
    ['takes operators for words', 'token AND race', '"token" OR "race"'],
    ['takes column filters for words', 'title:token', '"title" OR "token" OR "title token"'],
    ['keeps a quoted phrase whole', '"held lock" mutex', '"held lock" OR "mutex"'],
    ['takes an unclosed quote for words', '"held lock', '"held" OR "lock"'],
    ['excludes -word and -"phrase"', 'token -redis -"cluster mode"', '("token") NOT ("redis" OR "cluster mode")'],
    ['leaves flags as they are', 'git commit --amend -m', '"git" OR "commit" OR "amend" OR "m"'],
    ['seeks what stands alone with a dash', '-verbose', '"verbose"'],
    ['finds an identifier whole and in parts', 'compareAndSet', '"compareandset" OR "compare and set"'],
    ['finds a snake whole and in parts', 'token_store', '"token" OR "store" OR "token store"'],
    [
      'finds a path whole and in parts',
      'src/auth/refresh.ts',
      '"src" OR "auth" OR "refresh" OR "ts" OR "src auth refresh ts"',
    ],
    ['says each term once', 'Token token TOKEN', '"token"'],
    ['splits Chinese into words', '令牌刷新', '"令 牌" OR "刷 新"'],
    ['has nothing to seek in signs', '!!! *** ()', undefined],
    ['has nothing to seek in nothing', '  ', undefined],
  ];
  it.each(cases)('%s', (_, text, match) => {
    expect(toMatch(text)).toBe(match);
  });

  it('asks for 32 terms at most', () => {
    const text = Array.from({ length: 100 }, (_, n) => `word${n}`).join(' ');
    expect(toMatch(text)?.split(' OR ')).toHaveLength(32);
  });
});

describe('planMatch', () => {
  it('pairs words that stand side by side, but no stop words', () => {
    expect(planMatch('rotate the refresh token')?.pairs).toBe('"refresh token"');
    expect(planMatch('token')?.pairs).toBeUndefined();
  });
});
