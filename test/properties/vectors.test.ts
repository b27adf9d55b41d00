// Laws of the vector search: near the exact answer, and the same whatever the order and history of the set.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantize } from '../../src/index/vectors/quantize.ts';
import { EXACT_UP_TO, createVectorSet } from '../../src/index/vectors/vector-set.ts';
import { cosine } from '../contracts/embedder.ts';

const DIMENSIONS = 48;

describe('quantize', () => {
  it('changes a cosine by less than two hundredths', () => {
    const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
      minLength: DIMENSIONS,
      maxLength: DIMENSIONS,
    });
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const whole = quantize(Float32Array.from(a));
        expect(Math.abs(cosine(whole, b) - cosine(a, b))).toBeLessThan(0.02);
      }),
    );
  });
});

describe.each([
  ['small enough for an exact search', 300],
  ['large enough for the sign bits', EXACT_UP_TO + 1500],
])('a set %s', (_, size) => {
  it('answers the same, whatever the order and the detours in which it was filled', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1.5, noNaN: true }), (seed, lean) => {
        const vectors = clustered(seed, size, lean);
        const straight = createVectorSet(DIMENSIONS);
        for (const [id, chunks] of entries(vectors)) straight.put(id, chunks);
        const query = vectors[seed % size] ?? new Float32Array(DIMENSIONS);

        const winding = createVectorSet(DIMENSIONS);
        const shuffled = entries(vectors).sort((a, b) => hash(a[0], seed) - hash(b[0], seed));
        for (const [at, [id, chunks]] of shuffled.entries()) {
          if (at % 3 === 0) winding.put(`gone-${id}`, chunks);
          if (at % 5 === 0) winding.put(id, [quantize(query)]);
          if (at % 701 === 0) winding.nearest(query, 5);
          winding.put(id, chunks);
        }
        for (const [id] of shuffled) winding.put(`gone-${id}`, []);

        expect(winding.memories).toBe(straight.memories);
        expect(winding.nearest(query, 20)).toEqual(straight.nearest(query, 20));
      }),
      { numRuns: 6 },
    );
  });

  it('finds nearly all of the ten that an exact search over the floats finds', () => {
    for (const lean of [0, 1.5]) {
      const vectors = clustered(7, size, lean);
      const set = createVectorSet(DIMENSIONS);
      for (const [at, vector] of vectors.entries()) set.put(`m${at}`, [quantize(vector)]);
      let found = 0;
      for (let round = 0; round < 30; round++) {
        const query = vectors[round * 7] ?? new Float32Array(DIMENSIONS);
        const exact = new Set(
          vectors
            .map((vector, at) => ({ id: `m${at}`, score: cosine(vector, query) }))
            .sort((a, b) => b.score - a.score)
            .slice(0, 10)
            .map(({ id }) => id),
        );
        found += set.nearest(query, 10).filter(({ id }) => exact.has(id)).length;
      }
      expect(found / 300).toBeGreaterThan(0.9);
    }
  });

  it('gives a memory the score of its nearest chunk, the same by search and by id', () => {
    const vectors = clustered(11, size, 0);
    const set = createVectorSet(DIMENSIONS);
    for (const [id, chunks] of entries(vectors)) set.put(id, chunks);
    const query = vectors[3] ?? new Float32Array(DIMENSIONS);
    const hits = set.nearest(query, 10);
    const scores = set.score(query, [...hits.map(({ id }) => id), 'nobody']);
    expect([...scores]).toEqual(hits.map(({ id, score }) => [id, score]));
    expect(hits[0]?.id).toBe('m1');
  });

  it('looks only among those that it is told', () => {
    const vectors = clustered(13, size, 0);
    const set = createVectorSet(DIMENSIONS);
    for (const [id, chunks] of entries(vectors)) set.put(id, chunks);
    const query = vectors[0] ?? new Float32Array(DIMENSIONS);
    const among = new Set(['m5', 'm90', 'nobody']);
    expect(
      set
        .nearest(query, 10, among)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['m5', 'm90']);
    expect(set.nearest(query, 10, new Set())).toEqual([]);
  });
});

/** Two chunks a memory. */
function entries(vectors: readonly Float32Array[]): [string, Int8Array[]][] {
  const pairs: [string, Int8Array[]][] = [];
  for (let at = 0; at + 1 < vectors.length; at += 2)
    pairs.push([`m${at / 2}`, vectors.slice(at, at + 2).map((vector) => quantize(vector))]);
  return pairs;
}

/** Vectors around some centres, as texts on some subjects have them; `lean`: how far all of them point one way. */
function clustered(seed: number, count: number, lean: number): readonly Float32Array[] {
  const random = generator(seed);
  const common = Array.from({ length: DIMENSIONS }, () => lean * random());
  const centres = Array.from({ length: 60 }, () => Array.from({ length: DIMENSIONS }, random));
  return Array.from({ length: count }, (_, at) => {
    const centre = centres[at % centres.length] ?? [];
    return Float32Array.from(centre, (value, place) => value + 0.6 * random() + (common[place] ?? 0));
  });
}

/** Numbers about as a bell curve has them, always the same for a seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  const draw = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) >>> 0;
    return (state ^ (state >>> 13)) / 4294967296;
  };
  return () => draw() + draw() + draw() - 1.5;
}

function hash(text: string, seed: number): number {
  let value = seed;
  for (let at = 0; at < text.length; at++) value = (Math.imul(value, 31) + text.charCodeAt(at)) | 0;
  return Math.imul(value, 2654435761);
}
