// A list of stems finds each by its letters, as a map would.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeStemTable, openStemList } from '../../src/index/topics/stem-list.ts';
import type { StemList } from '../../src/index/topics/stem-list.ts';

const listOf = (text: string): StemList => openStemList(text, makeStemTable(text)) as StemList;
const stem = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '令', '1'), minLength: 1, maxLength: 4 });

it('finds what is in it, and nothing else', () => {
  fc.assert(
    fc.property(fc.uniqueArray(stem, { minLength: 1, maxLength: 200 }), fc.array(stem), (stems, others) => {
      const list = listOf(stems.join('\n'));
      expect(list.length).toBe(stems.length);
      for (const one of [...stems, ...others]) {
        const at = stems.indexOf(one);
        expect(list.numberOf(one)).toBe(at === -1 ? undefined : at);
      }
    }),
  );
});

it('tells a stem from one that begins so or goes on', () => {
  const list = listOf('token\ntok\ntokens');
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

it('takes no table of another text, and none that was cut short', () => {
  const table = makeStemTable('token\ntok');
  expect(openStemList('token\ntoks', table)).toBeUndefined();
  expect(openStemList('token\ntok', table.subarray(0, -1))).toBeUndefined();
  expect(openStemList('token\ntok', new Int32Array())).toBeUndefined();
});

it('ends its search in a table without a free slot', () => {
  const table = makeStemTable('token\ntok');
  table.fill(1, -16);
  expect(openStemList('token\ntok', table)?.numberOf('redis')).toBeUndefined();
});
