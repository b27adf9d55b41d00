// A list of stems finds each by its letters, as a map would.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openStemList } from '../../src/index/topics/stem-list.ts';

const stem = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '令', '1'), minLength: 1, maxLength: 4 });

it('finds what is in it, and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(stem, { minLength: 1, maxLength: 200 }), fc.array(stem), (stems, others) => {
      const list = openStemList(stems.join('\n'));
      expect(list.length).toBe(stems.length);
      for (const one of [...stems, ...others]) {
        const at = stems.indexOf(one);
        expect(list.numberOf(one)).toBe(at === -1 ? undefined : at);
      }
    }),
  );
});

it('tells a stem from one that begins so or goes on', () => {
  const list = openStemList('token\ntok\ntokens');
  expect(['tok', 'token', 'tokens', 'to', 'ken', 'tokenss', ''].map((one) => list.numberOf(one))).toEqual([
    1,
    0,
    2,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
