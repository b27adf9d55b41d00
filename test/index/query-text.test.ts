// The search box: words, phrases, exclusions and filters, and what is taken for words all the same.

import { describe, expect, it } from 'vitest';
import { readQueryText } from '../../src/index/query-text.ts';

describe('filters in the query', () => {
  const cases: readonly (readonly [string, string, object])[] = [
    ['a tag', 'race tag:auth', { tags: ['auth'] }],
    ['a tag of several words', 'tag:"cluster mode" race', { tags: ['cluster mode'] }],
    ['several tags', 'tag:auth tag:redis', { tags: ['auth', 'redis'] }],
    ['a type, in any case', 'type:Bugfix race', { type: ['bugfix'] }],
    ['a kind', 'kind:note', { kind: ['note'] }],
    ['a file', 'file:src/auth/refresh.ts race', { files: ['src/auth/refresh.ts'] }],
    ['a branch', 'branch:fix/auth-race', { branch: 'fix/auth-race' }],
    ['a time', 'since:2026-11 until:2026-11-22', { since: '2026-11', until: '2026-11-22' }],
  ];
  it.each(cases)('are read: %s', (_, text, filters) => {
    const read = readQueryText(text);
    expect(read.filters).toEqual(filters);
    expect(wordsOf(text)).toEqual(text.includes('race') && !text.startsWith('branch') ? ['race'] : []);
  });

  it.each([
    'type:nonsense',
    'since:yesterday',
    'title:token',
    'tag:',
    'file://host/path',
    'xtype:bugfix',
    '"type:bugfix"',
    'type: bugfix',
  ])('are not seen in %j', (text) => {
    expect(readQueryText(text).filters).toEqual({});
    expect(wordsOf(text).length).toBeGreaterThan(0);
  });
});

describe('words', () => {
  it('lose nothing of a pasted error message', () => {
    expect(wordsOf("TypeError: Cannot read 'x' of undefined (src/a.ts:12:5)")).toEqual(
      'TypeError Cannot read x of undefined src a ts 12 5'.split(' '),
    );
  });

  it('are excluded by a minus, phrases too', () => {
    const { chunks } = readQueryText('token -redis -"cluster mode" -rf --force');
    expect(chunks.map(({ words, excluded }) => [words.map((word) => word.original).join(' '), excluded])).toEqual([
      ['token', false],
      ['redis', true],
      ['cluster mode', true],
      ['rf', false],
      ['force', false],
    ]);
  });
});

function wordsOf(text: string): readonly string[] {
  return readQueryText(text).chunks.flatMap((chunk) => chunk.words.map((word) => word.original));
}
