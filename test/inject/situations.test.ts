// What a start brings, on situations derived from a history: memories of the files that the next commit touches are wanted.

import { describe, expect, it } from 'vitest';
import { deriveSituations, renderFigures, scoreSituations } from '../../scripts/eval/situations.ts';
import { makeHistory } from '../support/made-history.ts';

describe('the start block in thirty situations', () => {
  it('has more of what the next commit touches, and less of anything else, than the newest memories', () => {
    const table = ['| situations | at the start | precision | recall |', '|---|---|---:|---:|'];
    for (const seed of [1, 2, 3]) {
      const situations = deriveSituations(makeHistory(400, seed), 30);
      expect(situations).toHaveLength(30);
      for (const budget of [600, 1500]) {
        const figures = scoreSituations(situations, budget);
        table.push(renderFigures(`made history ${seed}, ${budget} tokens`, figures));
        expect(figures.memvault.precision).toBeGreaterThan(1.5 * figures.newest.precision);
        expect(figures.memvault.recall).toBeGreaterThan(1.5 * figures.newest.recall);
      }
    }
    console.log(table.join('\n'));
  });

  it('knows of a situation only what was there before its commit', () => {
    const history = makeHistory(100, 4);
    for (const { rows, wanted, recentCommits } of deriveSituations(history, 30)) {
      const next = history[rows.length];
      expect(wanted.size).toBeGreaterThan(0);
      for (const row of rows) expect(wanted.has(row.id)).toBe(row.files.some((file) => next?.files.includes(file)));
      expect(recentCommits).not.toContain(next);
    }
  });
});
