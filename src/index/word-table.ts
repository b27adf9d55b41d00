// What a process knows of words and of the texts it has read: cut once, folded once, kept for the next search.

import { cleanText } from '../system/clean-text.ts';
import { splitHumps } from './identifiers.ts';
import { foldWord, stemWord } from './stem.ts';
import { spreadWideText } from './wide-text.ts';

/** A word as it stands in texts. `search` and `meaning` belong to whoever searches just now. */
export interface KnownWord {
  /** In lower case, without accents. */
  readonly folded: string;
  /** The parts of an identifier with humps, folded. */
  readonly humps: readonly string[] | undefined;
  /** Found out when it is first asked for. */
  stem: string | undefined;
  /** The search that `meaning` is of. */
  search: number;
  meaning: unknown;
}

/** The words of a text in order, each the same object wherever it stands. */
export function readKnownWords(text: string): readonly KnownWord[] {
  const known: KnownWord[] = [];
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128) return (spreadWideText(cleanText(text)).match(WORD) ?? []).map(knowWord);
    const isWord = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
    if (isWord) {
      if (start === -1) start = at;
    } else if (start !== -1) {
      known.push(knowWord(text.slice(start, at)));
      start = -1;
    }
  }
  if (start !== -1) known.push(knowWord(text.slice(start)));
  return known;
}

/** The stem of a known word. */
export function stemOf(word: KnownWord): string {
  return (word.stem ??= stemWord(word.folded));
}

/** Keeps what was made of the most recently used keys, up to `most`. */
export function openRecent<Value>(most: number) {
  const kept = new Map<string, Value>();
  return (key: string, make: () => Value): Value => {
    const before = kept.get(key);
    const value = before ?? make();
    if (before !== undefined) kept.delete(key);
    kept.set(key, value);
    if (kept.size > most) kept.delete(kept.keys().next().value ?? '');
    return value;
  };
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const MAX_WORDS = 100_000;
/** A longer one is data: it is not kept. */
const MAX_LENGTH = 40;
const words = new Map<string, KnownWord>();

function knowWord(text: string): KnownWord {
  const known = words.get(text);
  if (known !== undefined) return known;
  const humps = splitHumps(text)?.map(foldWord);
  const word: KnownWord = { folded: foldWord(text), humps, stem: undefined, search: 0, meaning: undefined };
  if (words.size >= MAX_WORDS) words.clear();
  // A slice would keep the whole text that it was cut from.
  if (text.length <= MAX_LENGTH) words.set(Buffer.from(text).toString(), word);
  return word;
}
