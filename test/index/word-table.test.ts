// The table of known words: cuts as a plain expression would, and knows each word by one number.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openWordTable } from '../../src/index/word-table.ts';
import { cleanText } from '../../src/system/clean-text.ts';

describe('a table of words', () => {
  it('cuts text of ASCII at whatever is no letter or digit', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', ' ', '_', '-', '.', '/', '\n', '"'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (given) => {
        expect(wordsOf(given)).toEqual(given.match(/[A-Za-z0-9]+/g) ?? []);
      }),
    );
  });

  it('cuts any text into words that stand in it, and no half characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (given) => {
        for (const word of wordsOf(given)) {
          // Characters that nobody sees part no word: they are dropped before.
          expect(cleanText(given).normalize('NFC')).toContain(word);
          expect(word).toMatch(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*$/u);
        }
      }),
    );
  });

  it('gives the same word the same number, in every text, however many words it knows', () => {
    const table = openWordTable();
    const text = Array.from({ length: 20_000 }, (_, number) => `w${number.toString(36)}`).join(' ');
    const first: number[] = [];
    table.read(text, first);
    const second: number[] = [];
    table.read(text, second);
    expect(new Set(first).size).toBe(20_000);
    expect(second).toEqual(first);
  });

  it('tells words apart that differ in case alone, since humps do', () => {
    const table = openWordTable();
    const numbers: number[] = [];
    table.read('compareAndSet compareandset', numbers);
    const [hump, plain] = numbers.map((number) => table.word(number));
    expect(hump?.humps).toEqual(['compare', 'and', 'set']);
    expect(plain?.humps).toBeUndefined();
    expect(hump?.folded).toBe(plain?.folded);
  });

  it('appends to what is there', () => {
    const table = openWordTable();
    const numbers: number[] = [];
    table.read('one two', numbers);
    table.read('naïve one', numbers);
    expect(numbers.map((number) => table.word(number).text)).toEqual(['one', 'two', 'naïve', 'one']);
  });

  it('is full of many words, and of few that are very long', () => {
    const many = openWordTable();
    many.read(Array.from({ length: 100_000 }, (_, number) => number).join(' '), []);
    const long = openWordTable();
    for (let letter = 0; letter < 20; letter++) long.read(String.fromCharCode(97 + letter).repeat(100_000), []);
    expect([openWordTable().isFull, many.isFull, long.isFull]).toEqual([false, true, true]);
  });
});

function wordsOf(text: string): readonly string[] {
  const table = openWordTable();
  const numbers: number[] = [];
  table.read(text, numbers);
  return numbers.map((number) => table.word(number).text);
}
