// How near memories come to a query by the vectors of a model.

import type { QueryVector } from '../model/embedder.ts';

/** The part of a vault's vectors that a search needs. */
export interface VectorSource {
  nearest(query: QueryVector, limit: number): readonly { readonly id: string; readonly score: number }[];
  score(query: QueryVector, ids: Iterable<string>): ReadonlyMap<string, number>;
}

export interface VectorNearness {
  /** Memories that may be hits without holding a word of the query, the nearest first. */
  nearestIds(): readonly string[];
  /**
   * 0 for the farthest of these memories to 1 for the nearest: models differ in which cosines they give. Who has no vector is not
   * in the map. Undefined when none of them has one.
   */
  scoreOf(ids: readonly string[]): ReadonlyMap<string, number> | undefined;
}

export function openVectorNearness(vectors: VectorSource, query: QueryVector): VectorNearness {
  let nearest: readonly string[] | undefined;
  return {
    nearestIds: () => (nearest ??= vectors.nearest(query, NEAREST).map(({ id }) => id)),
    scoreOf(ids) {
      const scores = vectors.score(query, ids);
      if (scores.size === 0) return undefined;
      const least = Math.min(...scores.values());
      const width = Math.max(...scores.values()) - least;
      return new Map([...scores].map(([id, score]) => [id, width === 0 ? 0 : (score - least) / width]));
    },
  };
}

/** So many of the nearest are candidates beside those found by words. */
const NEAREST = 30;
