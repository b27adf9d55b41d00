// A memory that may be a hit, read word by word: which of the sought terms it holds, where, and how near its letters come.

import type { SearchPlan } from './fts-query.ts';
import type { MemoryTexts } from './index-text.ts';
import { openSoughtWords } from './sought-words.ts';
import type { SoughtTerm } from './sought-words.ts';
import { isStopWord } from './stop-words.ts';
import { readKnownWords } from './word-table.ts';
import type { KnownWord } from './word-table.ts';

/** A memory's texts, cut into words. */
export type CandidateWords = Readonly<Record<keyof MemoryTexts, readonly KnownWord[]>>;

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
export function readCandidateWords(texts: MemoryTexts): CandidateWords {
  const cut = (text: string): readonly KnownWord[] => readKnownWords(text.slice(0, MAX_TEXT));
  return {
    title: cut(texts.title),
    narrative: cut(texts.narrative),
    facts: cut(texts.facts),
    tags: cut(texts.tags),
    files: cut(texts.files),
  };
}

/** Reads candidates for one plan. */
export function openCandidateReader(plan: SearchPlan): CandidateReader {
  const sought = openSoughtWords(plan);
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
      let characters = 0;
      /** An identifier's parts count once, however often it is named. */
      const split = new Set<KnownWord>();

      const readField = (name: keyof MemoryTexts): void => {
        const { weight, letterWeight } = FIELDS[name];
        const list = words[name];
        const into = name === 'title' ? titleHits : name === 'narrative' || name === 'facts' ? hits : undefined;
        const run: Run = { places: [], symbols: [] };
        const count = (place: number, term: number): void => {
          counts[term] = (counts[term] ?? 0) + weight;
          into?.push({ place: bodyWords + place, term, weight });
        };
        for (let at = 0; at < list.length; at++) {
          const word = list[at] as KnownWord;
          if (into !== undefined) characters += word.folded.length + 1;
          const meaning = sought.meaningOf(word);
          if (meaning === undefined) continue;
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
        if (into === hits) bodyWords += list.length;
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
        titleWords: words.title.length,
        bodyWords,
        pairs: pairCounts,
        titleShare: shareOfTitle(words.title, titleHits, terms),
        letters,
        characters,
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

function shareOfTitle(title: readonly KnownWord[], hits: readonly Hit[], terms: readonly SoughtTerm[]): number {
  if (hits.length === 0) return 0;
  const telling = new Set(title.filter((word) => !isStopWord(word.folded))).size;
  let found = 0;
  for (const term of new Set(hits.map((hit) => hit.term))) found += Math.min(1, terms[term]?.weight ?? 0);
  return telling === 0 ? 0 : Math.min(1, found / telling);
}
