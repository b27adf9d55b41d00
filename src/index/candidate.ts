// A memory that may be a hit, read word by word: which of the sought terms it holds, where, and how near its letters come.

import type { SearchPlan } from './fts-query.ts';
import type { MemoryTexts } from './index-text.ts';
import { openSoughtWords } from './sought-words.ts';
import type { SoughtTerm } from './sought-words.ts';
import { IS_STOP_WORD } from './word-cells.ts';
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

/** A row of numbers for each candidate, all in one array: an array of its own for each costs more than what is put into it. */
export interface Rows {
  readonly width: number;
  readonly values: Float64Array;
}

/** What the score is made of. */
export interface CandidateReading {
  readonly titleHits: readonly Hit[];
  /** In the narrative and the facts, in order. */
  readonly hits: readonly Hit[];
  /** Among the paths of its files; the place is that in the list. */
  readonly fileHits: readonly Hit[];
  readonly titleWords: number;
  /** Words of narrative and facts. */
  readonly bodyWords: number;
  readonly fileWords: number;
  /** The share of the title's words that are sought, 0 to 1. */
  readonly titleShare: number;
  /** Characters in the words of title, narrative and facts. */
  readonly characters: number;
}

export interface CandidateReadings {
  /** The plan's terms, then the synonyms of its words. */
  readonly terms: readonly SoughtTerm[];
  readonly readings: readonly CandidateReading[];
  /** Per term, how often it occurs anywhere, weighted by where. */
  readonly counts: Rows;
  /** Per pair of the plan, how often it stands side by side, weighted by where. */
  readonly pairs: Rows;
  /** Per trigram of the sought words, how often it occurs, weighted by where. */
  readonly letters: Rows;
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
  for (let at = 0; at < ends.facts; at++) characters += table.cells.size(numbers[at] as number) + 1;
  return { table, numbers: Uint32Array.from(numbers), ends, characters };
}

/** Reads candidates for one plan, all of one word table. */
export function readCandidates(
  plan: SearchPlan,
  table: WordTable,
  candidates: readonly CandidateWords[],
): CandidateReadings {
  const sought = openSoughtWords(plan, table);
  const { terms, phrases, pairs } = sought;
  const seeksRuns = phrases.length > 0 || pairs.length > 0;
  const rowsOf = (width: number): Rows => ({ width, values: new Float64Array(width * candidates.length) });
  const [countRows, pairRows, letterRows] = [rowsOf(terms.length), rowsOf(pairs.length), rowsOf(sought.trigrams)];
  const { values: counts } = countRows;
  const { values: pairCounts } = pairRows;
  const { values: letters } = letterRows;
  const { symbols, terms: termOf, humps: humpsOf, letters: shared, letterEnds } = sought.meanings;

  const read = (words: CandidateWords, row: number): CandidateReading => {
    const [firstCount, firstPair, firstLetter] = [row * terms.length, row * pairs.length, row * sought.trigrams];
    const titleHits: Hit[] = [];
    const hits: Hit[] = [];
    const fileHits: Hit[] = [];
    const { numbers, ends } = words;
    let bodyWords = 0;
    let begin = 0;
    /** An identifier's parts count once, however often it is named. */
    let split: Set<number> | undefined;
    for (const { name, weight, letterWeight } of FIELDS) {
      const end = ends[name];
      const into = { title: titleHits, narrative: hits, facts: hits, tags: undefined, files: fileHits }[name];
      const run: Run = { places: [], symbols: [] };
      for (let from = begin; from < end; from++) {
        const word = numbers[from] as number;
        const meaning = sought.meaningOf(word);
        if (meaning === 0) continue;
        const lettersEnd = letterEnds[meaning] as number;
        for (let at = letterEnds[meaning - 1] as number; at < lettersEnd; at++)
          (letters[firstLetter + (shared[at] as number)] as number) += letterWeight;
        const humps = humpsOf[meaning];
        if (humps !== undefined && split?.has(word) !== true) {
          (split ??= new Set()).add(word);
          countHumps(humps, firstCount);
        }
        const symbol = symbols[meaning] as number;
        if (symbol < 0) continue;
        if (seeksRuns) {
          run.places.push(from - begin);
          run.symbols.push(symbol);
        }
        const term = termOf[meaning] as number;
        if (term < 0) continue;
        (counts[firstCount + term] as number) += weight;
        into?.push({ place: bodyWords + from - begin + 1, term, weight });
      }
      if (run.symbols.length > 0) {
        for (const { term, sequence } of phrases)
          findRuns(run, sequence, (at) => {
            (counts[firstCount + term] as number) += weight;
            into?.push({ place: bodyWords + at + 1, term, weight });
          });
        if (into !== undefined && into !== fileHits)
          pairs.forEach((pair, order) =>
            findRuns(run, pair, () => void ((pairCounts[firstPair + order] as number) += weight)),
          );
      }
      if (into === hits) bodyWords += end - begin;
      begin = end;
    }
    // Phrases were found after the single words.
    if (phrases.length > 0) hits.sort((a, b) => a.place - b.place);
    return {
      titleHits,
      hits,
      fileHits,
      titleWords: ends.title,
      bodyWords,
      fileWords: ends.files - ends.tags,
      titleShare: shareOfTitle(words, titleHits, terms),
      characters: words.characters,
    };
  };
  const countHumps = (humps: readonly (number | undefined)[], firstCount: number): void => {
    const add = (term: number | undefined): void => {
      if (term !== undefined) (counts[firstCount + term] as number) += PART_OF_IDENTIFIER;
    };
    for (const symbol of humps) add(symbol === undefined ? undefined : sought.termOf(symbol));
    for (const { term, sequence } of phrases)
      if (humps.some((_, at) => sequence.every((symbol, offset) => humps[at + offset] === symbol))) add(term);
  };

  return { terms, readings: candidates.map(read), counts: countRows, pairs: pairRows, letters: letterRows };
}

/** The texts in their order, with the weights of an occurrence; those of words are the weights of the index's columns. */
const FIELDS = [
  { name: 'title', weight: 3, letterWeight: 2 },
  { name: 'narrative', weight: 1.5, letterWeight: 1.5 },
  { name: 'facts', weight: 1, letterWeight: 1 },
  { name: 'tags', weight: 1, letterWeight: 1 },
  { name: 'files', weight: 1, letterWeight: 1 },
] as const satisfies readonly { name: keyof MemoryTexts; weight: number; letterWeight: number }[];
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
  for (const number of title) if ((words.table.cells.head(number) & IS_STOP_WORD) === 0) telling++;
  let found = 0;
  for (const term of new Set(hits.map((hit) => hit.term))) found += Math.min(1, terms[term]?.weight ?? 0);
  return telling === 0 ? 0 : Math.min(1, found / telling);
}
