// Words that a typed word may have been meant for.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearWords, typoCounter } from '../../src/index/typos.ts';

const near = (typed: string, ...words: string[]) => nearWords(words, typed).map(({ word, typos }) => [word, typos]);

describe('nearWords', () => {
  it('counts a letter too many, too few, another one and two swapped as one typo', () => {
    for (const typed of ['tokken', 'tken', 'tolen', 'tokne', 'otken'])
      expect(near(typed, 'token')).toEqual([['token', 1]]);
  });

  it('looks at the beginning of a word, and as far as it may go on', () => {
    expect(near('refrs', 'refreshes', 'rest')).toEqual([['refreshes', 1]]);
    expect(near('toke', 'token', 'tokens')).toEqual([
      ['token', 0],
      ['tokens', 0],
    ]);
    expect(typoCounter('autent', { longer: 3 })('authentication')).toBeUndefined();
    expect(typoCounter('refrsh', { longer: 3 })('refreshes')).toBe(1);
  });

  it('takes short words, numbers and scripts without letter case as they are', () => {
    expect(near('set', 'sat', 'sets')).toEqual([['sets', 0]]);
    expect(near('2026', '2025')).toEqual([]);
    expect(near('令牌', '令排', '令牌')).toEqual([['令牌', 0]]);
  });

  it('allows two typos from eight letters on', () => {
    expect(near('autentcation', 'authentication')).toEqual([['authentication', 2]]);
    expect(near('sesno', 'session')).toEqual([]);
  });

  it('finds what the definition of the distance finds', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(letters, letters, (typed, word) => {
        const most = typed.length < 4 ? 0 : typed.length < 8 ? 1 : 2;
        const ends = Array.from({ length: word.length + 1 }, (_, end) => end);
        const typos = Math.min(...ends.map((end) => distance(typed, word.slice(0, end))));
        expect(near(typed, word)).toEqual(typos <= most ? [[word, typos]] : []);
      }),
      { numRuns: 300 },
    );
  });
});

/** Optimal string alignment, by its recursive definition. */
function distance(a: string, b: string, known = new Map<string, number>()): number {
  if (a === '' || b === '') return a.length + b.length;
  const key = `${a} ${b}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const [headA, headB] = [a.slice(0, -1), b.slice(0, -1)];
  const choices = [
    distance(headA, b, known) + 1,
    distance(a, headB, known) + 1,
    distance(headA, headB, known) + Number(a.at(-1) !== b.at(-1)),
  ];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1))
    choices.push(distance(a.slice(0, -2), b.slice(0, -2), known) + 1);
  const least = Math.min(...choices);
  known.set(key, least);
  return least;
}
