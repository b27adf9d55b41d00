// The plan that compares known files with found ones.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileKey, planSync } from '../../src/index/sync-plan.ts';
import type { KnownFile, PlacedFile } from '../../src/index/sync-plan.ts';

const name = {
  place: fc.constantFrom('vault' as const, 'outbox' as const),
  path: fc.constantFrom('a.md', 'b.md', 'c.md', 'd/e.md'),
};
const known: fc.Arbitrary<KnownFile> = fc.record({ ...name, stamp: fc.constantFrom(1, 2, null) });
const found: fc.Arbitrary<PlacedFile> = fc.record({
  ...name,
  stamp: fc.constantFrom(1, 2),
  changedMs: fc.constant(0),
});

describe('planSync', () => {
  it('leads from any state to any other, and has nothing to do when it is done', () => {
    fc.assert(
      fc.property(listOf(known), listOf(found), (before, after) => {
        const plan = planSync(before, after);
        const state = new Map(before.map((one) => [fileKey(one), one]));
        for (const one of plan.removed) state.delete(fileKey(one));
        for (const one of [...plan.changed, ...plan.added]) state.set(fileKey(one), one);
        const reached = [...state.values()];
        expect(reached.map(fileKey).sort()).toEqual(after.map(fileKey).sort());
        expect(planSync(reached, after)).toEqual({ added: [], changed: [], removed: [] });
      }),
    );
  });
});

function listOf<T extends KnownFile>(file: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.uniqueArray(file, { selector: fileKey });
}
