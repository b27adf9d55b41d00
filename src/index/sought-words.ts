// What the words of texts mean to one search: which term they are, and which letters they share with the sought words.

import type { SearchPlan } from './fts-query.ts';
import { mayHold, openSieve } from './sieve.ts';
import { foldWord, stemWord } from './stem.ts';
import { isStopWord } from './stop-words.ts';
import { synonymsOf } from './synonyms.ts';
import { nextTrigram, trigramsOf } from './trigrams.ts';
import { BEGINNING, beginningOf, HAS_HUMPS, IS_SHORT } from './word-cells.ts';
import type { WordTable } from './word-table.ts';

export interface SoughtTerm {
  readonly weight: number;
  /** The term of the plan whose rarity counts for this one: itself, or the one it stands for. */
  readonly like: number;
}

/**
 * What words mean, in flat lists: a search looks up tens of thousands of words. The meaning 0 is that of words that mean nothing; where a
 * part of a meaning is missing, -1 stands.
 */
export interface Meanings {
  /** The number of the word's stem among those of the search. */
  readonly symbols: readonly number[];
  /** The term that this single word is. */
  readonly terms: readonly number[];
  /** The symbols of an identifier's parts, where one of them is sought. */
  readonly humps: readonly (readonly (number | undefined)[] | undefined)[];
  /** The trigrams that words share with the sought ones, each as often as they have it: those of a meaning end where this says. */
  readonly letters: readonly number[];
  readonly letterEnds: readonly number[];
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
  readonly meanings: Meanings;
  /** Of a word of the table, its number in `meanings`. */
  meaningOf(word: number): number;
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
  const beginnings = openSieve([...symbols.keys()].map(beginningOf));

  const findSymbol = (folded: string): number | undefined =>
    folded.length <= 3 || mayHold(beginnings, beginningOf(folded)) ? symbols.get(stemWord(folded)) : undefined;
  const { cells } = table;
  cells.begin();
  const sieve = openSieve(trigrams.keys());
  const meanings = {
    symbols: [-1],
    terms: [-1],
    humps: [undefined] as (readonly (number | undefined)[] | undefined)[],
    letters: [] as number[],
    letterEnds: [0],
  };
  const codes = cells.letters();
  const shareLetters = (word: number): boolean => {
    const { letters } = meanings;
    const before = letters.length;
    const end = cells.end(word);
    let trigram = 0;
    const start = cells.start(word);
    for (let at = start; at <= end; at++) {
      trigram = nextTrigram(trigram, at === end ? 0 : (codes[at] as number));
      if (at === start || !mayHold(sieve, trigram)) continue;
      const number = trigrams.get(trigram);
      if (number !== undefined) letters.push(number);
    }
    return letters.length > before;
  };
  const learn = (word: number): number => {
    const head = cells.head(word);
    const isNear = shareLetters(word);
    const mayBe = (head & IS_SHORT) !== 0 || mayHold(beginnings, head & BEGINNING);
    const symbol = mayBe ? symbols.get(table.stemOf(word)) : undefined;
    const parts = (head & HAS_HUMPS) === 0 ? undefined : table.word(word).humps?.map(findSymbol);
    const humps = parts?.some((part) => part !== undefined) === true ? parts : undefined;
    const isNothing = !isNear && symbol === undefined && humps === undefined;
    const meaning = isNothing ? 0 : meanings.symbols.length;
    cells.setMark(word, meaning + 1);
    if (isNothing) return 0;
    meanings.symbols.push(symbol ?? -1);
    meanings.terms.push(symbol === undefined ? -1 : (termOf.get(symbol) ?? -1));
    meanings.humps.push(humps);
    meanings.letterEnds.push(meanings.letters.length);
    return meaning;
  };

  return {
    terms,
    phrases,
    pairs,
    trigrams: trigrams.size,
    termOf: (symbol) => termOf.get(symbol),
    meanings,
    meaningOf(word) {
      const mark = cells.mark(word);
      return mark === 0 ? learn(word) : mark - 1;
    },
  };
}

const SYNONYM = 0.15;

/** Numbers the trigrams of words. */
function numberTrigrams(words: readonly string[]): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  for (const word of words)
    for (const trigram of trigramsOf(foldWord(word))) if (!numbers.has(trigram)) numbers.set(trigram, numbers.size);
  return numbers;
}
