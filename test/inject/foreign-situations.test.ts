// What a start and a first prompt bring in situations that somebody made up who had not seen the ranking.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { estimateTokens } from '../../src/model/tokens.ts';
import { readForeignSituations, runForeignSituations, scoreForeign } from '../../scripts/eval/foreign-situations.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/foreign-situations');

it('has more of what a colleague would say, and less of anything else, than the newest memories', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-foreign-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const outcomes = await runForeignSituations(readForeignSituations(FOLDER), { folder, budgetTokens: 1500 });
  const percent = (share: number): string => (100 * share).toFixed(1);
  const table = ['| ten situations by a foreign hand | precision | recall | disturbed of 2 |', '|---|---:|---:|---:|'];
  const figures = {
    start: scoreForeign(outcomes, 'start'),
    newest: scoreForeign(outcomes, 'newest'),
    prompt: scoreForeign(outcomes, 'prompt'),
  };
  const names = {
    start: 'start block, 1,500 tokens',
    newest: 'as many of the newest',
    prompt: 'first prompt, at most 3',
  };
  for (const way of ['start', 'newest', 'prompt'] as const) {
    const { precision, recall, disturbed } = figures[way];
    table.push(`| ${names[way]} | ${percent(precision)} | ${percent(recall)} | ${disturbed} |`);
  }
  const range = (tokens: readonly number[]): string => {
    const some = tokens.filter((count) => count > 0).toSorted((a, b) => a - b);
    return `${some[0] ?? 0} to ${some.at(-1) ?? 0}, in ${some.length} of ${tokens.length}`;
  };
  table.push(
    '',
    `Tokens of a start block: ${range(outcomes.map(({ text }) => estimateTokens(text)))}; at a prompt: ${range(
      outcomes.map(({ promptTokens }) => promptTokens),
    )}; at a file: ${range(outcomes.filter(({ situation }) => situation.dirty.length > 0).map(({ fileTokens }) => fileTokens))}`,
  );
  console.log(table.join('\n'));
  if (process.env['SHOW_SITUATIONS'] !== undefined) console.log(JSON.stringify(outcomes, null, 1));
  expect(figures.start.precision).toBeGreaterThan(2 * figures.newest.precision);
  expect(figures.start.recall).toBeGreaterThan(2 * figures.newest.recall);
});
