// The stem of a word, as the full-text table takes it: Porter's algorithm for words of ASCII letters, others as they are.

import { stemmer } from 'stemmer';

/** The stem of a word in lower case and without accents. */
export function stemWord(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = ASCII_WORD.test(word) ? stemmer(word) : word;
  if (stems.size >= MAX_KNOWN) stems.clear();
  stems.set(word, stem);
  return stem;
}

/** Lower case without accents: what the full-text table compares. */
export function foldWord(word: string): string {
  const lower = word.toLowerCase();
  return ASCII.test(lower)
    ? lower
    : lower
        .normalize('NFD')
        .replace(/\p{Mn}/gu, '')
        .toLowerCase();
}

const ASCII = /^[\u0000-\u007f]*$/;
const ASCII_WORD = /^[a-z]{3,}$/;
/** Words repeat; what a process has met is kept up to so many. */
const MAX_KNOWN = 50_000;
const stems = new Map<string, string>();
