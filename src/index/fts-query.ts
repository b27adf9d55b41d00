// Plans a search: what people and models type, as FTS5 MATCH expressions and as terms with their weights. Pure.

import { splitHumps } from './identifiers.ts';
import { MAX_PHRASE } from './query-text.ts';
import type { Chunk } from './query-text.ts';
import { isStopWord } from './stop-words.ts';
import { isWeakWord } from './weak-words.ts';

/** A word, or a run of words as the tokenizer of the index sees them. */
export interface Term {
  readonly tokens: readonly string[];
  /** Whether candidates are found by it: weak words are not sought while there are others. */
  readonly isTelling: boolean;
  /** How much it counts, 1 for a telling word. */
  readonly weight: number;
}

export interface SearchPlan {
  /** What a match is: any of the words, all of the quoted phrases, none of what is excluded. */
  readonly words: string;
  /** What matches the same memories in less time, and cannot tell which are better. */
  readonly matches: string;
  /** `words` for some of the terms alone, by their numbers; some of them sought in titles alone. */
  express(terms: readonly number[], inTitles: (term: number) => boolean): string;
  readonly terms: readonly Term[];
  /** Single words that stand side by side in the query. */
  readonly pairs: readonly (readonly [string, string])[];
  /** The telling single words, by whose letters near misses are told. */
  readonly spelled: readonly string[];
  /** Every match must hold a quoted phrase: when none does, the phrases may be taken for words. */
  readonly hasRequired: boolean;
}

export interface PlanOptions {
  /** Whether quoted phrases must be there. */
  readonly phrases: 'required' | 'wanted';
}

/** The plan of what was typed; undefined when it holds nothing that can be sought. Any chunks give valid expressions. */
export function planSearch(chunks: readonly Chunk[], { phrases }: PlanOptions): SearchPlan | undefined {
  const wanted = chunks.filter((chunk) => !chunk.excluded);
  if (wanted.length > 0)
    return planChunks(
      wanted,
      chunks.filter((chunk) => chunk.excluded),
      phrases,
    );
  // Nothing but exclusions: a pasted flag such as `-verbose`, meant as it stands.
  if (chunks.length === 0) return undefined;
  return planChunks(
    chunks.map((chunk) => ({ ...chunk, excluded: false })),
    [],
    phrases,
  );
}

const MAX_TERMS = 32;
const WEAK = 0.4;
/** Two words written as one, `data frame` for `dataframe`. */
const COMPOUND = 0.5;
const MAX_COMPOUND = 30;

type Phrase = readonly string[];

function planChunks(
  given: readonly Chunk[],
  excluded: readonly Chunk[],
  mode: PlanOptions['phrases'],
): SearchPlan | undefined {
  const wanted = given.map(withoutLine);
  const phrases = distinct(
    wanted.flatMap((chunk) => (chunk.quoted ? [chunk.words.flatMap((word) => word.tokens)] : phrasesOf(chunk))),
  );
  const speaking = phrases.filter((phrase) => phrase.length > 1 || !isStopWord(phrase[0] ?? ''));
  const sought = cutMiddle(speaking.length > 0 ? speaking : phrases);
  if (sought.length === 0) return undefined;
  const telling = sought.filter((phrase) => !isWeak(phrase));
  const required =
    mode === 'required'
      ? distinct(wanted.filter((one) => one.quoted).map((one) => one.words.flatMap((w) => w.tokens)))
      : [];
  const without = distinct(excluded.map((chunk) => chunk.words.flatMap((word) => word.tokens)));
  const pairs = pairsOf(wanted);
  const compounds = compoundsOf(pairs, sought);
  // What holds all that must be there holds one of the sought.
  const isImplied = required.some((phrase) => sought.some((one) => one.join(' ') === phrase.join(' ')));
  const terms = [
    ...sought.map((tokens) => {
      const isTelling = telling.length === 0 || !isWeak(tokens);
      return { tokens, isTelling, weight: isTelling ? 1 : WEAK };
    }),
    ...compounds.map((tokens) => ({ tokens, isTelling: true, weight: COMPOUND })),
  ];
  return {
    words: combine(sought.map(quote), required, without),
    matches: combine((isImplied ? required : sought).map(quote), required, without),
    express(numbers, inTitles) {
      const some = numbers.flatMap((number) => {
        const phrase = quote(terms[number]?.tokens ?? []);
        return inTitles(number) ? [`{title} : ${phrase}`] : [phrase];
      });
      return combine(some, required, without);
    },
    terms,
    pairs,
    spelled: spelledOf(wanted),
    hasRequired: required.length > 0,
  };
}

/** Of many the first and the last: some pasted stacks begin with what went wrong, others end with it. */
function cutMiddle<T>(list: readonly T[]): readonly T[] {
  if (list.length <= MAX_TERMS) return list;
  return [...list.slice(0, MAX_TERMS / 2), ...list.slice(-MAX_TERMS / 2)];
}

function isWeak(phrase: Phrase): boolean {
  return phrase.length === 1 && isWeakWord(phrase[0] ?? '');
}

/**
 * Each word for itself; a chunk of several words (a path, `snake_case`, `a.b.c`) and an identifier with humps also as a phrase, and so what a
 * path ends with.
 */
function phrasesOf({ words, pathEnds }: Chunk): readonly Phrase[] {
  const phrases: Phrase[] = [];
  for (const { tokens, original } of words) {
    phrases.push(tokens);
    const parts = splitHumps(original);
    if (parts !== undefined) phrases.push(parts.map((part) => part.toLowerCase()).slice(0, MAX_PHRASE));
  }
  const isJoined = words.length > 1 && words.length <= MAX_PHRASE && words.every((word) => word.tokens.length === 1);
  if (isJoined) phrases.push(words.flatMap((word) => word.tokens));
  phrases.push(...pathEnds);
  return phrases;
}

/** The line that a pasted path points at is another one since, and by chance its number stands elsewhere. */
function withoutLine(chunk: Chunk): Chunk {
  if (chunk.pathEnds.length === 0) return chunk;
  const last = chunk.words.findLastIndex(({ original }) => !/^L?\d+$/.test(original));
  return { ...chunk, words: chunk.words.slice(0, last + 1) };
}

function pairsOf(chunks: readonly Chunk[]): readonly (readonly [string, string])[] {
  const pairs = new Map<string, readonly [string, string]>();
  let before: string | undefined;
  for (const { tokens } of chunks.flatMap((chunk) => chunk.words)) {
    const token = tokens.length === 1 ? tokens[0] : undefined;
    if (before !== undefined && token !== undefined && !isStopWord(before) && !isStopWord(token))
      pairs.set(`${before} ${token}`, [before, token]);
    before = token;
  }
  return cutMiddle([...pairs.values()]);
}

function compoundsOf(pairs: readonly (readonly [string, string])[], sought: readonly Phrase[]): readonly Phrase[] {
  const known = new Set(sought.map((phrase) => phrase.join(' ')));
  return pairs
    .map(([first, second]) => first + second)
    .filter((word) => word.length <= MAX_COMPOUND && !known.has(word))
    .map((word) => [word]);
}

function spelledOf(chunks: readonly Chunk[]): readonly string[] {
  const words = chunks
    .flatMap((chunk) => chunk.words)
    .flatMap(({ tokens }) => (tokens.length === 1 ? tokens : []))
    .filter((word) => !isStopWord(word));
  const telling = words.filter((word) => !isWeakWord(word));
  return cutMiddle([...new Set(telling.length > 0 ? telling : words)]);
}

function distinct(phrases: readonly Phrase[]): readonly Phrase[] {
  const cut = phrases.map((phrase) => phrase.slice(0, MAX_PHRASE)).filter((phrase) => phrase.length > 0);
  return [...new Map(cut.map((phrase) => [phrase.join(' '), phrase])).values()];
}

function combine(any: readonly string[], required: readonly Phrase[], without: readonly Phrase[]): string {
  const must = required.slice(0, MAX_TERMS).map(quote);
  const isOnlyRequired = any.every((one) => must.includes(one));
  const all = must.join(' AND ');
  const match = all === '' ? any.join(' OR ') : isOnlyRequired ? all : `(${any.join(' OR ')}) AND ${all}`;
  if (without.length === 0) return match;
  return `(${match}) NOT (${without.slice(0, MAX_TERMS).map(quote).join(' OR ')})`;
}

/** Words hold letters, digits and marks only, so that nothing needs to be escaped. */
function quote(phrase: Phrase): string {
  return `"${phrase.join(' ')}"`;
}
