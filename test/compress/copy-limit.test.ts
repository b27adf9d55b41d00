// The limit on copied runs.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_COPIED, limitObservation, longestCopy } from '../../src/compress/copy-limit.ts';

describe('longestCopy', () => {
  it('finds the longest shared run, without regard to marks and line breaks', () => {
    const run = 'the refresh handler read the token row and only later marked it as used by this caller';
    expect(
      longestCopy(`Before. ${run}. After`, `Something else, ${run.replace('token row', '**token\n> row**')}; more`),
    ).toBeGreaterThanOrEqual(run.length);
    expect(longestCopy('nothing in common here at all, not even a word', 'completely other')).toBeLessThan(40);
  });

  it('never misses a run of the promised length', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 201, maxLength: 300 }),
        fc.string({ maxLength: 100 }),
        fc.string({ maxLength: 100 }),
        (run, before, after) => {
          const marked = run.replace(/[\s*_`>#|~-]/g, 'x');
          expect(longestCopy(before + marked + after, after + marked + before)).toBeGreaterThan(MAX_COPIED);
        },
      ),
    );
  });
});

describe('limitObservation', () => {
  it('cuts a copied run that goes on over facts', () => {
    const items = Array.from(
      { length: 6 },
      (_, index) => `item ${index} of the list that somebody else wrote down before`,
    );
    const source = `Done:\n\n${items.map((item) => `- ${item}`).join('\n')}`;
    const limited = limitObservation(
      { type: 'change', title: 'A title of its own', narrative: 'In short.', facts: items, files: [], tags: [] },
      [source],
    );
    expect(longestCopy(limited.facts.map((fact) => `- ${fact}`).join('\n'), source)).toBeLessThanOrEqual(MAX_COPIED);
    expect(limited.facts.length).toBeGreaterThan(1);
  });
});
