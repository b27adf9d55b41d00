// A memory that may be a hit, read word by word: which of the sought terms it holds, where, and how near its letters come.

import type { SearchPlan } from './fts-query.ts';
import type { MemoryTexts } from './index-text.ts';
import { openSoughtWords } from './sought-words.ts';
import type { SoughtTerm } from './sought-words.ts';
import { isStopWord } from './stop-words.ts';
import type { WordTable } from './word-table.ts';

/** A memory's texts, cut into words. */
export interface CandidateWords {
  /** That the numbers are of. */
  readonly table: WordTable;
  /** The words of all texts, one text after the other. */
  readonly numbers: Uint32Array;
  /** Where each text ends. */
  readonly ends: Readonly<Record<keyof MemoryTexts, number>>;
  /** Characters in the words of title, narrative and facts. */
  readonly characters: number;
}

/** A sought term at its place. */
export interface Hit {
  /** The number of the word in the text, from 1; narrative and facts are one text. */
  readonly place: number;
  readonly term: number;
  /** By where it stands. */
  readonly weight: number;
}

/** What the score is made of. */
export interface CandidateReading {
  /** Per term, how often it occurs anywhere, weighted by where. */
  readonly counts: Float64Array;
  readonly titleHits: readonly Hit[];
  /** In the narrative and the facts, in order. */
  readonly hits: readonly Hit[];
  readonly titleWords: number;
  /** Words of narrative and facts. */
  readonly bodyWords: number;
  /** Per pair of the plan, how often it stands side by side, weighted by where. */
  readonly pairs: Float64Array;
  /** The share of the title's words that are sought, 0 to 1. */
  readonly titleShare: number;
  /** Per trigram of the sought words, how often it occurs, weighted by where. */
  readonly letters: Float64Array;
  /** Characters in the words of title, narrative and facts. */
  readonly characters: number;
}

export interface CandidateReader {
  /** The plan's terms, then the synonyms of its words. */
  readonly terms: readonly SoughtTerm[];
  /** How many trigrams the sought words have. */
  readonly trigrams: number;
  read(words: CandidateWords): CandidateReading;
}

/** Cuts a memory's texts into words; of a very long text the beginning. */
export function readCandidateWords(texts: MemoryTexts, table: WordTable): CandidateWords {
  const numbers: number[] = [];
  const cut = (text: string): number => {
    table.read(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text, numbers);
    return numbers.length;
  };
  const ends = {
    title: cut(texts.title),
    narrative: cut(texts.narrative),
    facts: cut(texts.facts),
    tags: cut(texts.tags),
    files: cut(texts.files),
  };
  let characters = 0;
  for (let at = 0; at < ends.facts; at++) characters += table.word(numbers[at] as number).folded.length + 1;
  return { table, numbers: Uint32Array.from(numbers), ends, characters };
}

/** Reads candidates for one plan, all of one word table. */
export function openCandidateReader(plan: SearchPlan, table: WordTable): CandidateReader {
  const sought = openSoughtWords(plan, table);
  const { terms, phrases, pairs } = sought;
  const seeksRuns = phrases.length > 0 || pairs.length > 0;

  return {
    terms,
    trigrams: sought.trigrams,
    read(words) {
      const counts = new Float64Array(terms.length);
      const letters = new Float64Array(sought.trigrams);
      const pairCounts = new Float64Array(pairs.length);
      const titleHits: Hit[] = [];
      const hits: Hit[] = [];
      let bodyWords = 0;
      /** An identifier's parts count once, however often it is named. */
      const split = new Set<number>();
      const { numbers, ends } = words;
      let start = 0;

      const readField = (name: keyof MemoryTexts): void => {
        const { weight, letterWeight } = FIELDS[name];
        const begin = start;
        const end = ends[name];
        start = end;
        const into = name === 'title' ? titleHits : name === 'narrative' || name === 'facts' ? hits : undefined;
        const run: Run = { places: [], symbols: [] };
        const count = (place: number, term: number): void => {
          counts[term] = (counts[term] ?? 0) + weight;
          into?.push({ place: bodyWords + place, term, weight });
        };
        for (let from = begin; from < end; from++) {
          const word = numbers[from] as number;
          const meaning = sought.meaningOf(word);
          if (meaning === undefined) continue;
          const at = from - begin;
          for (const trigram of meaning.letters) letters[trigram] = (letters[trigram] ?? 0) + letterWeight;
          if (meaning.humps !== undefined && !split.has(word)) {
            split.add(word);
            countHumps(meaning.humps, counts);
          }
          if (meaning.symbol === undefined) continue;
          if (seeksRuns) {
            run.places.push(at);
            run.symbols.push(meaning.symbol);
          }
          if (meaning.term !== undefined) count(at + 1, meaning.term);
        }
        for (const { term, sequence } of phrases) findRuns(run, sequence, (at) => count(at + 1, term));
        if (into !== undefined)
          pairs.forEach((pair, order) =>
            findRuns(run, pair, () => void (pairCounts[order] = (pairCounts[order] ?? 0) + weight)),
          );
        if (into === hits) bodyWords += end - begin;
      };
      const countHumps = (humps: readonly (number | undefined)[], into: Float64Array): void => {
        const add = (term: number | undefined): void => {
          if (term !== undefined) into[term] = (into[term] ?? 0) + PART_OF_IDENTIFIER;
        };
        for (const symbol of humps) add(symbol === undefined ? undefined : sought.termOf(symbol));
        for (const { term, sequence } of phrases)
          if (humps.some((_, at) => sequence.every((symbol, offset) => humps[at + offset] === symbol))) add(term);
      };

      for (const name of FIELD_NAMES) readField(name);
      // Phrases were found after the single words.
      if (phrases.length > 0) hits.sort((a, b) => a.place - b.place);
      return {
        counts,
        titleHits,
        hits,
        titleWords: ends.title,
        bodyWords,
        pairs: pairCounts,
        titleShare: shareOfTitle(words, titleHits, terms),
        letters,
        characters: words.characters,
      };
    },
  };
}

/** Weights of an occurrence; those of words are the weights of the index's columns. */
const FIELDS = {
  title: { weight: 3, letterWeight: 2 },
  narrative: { weight: 1.5, letterWeight: 1.5 },
  facts: { weight: 1, letterWeight: 1 },
  tags: { weight: 1, letterWeight: 1 },
  files: { weight: 1, letterWeight: 1 },
} as const;
const FIELD_NAMES = Object.keys(FIELDS) as (keyof MemoryTexts)[];
const PART_OF_IDENTIFIER = 0.3;
const MAX_TEXT = 49_152;

/** The sought words of a text: their places and their symbols. */
interface Run {
  readonly places: number[];
  readonly symbols: number[];
}

/** Calls `found` with the place of the first word of each run of words that stand side by side. */
function findRuns({ places, symbols }: Run, sequence: readonly number[], found: (place: number) => void): void {
  const [first] = sequence;
  for (let at = 0; at + sequence.length <= symbols.length; at++) {
    if (symbols[at] !== first) continue;
    const place = places[at] ?? 0;
    const isRun = sequence.every(
      (symbol, offset) => symbols[at + offset] === symbol && places[at + offset] === place + offset,
    );
    if (isRun) found(place);
  }
}

function shareOfTitle(words: CandidateWords, hits: readonly Hit[], terms: readonly SoughtTerm[]): number {
  if (hits.length === 0) return 0;
  const title = new Set(words.numbers.subarray(0, words.ends.title));
  let telling = 0;
  for (const number of title) if (!isStopWord(words.table.word(number).folded)) telling++;
  let found = 0;
  for (const term of new Set(hits.map((hit) => hit.term))) found += Math.min(1, terms[term]?.weight ?? 0);
  return telling === 0 ? 0 : Math.min(1, found / telling);
}
