// Whether two questions mean the same, as a model sees it: measured against questions of which that is known.

import type { Embedder } from '../model/embedder.ts';
import { readTemplate } from '../system/templates.ts';
import { detectLanguage } from './language.ts';

export interface QuestionMeaning {
  /** Id of the model; vectors of another one mean nothing beside these. */
  readonly model: string;
  /** One vector a question, in order, as numbers of eight bits. */
  embed(questions: readonly string[]): Promise<readonly Int8Array[]>;
  /** Whether two questions with these vectors mean the same; never across languages that the model does not know. */
  isSame(one: EmbeddedQuestion, other: EmbeddedQuestion): boolean;
}

export interface EmbeddedQuestion {
  readonly text: string;
  readonly vector: Int8Array;
}

type Pairs = Readonly<Record<string, readonly (readonly [string, string])[]>>;

/**
 * Cosines differ from model to model: where one gives 0.4 to two wordings of one question, another gives 0.8 to any two sentences.
 * So the line is learned for each language, from pairs that mean the same and from the same texts crossed. Where the two kinds
 * do not part, the model does not know the language, and nothing is the same there. Throws what the embedder throws.
 */
export async function measureMeaning(embedder: Embedder): Promise<QuestionMeaning> {
  const pairs = JSON.parse(readTemplate('question-pairs.json')) as Pairs;
  const lines = new Map<string, number>();
  for (const [language, known] of Object.entries(pairs)) {
    const vectors = await embedder.embed(known.flat(), 'query');
    const line = lineBetween(vectors);
    if (line !== undefined) lines.set(language, line);
  }
  return {
    model: embedder.id,
    async embed(questions) {
      return (await embedder.embed(questions, 'query')).map(wholeNumbers);
    },
    isSame(one, other) {
      const language = languageOf(one.text);
      const line = language === languageOf(other.text) ? lines.get(language) : undefined;
      return line !== undefined && cosine(one.vector, other.vector) >= line;
    },
  };
}

/**
 * Halfway between the clearer half of what means the same and the nearest of what does not; undefined when these overlap. A
 * question that is not recognised costs little, two that are thrown together tell something false.
 */
function lineBetween(vectors: readonly Float32Array[]): number | undefined {
  const same: number[] = [];
  let nearestOther = -1;
  for (const [index, vector] of vectors.entries())
    for (const [at, other] of vectors.entries()) {
      if (at <= index) continue;
      const isPair = index % 2 === 0 && at === index + 1;
      if (isPair) same.push(cosine(vector, other));
      else nearestOther = Math.max(nearestOther, cosine(vector, other));
    }
  const clear = same.toSorted((a, b) => b - a)[Math.floor(same.length / 4)] ?? -1;
  return clear > nearestOther ? (clear + nearestOther) / 2 : undefined;
}

/** By script where that tells it, else by the smallest words. */
function languageOf(text: string): string {
  if (/[\u3040-\u30ff]/.test(text)) return 'ja';
  if (/[\u3400-\u9fff]/.test(text)) return 'zh';
  if (/[\u0400-\u04ff]/.test(text)) return 'ru';
  if (/[^\p{Script=Latin}\p{P}\p{S}\p{N}\p{Z}\p{M}\s]/u.test(text)) return 'unknown';
  return detectLanguage(text);
}

function wholeNumbers(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  return Int8Array.from(vector, (value) => (largest > 0 ? Math.round((value / largest) * 127) : 0));
}

function cosine(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let product = 0;
  let oneSquared = 0;
  let otherSquared = 0;
  for (let at = 0; at < one.length; at++) {
    const [left, right] = [one[at] ?? 0, other[at] ?? 0];
    product += left * right;
    oneSquared += left * left;
    otherSquared += right * right;
  }
  return oneSquared === 0 || otherSquared === 0 ? 0 : product / Math.sqrt(oneSquared * otherSquared);
}
