// Lets meanings have a say in what the words have scored: a convex combination, the words always the heavier. Pure.

import type { Score } from './score.ts';

/** A second opinion on memories: how near each comes to the query in what it is about. */
export interface Meaning {
  readonly name: 'topics' | 'vectors';
  /** How much of the score it may take, 0 to 0.4. */
  readonly share: number;
  /** 0 to 1; undefined where nothing is known of the memory, which then stands by its words alone. */
  readonly nearnessOf: (key: number) => number | undefined;
}

/**
 * The scores with each meaning's share in them, the best first. Reciprocal rank fusion was measured and lost on every set: it gives a list
 * that knows nothing as much say as one that knows. Here a meaning that says the same of all memories changes no order.
 */
export function fuseMeanings(scores: readonly Score[], meanings: readonly Meaning[]): readonly Score[] {
  if (meanings.length === 0) return scores.toSorted((a, b) => b.score - a.score);
  return scores
    .map(({ key, score, reasons }) => {
      let rest = 1;
      let meant = 0;
      const said: Record<string, number> = {};
      for (const { name, share, nearnessOf } of meanings) {
        const nearness = nearnessOf(key);
        if (nearness === undefined) continue;
        rest -= share;
        meant += share * nearness;
        said[name] = nearness;
      }
      return { key, score: rest * score + meant, reasons: { ...reasons, ...said } };
    })
    .sort((a, b) => b.score - a.score);
}
