// What is typed into a search box, as far as rows can answer it.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQueryText } from '../../../src/index/query-text.ts';
import { passesTypedQuery, readTypedQuery } from '../../../src/viewer/browser/typed-query.ts';

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
      filters: new Map([
        ['tag', ['auth']],
        ['type', ['bugfix']],
      ]),
    });
  });

  it.each([
    'http://localhost:3000/x',
    'file://host/path',
    'TypeError: x is not a function',
    'type:nonsense',
    'since:yesterday',
    '--flag -rf -1',
    'a"b',
    'foo:bar',
  ])('stays words where it only looks like a filter: %s', (text) => {
    expect(readTypedQuery(text)).toEqual({ text, unwanted: [], filters: new Map() });
  });

  it('asks nothing of a filter that has no value yet', () => {
    expect(readTypedQuery('tag: token')).toEqual({ text: 'token', unwanted: [], filters: new Map() });
  });

  it('can be any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(typeof passes(text)).toBe('boolean');
      }),
    );
  });
});

it('reads finished filters as the full search does', () => {
  for (const text of [
    'tag:auth tag:redis',
    'type:bugfix type:decision race',
    'kind:note',
    'file:src/a.ts -redis',
    'since:2026-11 x',
  ]) {
    const { filters } = readTypedQuery(text);
    const full = readQueryText(text).filters;
    expect(filters.get('tag')).toEqual(full.tags);
    expect(new Set(filters.get('type'))).toEqual(new Set(full.type));
    expect(filters.get('kind')).toEqual(full.kind);
    expect(filters.get('file')).toEqual(full.files);
    expect(filters.get('since')?.at(-1)).toEqual(full.since);
  }
});

describe('a row', () => {
  it.each([
    'type:bug',
    'type:decision type:bugfix',
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
