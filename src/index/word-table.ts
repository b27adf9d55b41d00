// What a process knows of words: each is cut and folded once and has a number, the same wherever it stands.

import { cleanText } from '../system/clean-text.ts';
import { splitHumps } from './identifiers.ts';
import { foldWord, stemWord } from './stem.ts';
import { spreadWideText } from './wide-text.ts';

export interface KnownWord {
  /** As it stands in the text. */
  readonly text: string;
  /** In lower case, without accents. */
  readonly folded: string;
  /** The parts of an identifier with humps, folded. */
  readonly humps: readonly string[] | undefined;
  /** Found out when it is first asked for. */
  stem: string | undefined;
}

export interface WordTable {
  /** Whether so many words are known that a fresh table is due. */
  readonly isFull: boolean;
  /** Appends the numbers of a text's words, in order. */
  read(text: string, into: number[]): void;
  word(number: number): KnownWord;
  /** The stem of a word. */
  stemOf(number: number): string;
}

/**
 * An empty table. It is a hash table of its own (open addressing, FNV-1a, as in Fowler, Noll and Vo, 1991): a word of a text is looked up
 * by its letters where they stand, without a string being made of it.
 */
export function openWordTable(): WordTable {
  const words: KnownWord[] = [];
  let characters = 0;
  let hashes = new Int32Array(FIRST_SIZE);
  /** The number of the word that belongs there, from 1; 0 is free. */
  let slots = new Int32Array(2 * FIRST_SIZE);

  const find = (text: string, start: number, end: number, hash: number): number => {
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let found = slots[slot] as number; found !== 0; found = slots[slot] as number) {
      if (hashes[found - 1] === hash && isAt(text, start, end, (words[found - 1] as KnownWord).text)) return found - 1;
      slot = (slot + 1) & mask;
    }
    slots[slot] = words.length + 1;
    return learn(text.slice(start, end), hash);
  };
  const learn = (slice: string, hash: number): number => {
    const number = words.length;
    // A slice would keep the whole text that it was cut from.
    const text = Buffer.from(slice).toString();
    words.push({ text, folded: foldWord(text), humps: splitHumps(text)?.map(foldWord), stem: undefined });
    hashes[number] = hash;
    characters += text.length;
    if (words.length === hashes.length) grow();
    return number;
  };
  const grow = (): void => {
    const more = new Int32Array(2 * hashes.length);
    more.set(hashes);
    hashes = more;
    slots = new Int32Array(2 * hashes.length);
    const mask = slots.length - 1;
    for (let number = 0; number < words.length; number++) {
      let slot = (hashes[number] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
  };

  return {
    get isFull() {
      return words.length >= MAX_WORDS || characters >= MAX_CHARACTERS;
    },
    read(text, into) {
      const begin = into.length;
      let start = -1;
      let hash = FNV_BASIS;
      for (let at = 0; at < text.length; at++) {
        const code = text.charCodeAt(at);
        if (code >= 128) {
          into.length = begin;
          for (const word of spreadWideText(cleanText(text)).match(WORD) ?? [])
            into.push(find(word, 0, word.length, hashOf(word)));
          return;
        }
        const isWord = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
        if (isWord) {
          if (start === -1) start = at;
          hash = Math.imul(hash ^ code, FNV_PRIME);
        } else if (start !== -1) {
          into.push(find(text, start, at, hash));
          start = -1;
          hash = FNV_BASIS;
        }
      }
      if (start !== -1) into.push(find(text, start, text.length, hash));
    },
    word: (number) => words[number] as KnownWord,
    stemOf(number) {
      const word = words[number] as KnownWord;
      return (word.stem ??= stemWord(word.folded));
    },
  };
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
const MAX_CHARACTERS = 2_000_000;
const FIRST_SIZE = 4096;
const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

function hashOf(word: string): number {
  let hash = FNV_BASIS;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), FNV_PRIME);
  return hash;
}

function isAt(text: string, start: number, end: number, word: string): boolean {
  if (word.length !== end - start) return false;
  for (let at = 0; at < word.length; at++) if (text.charCodeAt(start + at) !== word.charCodeAt(at)) return false;
  return true;
}
