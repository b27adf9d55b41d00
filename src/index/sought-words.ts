// What the words of texts mean to one search: which term they are, and which letters they share with the sought words.

import type { SearchPlan } from './fts-query.ts';
import { foldWord, stemWord } from './stem.ts';
import { isStopWord } from './stop-words.ts';
import { synonymsOf } from './synonyms.ts';
import type { WordTable } from './word-table.ts';

export interface SoughtTerm {
  readonly weight: number;
  /** The term of the plan whose rarity counts for this one: itself, or the one it stands for. */
  readonly like: number;
}

/** What a word means; a word without any of these means nothing. */
export interface Meaning {
  /** The number of the word's stem among those of the search. */
  readonly symbol: number | undefined;
  /** The term that this single word is. */
  readonly term: number | undefined;
  /** The symbols of an identifier's parts, where one of them is sought. */
  readonly humps: readonly (number | undefined)[] | undefined;
  /** The trigrams that it shares with the sought words, each as often as it has it. */
  readonly letters: readonly number[];
}

export interface SoughtWords {
  /** The plan's terms, then the synonyms of its words. */
  readonly terms: readonly SoughtTerm[];
  /** Terms of several words, as symbols. */
  readonly phrases: readonly { readonly term: number; readonly sequence: readonly number[] }[];
  /** The plan's pairs, as symbols. */
  readonly pairs: readonly (readonly [number, number])[];
  readonly trigrams: number;
  termOf(symbol: number): number | undefined;
  /** Of a word of the table; undefined for one that means nothing. */
  meaningOf(word: number): Meaning | undefined;
}

/** Prepares the words of a plan, to be met as words of this table. One plan is read at a time. */
export function openSoughtWords(plan: SearchPlan, table: WordTable): SoughtWords {
  const symbols = new Map<string, number>();
  const number = (stem: string): number => {
    const known = symbols.get(stem) ?? symbols.size;
    symbols.set(stem, known);
    return known;
  };
  const symbolOf = (token: string): number => number(stemWord(foldWord(token)));
  const terms: SoughtTerm[] = plan.terms.map(({ weight }, order) => ({ weight, like: order }));
  const termOf = new Map<number, number>();
  const phrases: { term: number; sequence: readonly number[] }[] = [];
  plan.terms.forEach(({ tokens }, term) => {
    const sequence = tokens.map(symbolOf);
    if (sequence.length > 1) phrases.push({ term, sequence });
    else if (sequence[0] !== undefined && !termOf.has(sequence[0])) termOf.set(sequence[0], term);
  });
  plan.terms.forEach(({ tokens, weight }, order) => {
    const [token, ...more] = tokens;
    if (token === undefined || more.length > 0 || isStopWord(token)) return;
    for (const synonym of synonymsOf(stemWord(foldWord(token)))) {
      const symbol = number(synonym);
      if (termOf.has(symbol)) continue;
      termOf.set(symbol, terms.length);
      terms.push({ weight: weight * SYNONYM, like: order });
    }
  });
  const pairs = plan.pairs.map(([first, second]) => [symbolOf(first), symbolOf(second)] as const);
  const trigrams = numberTrigrams(plan.spelled);
  const beginnings = new Set([...symbols.keys()].map(beginningOf));

  // A stem begins as its word does: most words need not be stemmed.
  const mayBe = (folded: string): boolean => folded.length <= 3 || beginnings.has(beginningOf(folded));
  const findSymbol = (folded: string): number | undefined =>
    mayBe(folded) ? symbols.get(stemWord(folded)) : undefined;
  const learn = (word: number): Meaning | undefined => {
    const { folded, humps } = table.word(word);
    const symbol = mayBe(folded) ? symbols.get(table.stemOf(word)) : undefined;
    const parts = humps?.map(findSymbol);
    const hasPart = parts?.some((part) => part !== undefined) === true;
    const letters = sharedTrigrams(folded, trigrams);
    if (symbol === undefined && !hasPart && letters.length === 0) return undefined;
    return {
      symbol,
      term: symbol === undefined ? undefined : termOf.get(symbol),
      humps: hasPart ? parts : undefined,
      letters,
    };
  };
  const meanings = openMeanings(learn);

  return {
    terms,
    phrases,
    pairs,
    trigrams: trigrams.size,
    termOf: (symbol) => termOf.get(symbol),
    meaningOf: meanings,
  };
}

const SYNONYM = 0.15;

/**
 * Per word what it was found to mean: `base` for nothing, above it the order of its meaning. A number below the base of the search is
 * of an earlier one, so that nothing has to be cleared between two searches.
 */
let marks = new Int32Array(4096);
let base = 1;

function openMeanings(learn: (word: number) => Meaning | undefined): SoughtWords['meaningOf'] {
  const meanings: Meaning[] = [];
  if (base > MAX_BASE) {
    marks.fill(0);
    base = 1;
  }
  const first = base;
  /** Above every mark that was given so far. */
  base++;
  return (word) => {
    if (word >= marks.length) {
      const more = new Int32Array(Math.max(2 * marks.length, word + 1));
      more.set(marks);
      marks = more;
    }
    const mark = marks[word] as number;
    if (mark === first) return undefined;
    if (mark > first) return meanings[mark - first - 1];
    const meaning = learn(word);
    if (meaning === undefined) {
      marks[word] = first;
      return undefined;
    }
    meanings.push(meaning);
    marks[word] = first + meanings.length;
    base = first + meanings.length + 1;
    return meaning;
  };
}

const MAX_BASE = 2_000_000_000;

function beginningOf(word: string): number {
  return word.charCodeAt(0) * 0x1_0000 + (word.charCodeAt(1) || 0);
}

/** Three letters in a row, the word's ends counting as a letter. */
type Trigrams = ReadonlyMap<number, number>;

function numberTrigrams(words: readonly string[]): Trigrams {
  const numbers = new Map<number, number>();
  for (const word of words)
    for (const trigram of trigramsOf(foldWord(word))) if (!numbers.has(trigram)) numbers.set(trigram, numbers.size);
  return numbers;
}

const NONE: readonly number[] = [];
/** What is longer is data, not a word. */
const MAX_COMPARED = 80;

function sharedTrigrams(word: string, numbers: Trigrams): readonly number[] {
  if (numbers.size === 0 || word.length > MAX_COMPARED) return NONE;
  let shared: number[] | undefined;
  let before = 0;
  let last = letterCode(word.charCodeAt(0));
  for (let at = 1; at <= word.length; at++) {
    const next = at === word.length ? 0 : letterCode(word.charCodeAt(at));
    const number = numbers.get((before << 12) | (last << 6) | next);
    if (number !== undefined) (shared ??= []).push(number);
    before = last;
    last = next;
  }
  return shared ?? NONE;
}

function trigramsOf(word: string): readonly number[] {
  const codes = [0, ...Array.from(word, (letter) => letterCode(letter.charCodeAt(0))), 0];
  return codes.slice(2).map((code, at) => ((codes[at] ?? 0) << 12) | ((codes[at + 1] ?? 0) << 6) | code);
}

/** Six bits: letters and digits of ASCII each have their own, all others share what is left. */
function letterCode(code: number): number {
  if (code >= 97 && code <= 122) return code - 96;
  if (code >= 48 && code <= 57) return code - 21;
  return 37 + (code % 27);
}
