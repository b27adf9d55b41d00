// WordPiece, the tokens of BERT: the longest known beginning of a word, then the longest known continuation, and so on.

import { fieldsOf, invalidPart, textOf } from './part.ts';
import type { Fields } from './part.ts';

/** Words that were cut before; people repeat themselves. */
const KEPT_WORDS = 20_000;

export function createWordPiece(fields: Fields) {
  const vocabulary = readVocabulary(fields['vocab']);
  const prefix = textOf(fields['continuing_subword_prefix'], PLACE, '##');
  const longest = typeof fields['max_input_chars_per_word'] === 'number' ? fields['max_input_chars_per_word'] : 100;
  const known = new Map<string, readonly number[]>();
  const unknown = vocabulary.get(textOf(fields['unk_token'], PLACE, '[UNK]'));

  /** A word with a part that is unknown is unknown as a whole. */
  function cutWord(word: string): readonly number[] {
    if (word.length > longest && Array.from(word).length > longest) return [];
    const ids: number[] = [];
    for (let start = 0; start < word.length;) {
      let end = word.length;
      let id: number | undefined;
      for (; end > start; end--) {
        id = vocabulary.get(start === 0 ? word.slice(0, end) : prefix + word.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return [];
      ids.push(id);
      start = end;
    }
    return ids.filter((id) => id !== unknown);
  }

  return {
    size: vocabulary.size === 0 ? 0 : Math.max(...vocabulary.values()) + 1,
    encodeWord(word: string, into: number[]): void {
      let ids = known.get(word);
      if (ids === undefined) {
        ids = cutWord(word);
        if (known.size >= KEPT_WORDS) known.clear();
        known.set(word, ids);
      }
      into.push(...ids);
    },
  };
}

function readVocabulary(part: unknown): ReadonlyMap<string, number> {
  const entries = Object.entries(fieldsOf(part, PLACE));
  return new Map(
    entries.map(([token, id]) => {
      if (!Number.isSafeInteger(id) || Number(id) < 0) throw invalidPart(PLACE, 'a number for each token', id);
      return [token, Number(id)];
    }),
  );
}

const PLACE = 'tokenizer.json: model';
