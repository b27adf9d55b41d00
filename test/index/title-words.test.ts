// The words by which titles are found while they are typed.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { soughtWords, titlePieces, titleWords } from '../../src/index/title-words.ts';

describe('titleWords', () => {
  it('are in lower case, without accents, each once', () => {
    expect(titleWords('Café, CAFÉ: naïve')).toEqual(['cafe', 'naive']);
  });

  it('hold an identifier whole and in parts, and the parts of a path', () => {
    expect(titleWords('compareAndSet')).toEqual(['compareandset', 'compare', 'and', 'set']);
    expect(titleWords('src/auth_store/v2.ts')).toEqual(['src', 'auth', 'store', 'v2', 'ts']);
  });

  it('hold characters and pairs of them where no blanks stand between words', () => {
    expect([...titleWords('刷新令牌')].sort()).toEqual(['令', '令牌', '刷', '刷新', '新', '新令', '牌'].sort());
    expect(titleWords('字')).toEqual(['字']);
  });

  it('are found by what is typed of the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const words = titleWords(text);
        expect(soughtWords(text).filter((word) => !words.includes(word))).toEqual([]);
      }),
    );
  });
});

describe('titlePieces', () => {
  it('joined are the text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(
          titlePieces(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});

describe('soughtWords', () => {
  it('are at most twelve, however long the text', () => {
    expect(soughtWords(Array.from({ length: 500 }, (_, n) => `word${n}`).join(' '))).toHaveLength(12);
    expect(soughtWords('x'.repeat(100_000))[0]?.length).toBeLessThanOrEqual(48);
  });

  it('are pairs of characters, and the character itself when it stands alone', () => {
    expect(soughtWords('令牌')).toEqual(['令牌']);
    expect(soughtWords('令')).toEqual(['令']);
  });
});
