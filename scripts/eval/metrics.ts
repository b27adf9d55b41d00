// How good one ranking is, and the mean over many. Pure.

/** All from 0 to 1. */
export interface Figures {
  /** Whether a right memory is first, or among the first five or ten. */
  readonly hit1: number;
  readonly hit5: number;
  readonly hit10: number;
  /** Which part of the right memories is among the first five or ten. */
  readonly recall5: number;
  readonly recall10: number;
  /** Reciprocal rank of the first right memory; 0 when none was found. */
  readonly mrr: number;
  /** Discounted cumulative gain of the first ten, as a part of the best that is possible (Järvelin and Kekäläinen, 2002). */
  readonly ndcg10: number;
}

export const FIGURE_NAMES: Readonly<Record<keyof Figures, string>> = {
  hit1: 'hit@1',
  hit5: 'hit@5',
  hit10: 'hit@10',
  recall5: 'recall@5',
  recall10: 'recall@10',
  mrr: 'MRR',
  ndcg10: 'nDCG@10',
};

export const FIGURE_KEYS = Object.keys(FIGURE_NAMES) as readonly (keyof Figures)[];

/** Measures one answer: ids, best first, each once, against the ids that are right (at least one). */
export function measure(ranked: readonly string[], right: ReadonlySet<string>): Figures {
  const first = firstRight(ranked, right);
  const hit = (depth: number): number => (first !== undefined && first <= depth ? 1 : 0);
  return {
    hit1: hit(1),
    hit5: hit(5),
    hit10: hit(10),
    recall5: countRight(ranked, right, 5) / right.size,
    recall10: countRight(ranked, right, 10) / right.size,
    mrr: first === undefined ? 0 : 1 / first,
    ndcg10: gain(ranked, right, 10) / bestGain(right.size, 10),
  };
}

/** The mean of each figure, every answer with the same weight; all 0 for none. */
export function meanFigures(all: readonly Figures[]): Figures {
  const mean = (key: keyof Figures): number =>
    all.length === 0 ? 0 : all.reduce((sum, one) => sum + one[key], 0) / all.length;
  return {
    hit1: mean('hit1'),
    hit5: mean('hit5'),
    hit10: mean('hit10'),
    recall5: mean('recall5'),
    recall10: mean('recall10'),
    mrr: mean('mrr'),
    ndcg10: mean('ndcg10'),
  };
}

/** Rank of the first right memory, from 1; undefined when none was found. */
export function firstRight(ranked: readonly string[], right: ReadonlySet<string>): number | undefined {
  const at = ranked.findIndex((id) => right.has(id));
  return at === -1 ? undefined : at + 1;
}

function countRight(ranked: readonly string[], right: ReadonlySet<string>, depth: number): number {
  return ranked.slice(0, depth).filter((id) => right.has(id)).length;
}

function gain(ranked: readonly string[], right: ReadonlySet<string>, depth: number): number {
  return ranked.slice(0, depth).reduce((sum, id, at) => sum + (right.has(id) ? discount(at) : 0), 0);
}

function bestGain(rights: number, depth: number): number {
  let sum = 0;
  for (let at = 0; at < Math.min(rights, depth); at++) sum += discount(at);
  return sum;
}

/** What a right memory is worth at a place, counted from 0. */
function discount(at: number): number {
  return 1 / Math.log2(at + 2);
}
