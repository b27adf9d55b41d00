// The words of titles, tags and paths, for finding them while they are typed and in spite of typos. Pure; runs in browsers too.

import { splitHumps } from './identifiers.ts';
import { foldWord } from './stem.ts';
import { hasWideText, segmentWideText } from './wide-text.ts';

/** A piece of a text and the words by which it is found; what lies between words has none. */
export interface TitlePiece {
  readonly text: string;
  readonly words: readonly string[];
}

/**
 * A text as its pieces in order, nothing left out: joined they are the text again. A word is found in lower case without accents,
 * an identifier with humps also by its parts; of a script without blanks each character is a piece, found by itself and
 * by the pairs that it is part of.
 */
export function titlePieces(text: string): readonly TitlePiece[] {
  return runsOf(text).flatMap((run) => (run.wide ? widePieces(run.text) : narrowPieces(run.text)));
}

/** What a text is found by, each word once. */
export function titleWords(text: string): readonly string[] {
  return [...new Set(writtenWords(text).flatMap(formsOf))];
}

/** The words of a text as they stand in it; of a run of a script without blanks the whole. */
export function writtenWords(text: string): readonly string[] {
  if (ASCII.test(text)) return text.match(ASCII_WORD) ?? [];
  return runsOf(text).flatMap((run) => (run.wide ? [run.text] : (run.text.match(WORD) ?? [])));
}

/** What a written word is found by. */
export function formsOf(word: string): readonly string[] {
  return hasWideText(word) ? widePieces(word).flatMap((piece) => piece.words) : wordForms(word);
}

/** What a typed text looks for, each word once and at most twelve: parts of an identifier, pairs of characters of a script without blanks. */
export function soughtWords(text: string): readonly string[] {
  const words = runsOf(text.slice(0, MAX_TEXT)).flatMap((run) => {
    if (run.wide) return pairsOf(Array.from(run.text));
    return Array.from(run.text.matchAll(WORD), ([word]) => splitHumps(word) ?? [word])
      .flat()
      .map(foldLong);
  });
  return [...new Set(words)].slice(0, MAX_SOUGHT);
}

const MAX_TEXT = 500;
const MAX_SOUGHT = 12;
/** What is longer is data, not a word; its beginning is enough to find it. */
const MAX_WORD = 48;
const ASCII = /^[\u0000-\u007f]*$/;
const ASCII_WORD = /[A-Za-z0-9]+/g;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

interface Run {
  readonly text: string;
  /** Of a script without blanks. */
  readonly wide: boolean;
}

/** Neighbouring words of a script without blanks as one run: how a word list of this or that runtime cuts them must not matter. */
function runsOf(text: string): readonly Run[] {
  const runs: { text: string; wide: boolean }[] = [];
  for (const { text: part, wide } of segmentWideText(text)) {
    const last = runs.at(-1);
    if (last?.wide === true && wide) last.text += part;
    else runs.push({ text: part, wide });
  }
  return runs;
}

function narrowPieces(text: string): readonly TitlePiece[] {
  const pieces: TitlePiece[] = [];
  let end = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (index > end) pieces.push({ text: text.slice(end, index), words: [] });
    pieces.push({ text: word, words: wordForms(word) });
    end = index + word.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), words: [] });
  return pieces;
}

function widePieces(text: string): readonly TitlePiece[] {
  const characters = Array.from(text);
  return characters.map((character, at) => ({
    text: character,
    words: [character, ...pairsOf(characters.slice(Math.max(0, at - 1), at + 2))].filter(
      (word, index, all) => all.indexOf(word) === index,
    ),
  }));
}

/** Every two neighbours; a character that stands alone is itself. */
function pairsOf(characters: readonly string[]): readonly string[] {
  if (characters.length < 2) return characters;
  return characters.slice(1).map((character, at) => `${characters[at] ?? ''}${character}`);
}

/** A word, and the parts of an identifier with humps. */
function wordForms(word: string): readonly string[] {
  const parts = splitHumps(word);
  return (parts === undefined ? [word] : [word, ...parts]).map(foldLong);
}

function foldLong(word: string): string {
  return foldWord(word).slice(0, MAX_WORD);
}
