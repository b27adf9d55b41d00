// How a tokenizer cuts a text into words before it looks for tokens in them.

import { fieldsOf, invalidPart, listOf } from './part.ts';
import type { Fields } from './part.ts';

type Split = (pieces: readonly string[]) => readonly string[];

/** The splitter that a tokenizer.json describes; none leaves the text whole. Throws `invalid_input` for an unknown one. */
export function createSplitter(part: unknown): Split {
  if (part === null || part === undefined) return (pieces) => pieces;
  const fields = fieldsOf(part, PLACE);
  switch (fields['type']) {
    case 'Sequence': {
      const steps = listOf(fields['pretokenizers'], PLACE).map(createSplitter);
      return (pieces) => steps.reduce((current, step) => step(current), pieces);
    }
    case 'BertPreTokenizer':
      return matching(BERT_WORDS);
    case 'Whitespace':
      return matching(/[\p{L}\p{M}\p{N}\p{Pc}]+|[^\p{L}\p{M}\p{N}\p{Pc}\s]+/gu);
    case 'WhitespaceSplit':
      return matching(/\S+/gu);
    case 'Punctuation':
      return matching(PUNCTUATION_APART);
    case 'Metaspace':
      return createMetaspace(fields);
    default:
      throw invalidPart(PLACE, 'a way of splitting that memvault knows', fields['type']);
  }
}

const PLACE = 'tokenizer.json: pre_tokenizer';
/** BERT counts all ASCII signs as punctuation, also those that Unicode calls symbols. */
const SIGNS = '\\p{P}\\u0021-\\u002F\\u003A-\\u0040\\u005B-\\u0060\\u007B-\\u007E';
const BERT_WORDS = new RegExp(`[^\\s${SIGNS}]+|[${SIGNS}]`, 'gu');
const PUNCTUATION_APART = new RegExp(`[^${SIGNS}]+|[${SIGNS}]`, 'gu');

function matching(pattern: RegExp): Split {
  return (pieces) => pieces.flatMap((piece) => piece.match(pattern) ?? []);
}

/** SentencePiece's way: blanks become a visible sign that belongs to the word behind it. */
function createMetaspace(fields: Fields): Split {
  const sign = typeof fields['replacement'] === 'string' ? fields['replacement'] : '▁';
  // Older files say `add_prefix_space`.
  const scheme = fields['prepend_scheme'] ?? (fields['add_prefix_space'] === false ? 'never' : 'always');
  const isSplit = fields['split'] !== false;
  return (pieces) =>
    pieces.flatMap((piece, at) => {
      if (piece === '') return [];
      const isPrefixed = scheme === 'always' || (scheme === 'first' && at === 0);
      const marked = piece.replaceAll(' ', sign);
      const whole = isPrefixed && !marked.startsWith(sign) ? sign + marked : marked;
      return isSplit ? splitBefore(whole, sign) : [whole];
    });
}

function splitBefore(text: string, sign: string): readonly string[] {
  const [first = '', ...others] = text.split(sign);
  return [...(first === '' ? [] : [first]), ...others.map((other) => sign + other)];
}
