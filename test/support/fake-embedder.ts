// An embedder without a model: each word points somewhere of its own, texts with the same words point the same way.

import { createHash } from 'node:crypto';
import type { Embedder } from '../../src/model/embedder.ts';
import { normalize } from '../../src/index/embed/unit-vector.ts';

export interface FakeEmbedder extends Embedder {
  /** Texts that were embedded, in order. */
  readonly asked: readonly string[];
}

/** `name` is part of the id and of every vector: two fakes of different names are two models. */
export function fakeEmbedder(name = 'fake', dimensions = 32): FakeEmbedder {
  const asked: string[] = [];
  return {
    id: `${name}@${createHash('sha256').update(name).digest('hex').slice(0, 12)}`,
    dimensions,
    asked,
    async embed(texts) {
      await Promise.resolve();
      asked.push(...texts);
      return texts.map((text) => embedText(text, name, dimensions));
    },
    close: () => Promise.resolve(),
  };
}

function embedText(text: string, name: string, dimensions: number): Float32Array {
  const sum = new Float64Array(dimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const bytes = createHash('sha512')
      .update(`${name}\0${SYNONYMS[word] ?? word}`)
      .digest();
    for (let at = 0; at < dimensions; at++) sum[at] = (sum[at] ?? 0) + (bytes[at % bytes.length] ?? 0) - 127.5;
  }
  return normalize(sum);
}

/** What a trained model would know. */
const SYNONYMS: Readonly<Record<string, string>> = { log: 'sign', signs: 'sign', in: 'in', car: 'automobile' };
