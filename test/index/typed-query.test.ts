// What is typed into a search box, as far as rows can answer it.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passesTypedQuery, readTypedQuery } from '../../src/index/typed-query.ts';

const ROW = {
  kind: 'observation',
  type: 'bugfix',
  title: 'Two refreshes rotate one token',
  created: '2026-11-22T14:32:05Z',
  branch: 'fix/auth-race',
  files: ['src/auth/refresh.ts'],
  tags: ['auth', 'race condition'],
} as const;

const passes = (typed: string): boolean => passesTypedQuery(ROW, readTypedQuery(typed));

describe('what is typed', () => {
  it('is words, but for filters and what is not wanted', () => {
    expect(readTypedQuery('tag:auth "token race" -redis type:bugfix')).toEqual({
      text: '"token race"',
      unwanted: [['redis']],
      filters: [
        { name: 'tag', value: 'auth' },
        { name: 'type', value: 'bugfix' },
      ],
    });
  });

  it.each(['http://localhost:3000/x', 'TypeError: x is not a function', '--flag -rf -1', 'a"b', 'foo:bar'])(
    'stays words where it only looks like a filter: %s',
    (text) => {
      expect(readTypedQuery(text)).toEqual({ text, unwanted: [], filters: [] });
    },
  );

  it('asks nothing of a filter that has no value yet', () => {
    expect(readTypedQuery('tag: token')).toEqual({ text: 'token', unwanted: [], filters: [] });
  });

  it('can be any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typeof passes(text)).toBe('boolean');
      }),
    );
  });
});

describe('a row', () => {
  it.each([
    'type:bug',
    'kind:observation',
    'tag:au',
    'tag:"race cond"',
    'file:auth/',
    'branch:fix/',
    'since:2026-11',
    'until:2026-11-22',
    'token -redis -"token bucket"',
  ])('passes %s', (typed) => {
    expect(passes(typed)).toBe(true);
  });

  it.each([
    'type:decision',
    'kind:note',
    'tag:redis',
    'file:invoice',
    'branch:main',
    'since:2026-12',
    'until:2026-11-21',
    'refreshes -token',
    '-"one token"',
    'tag:auth type:decision',
  ])('does not pass %s', (typed) => {
    expect(passes(typed)).toBe(false);
  });
});
