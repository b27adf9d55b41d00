// The plan that compares known files with found ones.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileKey, planSync } from '../../src/index/sync-plan.ts';
import type { PlacedFile } from '../../src/index/sync-plan.ts';

const file: fc.Arbitrary<PlacedFile> = fc.record({
  place: fc.constantFrom('vault', 'outbox'),
  path: fc.constantFrom('a.md', 'b.md', 'c.md', 'd/e.md'),
  size: fc.integer({ min: 0, max: 2 }),
  mtimeNs: fc.constantFrom('1', '2', ''),
  inode: fc.constantFrom(1, 2, '2'),
});
const files = fc.uniqueArray(file, { selector: fileKey });

describe('planSync', () => {
  it('leads from any state to any other, and has nothing to do when it is done', () => {
    fc.assert(
      fc.property(files, files, (known, found) => {
        const plan = planSync(known, found);
        const state = new Map(known.map((one) => [fileKey(one), one]));
        for (const one of plan.removed) state.delete(fileKey(one));
        for (const one of [...plan.changed, ...plan.added]) state.set(fileKey(one), one);
        const after = [...state.values()];
        expect(after.map(fileKey).sort()).toEqual(found.map(fileKey).sort());
        expect(planSync(after, found)).toEqual({ added: [], changed: [], removed: [], unchanged: found.length });
        expect(plan.unchanged + plan.changed.length + plan.added.length).toBe(found.length);
      }),
    );
  });
});
