// The measures of a ranking, on small examples worked out by hand, and the laws that hold for every ranking.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIGURE_KEYS, firstRight, meanFigures, measure } from '../../scripts/eval/metrics.ts';

describe('measure', () => {
  it('gives 1 everywhere when the only right memory is first', () => {
    expect(measure(['a', 'b'], new Set(['a']))).toEqual({
      hit1: 1,
      hit5: 1,
      hit10: 1,
      recall5: 1,
      recall10: 1,
      mrr: 1,
      ndcg10: 1,
    });
  });

  it('gives 0 everywhere when nothing right was found', () => {
    const figures = measure(['b', 'c'], new Set(['a']));
    expect(FIGURE_KEYS.map((key) => figures[key])).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(measure([], new Set(['a']))).toEqual(figures);
  });

  it('discounts by the logarithm of the place', () => {
    // Right at 2 and 4, of three: (1/log2 3 + 1/log2 5) / (1 + 1/log2 3 + 1/log2 4).
    const figures = measure(['x', 'a', 'y', 'b', 'z'], new Set(['a', 'b', 'c']));
    expect(figures.ndcg10).toBeCloseTo((0.63093 + 0.43068) / (1 + 0.63093 + 0.5), 4);
    expect(figures).toMatchObject({ hit1: 0, hit5: 1, hit10: 1, mrr: 0.5 });
    expect(figures.recall5).toBeCloseTo(2 / 3);
  });

  it('counts what stands sixth for ten and not for five', () => {
    const figures = measure(['1', '2', '3', '4', '5', 'a'], new Set(['a']));
    expect(figures).toMatchObject({ hit5: 0, hit10: 1, recall5: 0, recall10: 1 });
    expect(figures.mrr).toBeCloseTo(1 / 6);
  });

  it('counts what stands eleventh for the reciprocal rank alone', () => {
    const figures = measure([...'0123456789'.split(''), 'a'], new Set(['a']));
    expect(figures).toMatchObject({ hit10: 0, recall10: 0, ndcg10: 0 });
    expect(figures.mrr).toBeCloseTo(1 / 11);
  });

  it('holds ten right memories of twenty for perfect, where ten is all that is looked at', () => {
    const ids = Array.from({ length: 20 }, (_, at) => String(at));
    expect(measure(ids, new Set(ids))).toMatchObject({ ndcg10: 1, recall10: 0.5 });
  });

  it('stays between 0 and 1, and never falls when a right memory moves up', () => {
    const ids = Array.from({ length: 15 }, (_, at) => String(at));
    const ranking = fc.shuffledSubarray(ids, { minLength: 1 });
    const right = fc.subarray(ids, { minLength: 1 }).map((some) => new Set(some));
    fc.assert(
      fc.property(ranking, right, fc.nat(13), (ranked, rights, at) => {
        const before = measure(ranked, rights);
        for (const key of FIGURE_KEYS) expect(before[key]).toBeGreaterThanOrEqual(0);
        for (const key of FIGURE_KEYS) expect(before[key]).toBeLessThanOrEqual(1 + 1e-9);
        const [upper, lower] = [ranked[at], ranked[at + 1]];
        if (upper === undefined || lower === undefined || rights.has(upper) || !rights.has(lower)) return;
        const after = measure(ranked.with(at, lower).with(at + 1, upper), rights);
        for (const key of FIGURE_KEYS) expect(after[key]).toBeGreaterThanOrEqual(before[key] - 1e-9);
      }),
    );
  });
});

describe('meanFigures', () => {
  it('weighs every answer the same', () => {
    const found = measure(['a'], new Set(['a']));
    const missed = measure(['b'], new Set(['a']));
    expect(meanFigures([found, missed, missed, missed])).toMatchObject({ hit1: 0.25, mrr: 0.25, ndcg10: 0.25 });
  });

  it('is 0 for no answers', () => {
    expect(meanFigures([]).ndcg10).toBe(0);
  });
});

describe('firstRight', () => {
  it('counts from 1', () => {
    expect(firstRight(['x', 'a'], new Set(['a']))).toBe(2);
    expect(firstRight(['x'], new Set(['a']))).toBeUndefined();
  });
});
