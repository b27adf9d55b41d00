// Unigram, the tokens of SentencePiece: of all ways to cut a text, the one whose tokens are the most likely.

import { invalidPart, listOf } from './part.ts';
import type { Fields } from './part.ts';

/** How much less likely an unknown character is than the least likely token. From SentencePiece. */
const UNKNOWN_PENALTY = 10;

export function createUnigram(fields: Fields) {
  const vocabulary = readVocabulary(fields['vocab']);
  const unknown = typeof fields['unk_id'] === 'number' ? fields['unk_id'] : -1;
  const ids = new Map(vocabulary.map(([token], id) => [token, id]));
  const scores = Float64Array.from(vocabulary, ([, score]) => score);
  const unknownScore = scores.reduce((least, score) => Math.min(least, score), 0) - UNKNOWN_PENALTY;
  const reach = longestByStart(ids.keys());
  const bytes = fields['byte_fallback'] === true ? readByteTokens(ids) : undefined;

  /** Viterbi's search over the places between characters; of equally likely ways the one with the longer last token. */
  function encodeWord(text: string, into: number[]): void {
    const { length } = text;
    const best = new Float64Array(length + 1).fill(-Infinity);
    const from = new Int32Array(length + 1);
    const token = new Int32Array(length + 1).fill(unknown);
    best[0] = 0;
    for (let start = 0; start < length;) {
      const width = charWidth(text, start);
      const base = best[start] ?? 0;
      const limit = Math.min(
        length,
        start + (reach.get(startOf(text, start)) ?? reach.get(text.slice(start, start + width)) ?? 0),
      );
      let isSingleKnown = false;
      for (let end = start + 1; end <= limit; end++) {
        const id = ids.get(text.slice(start, end));
        if (id === undefined || id === unknown) continue;
        if (end === start + width) isSingleKnown = true;
        const score = base + (scores[id] ?? 0);
        if (score > (best[end] ?? 0)) {
          best[end] = score;
          from[end] = start;
          token[end] = id;
        }
      }
      const next = start + width;
      if (!isSingleKnown && base + unknownScore > (best[next] ?? 0)) {
        best[next] = base + unknownScore;
        from[next] = start;
        token[next] = unknown;
      }
      start = next;
    }
    const cut: number[] = [];
    for (let end = length; end > 0; end = from[end] ?? 0) {
      const id = token[end] ?? unknown;
      if (id !== unknown) cut.push(id);
      else if (bytes !== undefined) cut.push(...bytesOf(text.slice(from[end], end), bytes).toReversed());
    }
    into.push(...cut.reverse());
  }

  return { size: vocabulary.length, encodeWord };
}

function readVocabulary(part: unknown): readonly (readonly [string, number])[] {
  return listOf(part, PLACE).map((entry) => {
    const [token, score] = listOf(entry, PLACE);
    if (typeof token !== 'string' || typeof score !== 'number')
      throw invalidPart(PLACE, 'a token with its score', entry);
    return [token, score];
  });
}

const PLACE = 'tokenizer.json: model.vocab';

/** Length of the longest token that begins with two given characters, or is the one character: most places need few look-ups. */
function longestByStart(tokens: Iterable<string>): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const token of tokens) {
    const start = startOf(token, 0);
    longest.set(start, Math.max(longest.get(start) ?? 0, token.length));
    const single = token.slice(0, charWidth(token, 0));
    if (!longest.has(single)) longest.set(single, single.length);
  }
  return longest;
}

function startOf(text: string, at: number): string {
  const first = charWidth(text, at);
  return text.slice(at, at + first + charWidth(text, at + first));
}

/** 2 for a character outside the basic plane; never half of one. */
function charWidth(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** The tokens `<0x00>` to `<0xFF>`; undefined when one is missing. */
function readByteTokens(ids: ReadonlyMap<string, number>): readonly number[] | undefined {
  const tokens = Array.from({ length: 256 }, (_, byte) =>
    ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
  );
  return tokens.every((id) => id !== undefined) ? tokens : undefined;
}

function bytesOf(text: string, tokens: readonly number[]): readonly number[] {
  return [...Buffer.from(text, 'utf8')].map((byte) => tokens[byte] ?? 0);
}
