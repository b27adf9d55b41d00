// A tokenizer from a `tokenizer.json` of the Hugging Face format: what static tables are made with (WordPiece, Unigram).

import { MemvaultError } from '../../../model/errors.ts';
import { createNormalizer } from './normalizers.ts';
import { fieldsOf } from './part.ts';
import { createUnigram } from './unigram.ts';
import { createSplitter } from './splitters.ts';
import { createWordPiece } from './word-piece.ts';

export interface Tokenizer {
  /** How many tokens it knows; ids are below this. */
  readonly size: number;
  /** Ids of the known tokens in order. What is unknown is left out, as static tables want it. No special tokens are added. */
  encode(text: string): readonly number[];
}

/**
 * Reads the file's content. Special tokens written out in a text (`[SEP]`) are taken as the characters that they are.
 * Throws `invalid_input` for a part that no static table was seen to use; the result would be silently wrong.
 */
export function parseTokenizer(json: unknown): Tokenizer {
  const fields = fieldsOf(json, 'tokenizer.json');
  const normalize = createNormalizer(fields['normalizer']);
  const split = createSplitter(fields['pre_tokenizer']);
  const model = createModel(fields['model']);
  return {
    size: model.size,
    encode(text) {
      const ids: number[] = [];
      for (const word of split([normalize(text.toWellFormed())])) model.encodeWord(word, ids);
      return ids;
    },
  };
}

function createModel(part: unknown) {
  const fields = fieldsOf(part, 'tokenizer.json: model');
  // Old files name no type: what has a prefix for the middle of words is WordPiece.
  const type = fields['type'] ?? ('continuing_subword_prefix' in fields ? 'WordPiece' : undefined);
  if (type === 'WordPiece') return createWordPiece(fields);
  if (type === 'Unigram') return createUnigram(fields);
  throw new MemvaultError(
    'invalid_input',
    `tokenizer.json: expected a model of type WordPiece or Unigram, got ${JSON.stringify(type)}`,
    { hint: 'Choose another model: `memvault model list`.' },
  );
}
