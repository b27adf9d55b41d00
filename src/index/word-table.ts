// What a process knows of words: each is cut and folded once and has a number, the same wherever it stands.

import { cleanText } from '../system/clean-text.ts';
import { splitHumps } from './identifiers.ts';
import { foldWord, stemWord } from './stem.ts';
import { spreadWideText } from './wide-text.ts';
import { openWordCells } from './word-cells.ts';
import type { WordCells } from './word-cells.ts';

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
  readonly cells: Omit<WordCells, 'add'>;
  /** The stem of a word. */
  stemOf(number: number): string;
}

/**
 * An empty table. It is a hash table of its own (open addressing, FNV-1a, as in Fowler, Noll and Vo, 1991): a word of a text is looked up
 * by its letters where they stand, without a string being made of it.
 */
export function openWordTable(): WordTable {
  const words: KnownWord[] = [];
  const texts: string[] = [];
  const cells = openWordCells();
  let characters = 0;
  /** Two numbers a slot: the word that belongs there, from 1, and its hash; 0 is free. */
  let slots = new Int32Array(4 * FIRST_SIZE);

  const find = (text: string, start: number, end: number, hash: number): number => {
    const mask = slots.length / 2 - 1;
    let slot = hash & mask;
    for (let found = slots[2 * slot] as number; found !== 0; found = slots[2 * slot] as number) {
      if (slots[2 * slot + 1] === hash && isAt(text, start, end, texts[found - 1] as string)) return found - 1;
      slot = (slot + 1) & mask;
    }
    slots[2 * slot] = words.length + 1;
    slots[2 * slot + 1] = hash;
    return learn(text.slice(start, end));
  };
  const learn = (slice: string): number => {
    const number = words.length;
    // A slice would keep the whole text that it was cut from.
    const text = Buffer.from(slice).toString();
    const [folded, humps] = [foldWord(text), splitHumps(text)?.map(foldWord)];
    words.push({ text, folded, humps, stem: undefined });
    texts.push(text);
    cells.add(folded, humps !== undefined);
    characters += text.length;
    if (4 * words.length > slots.length) grow();
    return number;
  };
  const grow = (): void => {
    const before = slots;
    slots = new Int32Array(2 * before.length);
    const mask = slots.length / 2 - 1;
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] === 0) continue;
      const hash = before[at + 1] as number;
      let slot = hash & mask;
      while (slots[2 * slot] !== 0) slot = (slot + 1) & mask;
      slots[2 * slot] = before[at] as number;
      slots[2 * slot + 1] = hash;
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
    cells,
    word: (number) => words[number] as KnownWord,
    stemOf(number) {
      const word = words[number] as KnownWord;
      return (word.stem ??= stemWord(word.folded));
    },
  };
}

/** Keeps what was made of up to `most` keys; those that were not used again go first (second chance, as of pages in memory). */
export function openRecent<Value>(most: number) {
  const kept = new Map<string, { readonly value: Value; isUsed: boolean }>();
  const makeRoom = (): void => {
    for (const [key, one] of kept) {
      kept.delete(key);
      if (!one.isUsed) return;
      kept.set(key, { value: one.value, isUsed: false });
    }
  };
  return (key: string, make: () => Value): Value => {
    const known = kept.get(key);
    if (known !== undefined) {
      known.isUsed = true;
      return known.value;
    }
    const value = make();
    if (kept.size >= most) makeRoom();
    kept.set(key, { value, isUsed: false });
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
