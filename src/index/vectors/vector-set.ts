// The vectors of a vault's memories, and the search for those nearest to a query: sign bits first, then eight bits. Pure.

import { createChunkArrays } from './chunk-arrays.ts';
import type { ChunkArrays } from './chunk-arrays.ts';
import { countBits, quantize } from './quantize.ts';

export interface ScoredMemory {
  readonly id: string;
  /** Cosine of the query and the memory's nearest chunk, -1 to 1. */
  readonly score: number;
}

export interface VectorSet {
  readonly dimensions: number;
  /** How many memories have a vector. */
  readonly memories: number;
  /** Puts a memory's vectors in the place of those it had; none takes it away. Each has the set's dimensions. */
  put(id: string, vectors: readonly Int8Array[]): void;
  /**
   * The best memories, best first, equal ones by id; `among`: only these. The answer depends on what the set holds, not on the
   * order in which it came. Exact up to EXACT_UP_TO chunks; beyond, what the sign bits let through is exact.
   */
  nearest(query: Float32Array, limit: number, among?: ReadonlySet<string>): readonly ScoredMemory[];
  /** Exact scores of those of the given memories that have a vector. */
  score(query: Float32Array, ids: Iterable<string>): ReadonlyMap<string, number>;
}

/** So many chunks are compared one by one in a millisecond or two. */
export const EXACT_UP_TO = 4096;
/** How many chunks the sign bits let through at least, for each hit asked for, and as a share of all. */
const LEAST_PASSED = 400;
const PASSED_PER_HIT = 4;
const PASSED_SHARE = 1 / 250;

/** A set as one piece: who is in it, how many vectors each has, and all vectors in that order. */
export interface SetContent {
  readonly ids: readonly string[];
  readonly counts: ArrayLike<number>;
  readonly values: Int8Array;
}

export function createVectorSet(dimensions: number, start?: SetContent): VectorSet {
  const ids = [...(start?.ids ?? [])];
  const numbers = new Map(ids.map((id, number) => [id, number]));
  /** Places of a memory's chunks, by its number. */
  const places: number[][] = [];
  const owners = new Int32Array((start?.values.length ?? 0) / dimensions);
  for (let number = 0, place = 0; number < ids.length; number++) {
    const own: number[] = [];
    for (const end = place + (start?.counts[number] ?? 0); place < end; place++) {
      owners[place] = number;
      own.push(place);
    }
    places.push(own);
  }
  const chunks = createChunkArrays(dimensions, { values: start?.values ?? new Int8Array(0), owners });

  /** Numbers of memories that may be found, as a list of 0 and 1. */
  const maskOf = (among: ReadonlySet<string>): Uint8Array => {
    const mask = new Uint8Array(ids.length);
    for (const id of among) {
      const number = numbers.get(id);
      if (number !== undefined) mask[number] = 1;
    }
    return mask;
  };

  return {
    dimensions,
    get memories() {
      return numbers.size;
    },
    put(id, vectors) {
      const before = numbers.get(id);
      for (const place of places[before ?? -1] ?? []) chunks.remove(place);
      if (vectors.length === 0) {
        numbers.delete(id);
        if (before !== undefined) places[before] = [];
      } else {
        const number = before ?? ids.push(id) - 1;
        numbers.set(id, number);
        places[number] = vectors.map((vector) => chunks.add(number, vector));
      }
      if (!chunks.isLoose) return;
      for (const list of places) list.length = 0;
      chunks.compact((owner, place) => places[owner]?.push(place));
    },
    nearest(query, limit, among) {
      const allowed = among === undefined ? undefined : maskOf(among);
      const isWanted = (place: number): boolean => {
        const owner = chunks.owner(place);
        return owner >= 0 && allowed?.[owner] !== 0;
      };
      const most = Math.max(LEAST_PASSED, limit * PASSED_PER_HIT, Math.ceil(chunks.size * PASSED_SHARE));
      const passed = chunks.size <= EXACT_UP_TO ? undefined : passBySigns(chunks, query, most, isWanted);
      const best = new Map<number, number>();
      for (let at = 0; at < (passed?.length ?? chunks.size); at++) {
        const place = passed?.[at] ?? at;
        if (passed === undefined && !isWanted(place)) continue;
        const score = chunks.cosine(query, place);
        const owner = chunks.owner(place);
        if (score > (best.get(owner) ?? -Infinity)) best.set(owner, score);
      }
      return [...best]
        .map(([owner, score]) => ({ id: ids[owner] ?? '', score }))
        .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },
    score(query, wanted) {
      const scores = new Map<string, number>();
      for (const id of wanted) {
        const own = places[numbers.get(id) ?? -1] ?? [];
        if (own.length > 0) scores.set(id, Math.max(...own.map((place) => chunks.cosine(query, place))));
      }
      return scores;
    },
  };
}

/** Chunks whose signs differ least from the query's, and all others that differ as little as the last of them. */
function passBySigns(
  chunks: ChunkArrays,
  query: Float32Array,
  most: number,
  isWanted: (place: number) => boolean,
): readonly number[] {
  const { bits, query: signs, words } = chunks.signs(quantize(query));
  const unwanted = chunks.dimensions + 1;
  const differences = new Uint16Array(chunks.size);
  const counts = new Uint32Array(chunks.dimensions + 2);
  for (let place = 0, at = 0; place < differences.length; place++) {
    let difference = 0;
    for (let word = 0; word < words; word++, at++) difference += countBits((bits[at] ?? 0) ^ (signs[word] ?? 0));
    if (!isWanted(place)) difference = unwanted;
    differences[place] = difference;
    counts[difference] = (counts[difference] ?? 0) + 1;
  }
  let limit = 0;
  for (let sum = counts[0] ?? 0; sum < most && limit < chunks.dimensions; sum += counts[limit] ?? 0) limit++;
  const passed: number[] = [];
  for (let place = 0; place < differences.length; place++) if ((differences[place] ?? 0) <= limit) passed.push(place);
  return passed;
}
