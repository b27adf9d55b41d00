// What people and models type, as an FTS5 MATCH expression. Pure; any string gives a valid one.

import { splitHumps } from './identifiers.ts';
import { isStopWord } from './stop-words.ts';
import { segmentWideText } from './wide-text.ts';

export interface MatchPlan {
  /** OR of quoted terms, with `-word` and `-"a phrase"` excluded. */
  readonly words: string;
  /** OR of the pairs of words that stand side by side; undefined when there is none. */
  readonly pairs?: string;
  /** The words sought, in lower case, for marking lines that match. */
  readonly terms: readonly string[];
}

/** The MATCH expression of a text; undefined when the text holds nothing that can be sought. */
export function toMatch(text: string): string | undefined {
  return planMatch(text)?.words;
}

/** The MATCH expressions of a text; undefined when it holds nothing that can be sought. */
export function planMatch(text: string): MatchPlan | undefined {
  const chunks = readChunks(text.slice(0, MAX_TEXT).normalize('NFC'));
  const wanted = chunks.filter((chunk) => !chunk.excluded);
  if (wanted.length === 0) {
    // Nothing but exclusions: a pasted flag such as `-verbose`, meant as it stands.
    if (chunks.length === 0) return undefined;
    return planChunks(
      chunks.map((chunk) => ({ ...chunk, excluded: false })),
      [],
    );
  }
  return planChunks(
    wanted,
    chunks.filter((chunk) => chunk.excluded),
  );
}

const MAX_TEXT = 4000;
const MAX_TERMS = 32;
const MAX_PHRASE = 12;

/** A piece of the query between blanks, or between double quotes. */
interface Chunk {
  readonly text: string;
  readonly quoted: boolean;
  readonly excluded: boolean;
}

/** A run of words as the tokenizer of the index will see them. */
type Phrase = readonly string[];

function planChunks(wanted: readonly Chunk[], excluded: readonly Chunk[]): MatchPlan | undefined {
  const phrases: Phrase[] = [];
  const pairs: Phrase[] = [];
  let before: string | undefined;
  for (const chunk of wanted) {
    const words = readWords(chunk.text);
    if (chunk.quoted) phrases.push(words.flatMap((word) => word.tokens).slice(0, MAX_PHRASE));
    else phrases.push(...phrasesOf(words));
    for (const word of words) {
      const token = word.tokens.length === 1 ? word.tokens[0] : undefined;
      if (before !== undefined && token !== undefined && !isStopWord(before) && !isStopWord(token))
        pairs.push([before, token]);
      before = token;
    }
  }
  const telling = phrases.filter((phrase) => phrase.length > 1 || !isStopWord(phrase[0] ?? ''));
  const terms = distinct(telling.length > 0 ? telling : phrases).slice(0, MAX_TERMS);
  if (terms.length === 0) return undefined;
  const without = distinct(excluded.map((chunk) => readWords(chunk.text).flatMap((word) => word.tokens)));
  const words = terms.map(quote).join(' OR ');
  const pairTerms = distinct(pairs).slice(0, MAX_TERMS);
  return {
    words: exclude(words, without),
    ...(pairTerms.length === 0 ? {} : { pairs: exclude(pairTerms.map(quote).join(' OR '), without) }),
    terms: [...new Set(terms.flat())],
  };
}

/** Each word for itself; a chunk of several words (a path, `snake_case`, `a.b.c`) and an identifier with humps also as a phrase. */
function phrasesOf(words: readonly Word[]): readonly Phrase[] {
  const phrases: Phrase[] = [];
  for (const { tokens, original } of words) {
    phrases.push(tokens);
    const parts = splitHumps(original);
    if (parts !== undefined) phrases.push(parts.map((part) => part.toLowerCase()).slice(0, MAX_PHRASE));
  }
  const isJoined = words.length > 1 && words.length <= MAX_PHRASE && words.every((word) => word.tokens.length === 1);
  if (isJoined) phrases.push(words.flatMap((word) => word.tokens));
  return phrases;
}

interface Word {
  readonly original: string;
  /** One, or the characters of a word of a script without blanks. */
  readonly tokens: Phrase;
}

function readWords(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const piece of segmentWideText(text)) {
    if (piece.wide) words.push({ original: piece.text, tokens: Array.from(piece.text).slice(0, MAX_PHRASE) });
    else for (const [word] of piece.text.matchAll(WORD)) words.push({ original: word, tokens: [word.toLowerCase()] });
  }
  return words;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const CHUNK = /(?<minus>-?)"(?<phrase>[^"]*)"|(?<plain>[^\s"]+)/gu;
/** `-word`; not `--flag`, `-rf`, `-1` or a dash alone. */
const EXCLUSION = /^-(?=\p{L}[\p{L}\p{N}_]{2})/u;

function readChunks(text: string): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (const { groups, index } of text.matchAll(CHUNK)) {
    const phrase = groups?.['phrase'];
    const plain = groups?.['plain'] ?? '';
    const startsWord = index === 0 || /\s/.test(text[index - 1] ?? ' ');
    const chunk =
      phrase === undefined
        ? { text: plain.replace(EXCLUSION, ''), quoted: false, excluded: startsWord && EXCLUSION.test(plain) }
        : { text: phrase, quoted: true, excluded: startsWord && groups?.['minus'] === '-' };
    if (readWords(chunk.text).length > 0) chunks.push(chunk);
  }
  return chunks;
}

function distinct(phrases: readonly Phrase[]): readonly Phrase[] {
  const seen = new Map(phrases.filter((phrase) => phrase.length > 0).map((phrase) => [phrase.join(' '), phrase]));
  return [...seen.values()];
}

/** Words hold letters, digits and marks only, so that nothing needs to be escaped. */
function quote(phrase: Phrase): string {
  return `"${phrase.join(' ')}"`;
}

function exclude(match: string, without: readonly Phrase[]): string {
  return without.length === 0 ? match : `(${match}) NOT (${without.slice(0, MAX_TERMS).map(quote).join(' OR ')})`;
}
