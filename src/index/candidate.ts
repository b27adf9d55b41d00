// A memory that may be a hit, read word by word: which of the sought terms it holds, where, and how near its letters come.

import { cleanText } from '../system/clean-text.ts';
import type { SearchPlan } from './fts-query.ts';
import { splitHumps } from './identifiers.ts';
import { foldWord, stemWord } from './stem.ts';
import { isStopWord } from './stop-words.ts';
import { synonymsOf } from './synonyms.ts';
import { spreadWideText } from './wide-text.ts';

/** The texts of a memory as the index's columns hold them. */
export interface CandidateTexts {
  readonly title: string;
  readonly narrative: string;
  readonly facts: string;
  readonly tags: string;
  readonly files: string;
}

/** What the score is made of. */
export interface CandidateReading {
  /** Per term, how often it occurs, weighted by where. */
  readonly counts: Float64Array;
  /** The same for each part of a long text, with the part's words; a short text is one part. */
  readonly parts: readonly { readonly counts: Float64Array; readonly words: number }[];
  /** Words of title, narrative and facts. */
  readonly words: number;
  /** Per pair of the plan, how often it stands side by side. */
  readonly pairs: Float64Array;
  /** Per couple of terms (first × terms + second, first < second) how near they come: the sum of 1 / distance. */
  readonly nearness: ReadonlyMap<number, number>;
  /** The share of the title's words that are sought, 0 to 1. */
  readonly titleShare: number;
  /** Per trigram of the sought words, how often it occurs, weighted by where. */
  readonly letters: Float64Array;
  /** Characters in the words of title, narrative and facts. */
  readonly characters: number;
}

export interface CandidateReader {
  /** How many trigrams the sought words have. */
  readonly trigrams: number;
  /** The plan's terms and their synonyms; the score's terms. */
  readonly terms: readonly ScoredTerm[];
  read(texts: CandidateTexts): CandidateReading;
}

export interface ScoredTerm {
  readonly weight: number;
  /** The term of the plan whose rarity counts for this one: itself, or the one it stands for. */
  readonly like: number;
}

/** Weights of a term's occurrence: as the columns of the index have them. */
const WEIGHTS = { title: 3, narrative: 1.5, facts: 1, tags: 1, files: 1 } as const;
const PART_OF_IDENTIFIER = 0.3;
const LETTER_WEIGHTS = { title: 2, narrative: 1.5, facts: 1, tags: 1, files: 1 } as const;
const SYNONYM = 0.15;
/** Words of a part of a long text, and where the next part begins. */
const PART_WORDS = 80;
const PART_STEP = 40;
/** Terms further apart are not near each other. */
const NEAR = 10;
/** A synonym says too little for its place to count. */
const PLACED_WEIGHT = 0.25;
/** Characters of one text that are looked at. */
const MAX_TEXT = 49_152;

/** Reads candidates for one plan. What it learns of a word it keeps for the next candidate. */
export function openCandidateReader(plan: SearchPlan): CandidateReader {
  const vocabulary = openVocabulary(plan);
  const { terms, phrases, pairs } = vocabulary;
  return {
    terms,
    trigrams: vocabulary.trigrams,
    read(texts) {
      const counts = new Float64Array(terms.length);
      const letters = new Float64Array(vocabulary.trigrams);
      const pairCounts = new Float64Array(pairs.length);
      const titleCounts = new Float64Array(terms.length);
      const nearness = new Map<number, number>();
      const hits: Hit[] = [];
      const titleHits: Hit[] = [];
      /** An identifier's parts count once, however often it is named. */
      const split = new Set<KnownWord>();
      let words = 0;
      let characters = 0;
      let bodyWords = 0;
      const title = { said: new Set<string>(), sought: 0 };

      const readField = (name: keyof typeof WEIGHTS): void => {
        const weight = WEIGHTS[name];
        const letterWeight = LETTER_WEIGHTS[name];
        const isBody = name === 'narrative' || name === 'facts';
        const isText = isBody || name === 'title';
        const symbols: number[] = [];
        let place = 0;
        for (const known of vocabulary.scan(texts[name])) {
          place++;
          if (isText) characters += known.length;
          if (name === 'title' && !title.said.has(known.word)) {
            title.said.add(known.word);
            if (known.term !== NONE) title.sought += Math.min(1, terms[known.term]?.weight ?? 0);
          }
          if (known.letters !== undefined)
            for (const one of known.letters) letters[one] = (letters[one] ?? 0) + letterWeight;
          if (known.humps !== undefined && !split.has(known)) {
            split.add(known);
            countHumps(known.humps, counts);
          }
          if (phrases.length > 0 || pairs.length > 0) symbols.push(known.symbol);
          if (known.term === NONE) continue;
          counts[known.term] = (counts[known.term] ?? 0) + weight;
          if (name === 'title') titleCounts[known.term] = (titleCounts[known.term] ?? 0) + weight;
          if (isText) (isBody ? hits : titleHits).push({ place: bodyWords + place, term: known.term, weight });
        }
        countPhrases(symbols, (term, at) => {
          counts[term] = (counts[term] ?? 0) + weight;
          if (name === 'title') titleCounts[term] = (titleCounts[term] ?? 0) + weight;
          if (isText) (isBody ? hits : titleHits).push({ place: bodyWords + at + 1, term, weight });
        });
        if (isText) {
          countPairs(symbols, pairCounts, weight);
          words += place;
        }
        if (isBody) bodyWords += place;
      };

      const countPhrases = (symbols: readonly number[], found: (term: number, at: number) => void): void => {
        for (const { term, sequence } of phrases)
          for (
            let at = symbols.indexOf(sequence[0] ?? NONE);
            at !== -1;
            at = symbols.indexOf(sequence[0] ?? NONE, at + 1)
          )
            if (sequence.every((symbol, offset) => symbols[at + offset] === symbol)) found(term, at);
      };
      const countHumps = (humps: readonly number[], into: Float64Array): void => {
        for (const symbol of humps) {
          const term = vocabulary.termOf(symbol);
          if (term !== NONE) into[term] = (into[term] ?? 0) + PART_OF_IDENTIFIER;
        }
        countPhrases(humps, (term) => void (into[term] = (into[term] ?? 0) + PART_OF_IDENTIFIER));
      };
      const countPairs = (symbols: readonly number[], into: Float64Array, weight: number): void => {
        pairs.forEach(([first, second], order) => {
          for (let at = symbols.indexOf(first); at !== -1; at = symbols.indexOf(first, at + 1))
            if (symbols[at + 1] === second) into[order] = (into[order] ?? 0) + weight;
        });
      };

      for (const name of FIELDS) readField(name);
      hits.sort((a, b) => a.place - b.place);
      addNearness(titleHits, terms, nearness);
      addNearness(hits, terms, nearness);
      const titleWords = [...title.said].filter((word) => !isStopWord(word)).length;
      return {
        counts,
        parts: partsOf(hits, titleCounts, title.said.size, bodyWords),
        words,
        pairs: pairCounts,
        nearness,
        titleShare: titleWords === 0 ? 0 : Math.min(1, title.sought / titleWords),
        letters,
        characters,
      };
    },
  };
}

const FIELDS = ['title', 'narrative', 'facts', 'tags', 'files'] as const;

interface Hit {
  readonly place: number;
  readonly term: number;
  readonly weight: number;
}

/** The title belongs to every part. */
function partsOf(
  hits: readonly Hit[],
  titleCounts: Float64Array,
  titleWords: number,
  bodyWords: number,
): readonly { readonly counts: Float64Array; readonly words: number }[] {
  const parts: { counts: Float64Array; words: number }[] = [];
  let first = 0;
  for (let start = 0; start === 0 || start + PART_WORDS - PART_STEP < bodyWords; start += PART_STEP) {
    while (first < hits.length && (hits[first]?.place ?? 0) <= start) first++;
    const counts = Float64Array.from(titleCounts);
    for (let at = first; at < hits.length; at++) {
      const hit = hits[at];
      if (hit === undefined || hit.place > start + PART_WORDS) break;
      counts[hit.term] = (counts[hit.term] ?? 0) + hit.weight;
    }
    parts.push({ counts, words: titleWords + Math.max(0, Math.min(bodyWords - start, PART_WORDS)) });
  }
  return parts;
}

function addNearness(hits: readonly Hit[], terms: readonly ScoredTerm[], nearness: Map<number, number>): void {
  const last = new Map<number, number>();
  for (const { place, term } of hits) {
    if ((terms[term]?.weight ?? 0) < PLACED_WEIGHT) continue;
    for (const [other, otherPlace] of last) {
      const distance = place - otherPlace;
      if (other === term || distance > NEAR || distance < 1) continue;
      const couple = Math.min(term, other) * terms.length + Math.max(term, other);
      nearness.set(couple, (nearness.get(couple) ?? 0) + 1 / distance);
    }
    last.set(term, place);
  }
}

/** Stands for "no term" and "no word of the plan". */
const NONE = -1;

/** What a word of a candidate means to the plan. */
interface KnownWord {
  /** In lower case, without accents. */
  readonly word: string;
  readonly length: number;
  /** Of a single word. */
  readonly term: number;
  /** The number of the word's stem among the stems of the plan. */
  readonly symbol: number;
  /** The symbols of an identifier's parts, where one of them is sought. */
  readonly humps?: readonly number[];
  /** Numbers of the trigrams that it shares with the sought words, each as often as it has it. */
  readonly letters?: readonly number[];
}

function openVocabulary(plan: SearchPlan) {
  const symbols = new Map<string, number>();
  const symbolOf = (token: string): number => {
    const stem = stemWord(foldWord(token));
    const known = symbols.get(stem) ?? symbols.size;
    symbols.set(stem, known);
    return known;
  };
  const terms: ScoredTerm[] = [];
  const termsBySymbol = new Map<number, number>();
  const phrases: { term: number; sequence: readonly number[] }[] = [];
  plan.terms.forEach(({ tokens, weight }, order) => {
    terms.push({ weight, like: order });
    const sequence = tokens.map(symbolOf);
    if (sequence.length > 1) phrases.push({ term: order, sequence });
    else if (!termsBySymbol.has(sequence[0] ?? NONE)) termsBySymbol.set(sequence[0] ?? NONE, order);
  });
  plan.terms.forEach(({ tokens, weight }, order) => {
    if (tokens.length > 1 || isStopWord(tokens[0] ?? '')) return;
    for (const synonym of synonymsOf(stemWord(foldWord(tokens[0] ?? '')))) {
      const symbol = symbols.get(synonym) ?? symbols.size;
      symbols.set(synonym, symbol);
      if (termsBySymbol.has(symbol)) continue;
      termsBySymbol.set(symbol, terms.length);
      terms.push({ weight: weight * SYNONYM, like: order });
    }
  });
  const pairs = plan.pairs.map(([first, second]) => [symbolOf(first), symbolOf(second)] as const);
  const trigrams = numberTrigrams(plan.spelled);
  // Stemming keeps the first letter: most words are told by it alone.
  const initials = new Set([...symbols.keys()].map((stem) => stem.charCodeAt(0)));
  const known = new Map<string, KnownWord>();

  const findSymbol = (folded: string): number =>
    initials.has(folded.charCodeAt(0)) ? (symbols.get(stemWord(folded)) ?? NONE) : NONE;
  const learn = (original: string): KnownWord => {
    const word = foldWord(original);
    const symbol = findSymbol(word);
    const humps = splitHumps(original)?.map((part) => findSymbol(foldWord(part)));
    const letters = readTrigrams(word, trigrams);
    const learned: KnownWord = {
      word,
      length: word.length + 1,
      symbol,
      term: termsBySymbol.get(symbol) ?? NONE,
      ...(humps?.some((one) => one !== NONE) === true ? { humps } : {}),
      ...(letters.length === 0 ? {} : { letters }),
    };
    known.set(original, learned);
    return learned;
  };

  return {
    terms,
    phrases,
    pairs,
    trigrams: trigrams.size,
    termOf: (symbol: number): number => termsBySymbol.get(symbol) ?? NONE,
    scan: (text: string): KnownWord[] => wordsOf(text.slice(0, MAX_TEXT)).map((word) => known.get(word) ?? learn(word)),
  };
}

/** Words in the text's own case. Plain text is cut by hand: the expression takes five times as long. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 128) return spreadWideText(cleanText(text)).match(WORD) ?? [];
    const isWord = (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
    if (isWord) {
      if (start === -1) start = at;
    } else if (start !== -1) {
      words.push(text.slice(start, at));
      start = -1;
    }
  }
  if (start !== -1) words.push(text.slice(start));
  return words;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;

/** Three letters in a row, the word's ends counting as one. */
function numberTrigrams(words: readonly string[]): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>();
  for (const word of words)
    forEachTrigram(foldWord(word), (trigram) => {
      if (!numbers.has(trigram)) numbers.set(trigram, numbers.size);
    });
  return numbers;
}

function readTrigrams(word: string, numbers: ReadonlyMap<number, number>): readonly number[] {
  const found: number[] = [];
  if (numbers.size > 0 && word.length <= MAX_COMPARED)
    forEachTrigram(word, (trigram) => {
      const number = numbers.get(trigram);
      if (number !== undefined) found.push(number);
    });
  return found;
}

const MAX_COMPARED = 80;
const END = 32;

function forEachTrigram(word: string, visit: (trigram: number) => void): void {
  let first = END;
  let second = word.charCodeAt(0);
  for (let at = 1; at <= word.length; at++) {
    const third = at === word.length ? END : word.charCodeAt(at);
    // 21 bits each would not fit an integer; code units above 2^17 do not occur in one.
    visit(first * 0x1_0000_0000 + second * 0x1_0000 + third);
    first = second;
    second = third;
  }
}
