// The tokenizers of static tables against Hugging Face's own library, on any text.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as fc from 'fast-check';
import { Tokenizer as TheirTokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { parseTokenizer } from '../../../src/index/embed/tokenizer/tokenizer.ts';
import { wordPieceTokenizer } from '../../support/static-model.ts';
import { anyText } from '../../support/memories.ts';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/models/m2v-test-vq64/tokenizer.json');
const PIECES = 'a b c ab ##b ##c ##ab hello ##lo he ##l re ##fresh token ##s . , ! $ + 日 本 ß ss i o'.split(' ');

const CASES = [
  ['Unigram', JSON.parse(readFileSync(FIXTURE, 'utf8')) as object],
  ['WordPiece', wordPieceTokenizer(PIECES)],
  ['a Unigram of few tokens', fewTokens()],
  ['SentencePiece forms and words split at blanks', sentencePiece()],
] as const;

/** Prose, code and nasty characters; not the texts of special tokens, which we take as text and they as tokens. */
const text = fc
  .array(
    fc.oneof(
      anyText,
      fc.constantFrom(
        ' ',
        '\n',
        'the refresh ',
        'compareAndSet',
        'naïve Ångström ',
        'hello, tokens!',
        '日本語',
        'ﬁ ＡＢ',
        '  ',
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').toWellFormed())
  // Their library looks at halves of surrogate pairs here, the original (and we) at whole characters.
  .filter((joined) => !/[\u{20000}-\u{2fa1f}]|\[(?:PAD|UNK)\]|[\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}]/u.test(joined));

describe.each(CASES)('a tokenizer of type %s', (_, json) => {
  it("finds the same tokens as Hugging Face's own library", () => {
    const ours = parseTokenizer(json);
    const theirs = new TheirTokenizer(json, {});
    fc.assert(
      fc.property(text, (joined) => {
        const expected = theirs.encode(joined, { add_special_tokens: false }).ids.filter((id: number) => id !== 1);
        const found = ours.encode(joined);
        // Of cuts that are equally likely, rounding decides: both libraries may be right.
        if (!isTie(json, found, expected)) expect(found).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});

describe('parseTokenizer', () => {
  it('takes any text, also half of a surrogate pair and one long word', () => {
    const tokenizer = parseTokenizer(CASES[0][1]);
    expect(tokenizer.encode('\ud800 hello \udfff').length).toBeGreaterThan(0);
    expect(tokenizer.encode('a'.repeat(100_000)).length).toBeGreaterThan(0);
  });

  it('spells unknown characters in bytes where the model has tokens for them', () => {
    const tokenizer = parseTokenizer(fewTokens({ bytes: true }));
    expect(tokenizer.encode('the é')).toEqual([5, 2, 9 + 0xc3, 9 + 0xa9]);
  });

  it.each([
    [{}, 'model'],
    [{ model: { type: 'BPE', vocab: {} } }, 'WordPiece or Unigram'],
    [{ model: { type: 'WordPiece', vocab: { a: 'x' } } }, 'a number for each token'],
    [{ model: { type: 'Unigram', vocab: [['a']] } }, 'a token with its score'],
    [{ normalizer: { type: 'Nmt' }, model: { type: 'Unigram', vocab: [] } }, 'normaliser'],
    [{ pre_tokenizer: { type: 'ByteLevel' }, model: { type: 'Unigram', vocab: [] } }, 'splitting'],
    [{ normalizer: { type: 'Replace', pattern: { Regex: '(' }, content: '' }, model: {} }, 'regular expression'],
  ])('refuses %j and says what was expected', (json, message) => {
    expect(() => parseTokenizer(json)).toThrow(message);
  });
});

/** Two tokens of every word are equally likely: the rule for ties shows. */
function fewTokens(options: { readonly bytes?: boolean } = {}): object {
  const bytes = Array.from({ length: 256 }, (_, byte) => [
    `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    -8,
  ]);
  const vocab = [
    ['[PAD]', 0],
    ['[UNK]', -9],
    ['▁', -2],
    ['a', -3],
    ['e', -3.5],
    ['▁the', -2.5],
    ['re', -4],
    ['r', -2],
    ['er', -4],
  ];
  return {
    ...base(),
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: false },
    model: { type: 'Unigram', unk_id: 1, byte_fallback: options.bytes === true, vocab: [...vocab, ...bytes] },
  };
}

function sentencePiece(): object {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,!?日本').map(
    (letter, at) => [letter, -5 - at / 100],
  );
  return {
    ...base(),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Precompiled', precompiled_charsmap: null },
        { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'WhitespaceSplit' },
        { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
      ],
    },
    model: {
      type: 'Unigram',
      unk_id: 1,
      byte_fallback: false,
      vocab: [
        ['<pad>', 0],
        ['<unk>', 0],
        ['▁', -3],
        ['▁the', -4],
        ['▁re', -4.2],
        ['fresh', -6],
        ['token', -6.5],
        ...letters,
      ],
    },
  };
}

function base() {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    post_processor: null,
    decoder: null,
    normalizer: null,
  };
}

/** Whether two lists of a Unigram's tokens say the same text and are equally likely. */
function isTie(json: object, a: readonly number[], b: readonly number[]): boolean {
  const { model } = json as { readonly model?: { readonly vocab?: unknown } };
  if (!Array.isArray(model?.vocab)) return false;
  const vocabulary = model.vocab as readonly (readonly [string, number])[];
  const textOf = (ids: readonly number[]): string => ids.map((id) => vocabulary[id]?.[0] ?? '?').join('');
  const likelihoodOf = (ids: readonly number[]): number => ids.reduce((sum, id) => sum + (vocabulary[id]?.[1] ?? 0), 0);
  return textOf(a) === textOf(b) && Math.abs(likelihoodOf(a) - likelihoodOf(b)) < 1e-9;
}
