// What a search asks of every word it meets, close together in memory: to go to each word's own texts would be a wait for them.

import { isStopWord } from './stop-words.ts';
import { letterCode } from './trigrams.ts';

export interface WordCells {
  /** Takes the next word in. */
  add(folded: string, hasHumps: boolean): void;
  /** How the word begins, and what it is: BEGINNING, IS_SHORT, HAS_HUMPS, IS_STOP_WORD. */
  head(word: number): number;
  /** How many characters the folded word has. */
  size(word: number): number;
  /** Where the word's letters begin and end in `letters`; of what is too long for a word there are none. */
  start(word: number): number;
  end(word: number): number;
  /** The codes of all words' letters, by which trigrams are made; until the next word is taken in. */
  letters(): Uint8Array;
  /**
   * A number that the search in hand has given the word, from 1; 0 when it has not. Those of earlier searches lie below those of this
   * one, so that nothing has to be cleared between two.
   */
  mark(word: number): number;
  setMark(word: number, mark: number): void;
  /** Ends the earlier search: from now on every mark is 0. */
  begin(): void;
}

export function openWordCells(): WordCells {
  /** Four numbers a word: its mark, its head, its size, where its letters begin. */
  let cells = new Int32Array(4 * 4096);
  let letters = new Uint8Array(32_768);
  let words = 0;
  let length = 0;
  let base = 0;
  let top = 0;
  return {
    add(folded, hasHumps) {
      if (4 * words === cells.length) cells = copied(cells, new Int32Array(2 * cells.length));
      const size = lettersOf(folded.length);
      if (length + size > letters.length) letters = copied(letters, new Uint8Array(2 * letters.length));
      const cell = 4 * words++;
      cells[cell + 1] = headOf(folded, hasHumps);
      cells[cell + 2] = folded.length;
      cells[cell + 3] = length;
      for (let at = 0; at < size; at++) letters[length++] = letterCode(folded.charCodeAt(at));
    },
    head: (word) => cells[4 * word + 1] as number,
    size: (word) => cells[4 * word + 2] as number,
    start: (word) => cells[4 * word + 3] as number,
    end: (word) => (cells[4 * word + 3] as number) + lettersOf(cells[4 * word + 2] as number),
    letters: () => letters,
    mark: (word) => Math.max(0, (cells[4 * word] as number) - base),
    setMark(word, mark) {
      cells[4 * word] = base + mark;
      if (mark > top) top = mark;
    },
    begin() {
      base += top;
      top = 0;
      if (base < MAX_BASE) return;
      for (let word = 0; word < words; word++) cells[4 * word] = 0;
      base = 0;
    },
  };
}

/** A stem begins as its word does: how a word begins tells of most that they are none of a few stems. */
export function beginningOf(folded: string): number {
  return (Math.imul(folded.charCodeAt(0), 0x2001) ^ (folded.charCodeAt(1) || 0)) & BEGINNING;
}

export const BEGINNING = 0x0fff_ffff;
/** A stem of so short a word may be anything. */
export const IS_SHORT = 0x1000_0000;
export const HAS_HUMPS = 0x2000_0000;
export const IS_STOP_WORD = 0x4000_0000;

function headOf(folded: string, hasHumps: boolean): number {
  const isStop = isStopWord(folded) ? IS_STOP_WORD : 0;
  return beginningOf(folded) | (folded.length <= 3 ? IS_SHORT : 0) | (hasHumps ? HAS_HUMPS : 0) | isStop;
}

function lettersOf(size: number): number {
  return size > MAX_COMPARED ? 0 : size;
}

/** What is longer is data, not a word. */
const MAX_COMPARED = 80;
const MAX_BASE = 2_000_000_000;

function copied<List extends Int32Array | Uint8Array>(list: List, into: List): List {
  into.set(list);
  return into;
}
