// A whole measurement of a small group: memvault and the baselines over the same texts, figures and rankings told.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openBaselines } from '../../scripts/eval/baselines.ts';
import { evaluateGroup } from '../../scripts/eval/evaluate.ts';
import { renderMarkdown, renderQuestions, renderTable } from '../../scripts/eval/report.ts';
import type { EvalGroup } from '../../scripts/eval/set-file.ts';
import { summariseGroup, summariseSet } from '../../scripts/eval/summary.ts';

const GROUP: EvalGroup = {
  name: 'talks sessions',
  docs: [
    { id: 'lock', title: 'A mutex around rotate', narrative: 'Two refreshes raced for one token.', facts: '' },
    { id: 'cents', title: 'Money is counted in cents', narrative: 'Never use floats for prices.', facts: '' },
    { id: 'layout', title: 'Invoice layout', narrative: 'The token of the page is gone.', facts: '- logo left' },
  ],
  queries: [
    { q: 'why did the refreshes race', rel: ['lock'] },
    { q: 'floats', rel: ['cents'] },
    { q: 'elephants', rel: ['layout'] },
  ],
};

describe('evaluateGroup', () => {
  it('measures memvault beside the baselines and leaves nothing behind', async () => {
    const folder = makeTempFolder();
    const result = await evaluateGroup(GROUP, { commandLine: false, env: process.env });
    expect(readdirSync(folder)).toEqual([]);
    expect(result.systems.map(({ system }) => system)).toEqual([
      'memvault',
      'grep, all words',
      'FTS5, AND',
      'FTS5, OR, porter',
      'FTS5, words + pairs + trigrams',
    ]);
    const [memvault] = result.systems;
    expect(memvault?.rankings[0]?.[0]).toBe('lock');
    expect(memvault?.rankings[2]).toEqual([]);
    expect(memvault?.mean.hit1).toBeCloseTo(2 / 3);
  });

  it('takes the questions evenly when it is to be quick, and counts them', async () => {
    const answered: string[] = [];
    const result = await evaluateGroup(GROUP, {
      commandLine: false,
      limit: 2,
      env: process.env,
      onAnswer: (count, questions) => answered.push(`${count}/${questions}`),
    });
    expect(result.questions.map(({ q }) => q)).toEqual(['why did the refreshes race', 'floats']);
    expect(answered).toEqual(['1/2', '2/2']);
  });
});

describe('the reports', () => {
  it('tell a table, each question, and Markdown', async () => {
    const result = await evaluateGroup(GROUP, { commandLine: false, env: process.env });
    expect(renderTable(summariseGroup(result))).toMatch(
      /^talks sessions · 3 memories, 3 questions\n.*hit@1.*nDCG@10\nmemvault .* 66\.7\*/,
    );
    expect(renderQuestions(result)).toContain('  1  floats');
    expect(renderQuestions(result)).toMatch(/ – {2}elephants\n {7}right: layout Invoice layout/);
    const markdown = renderMarkdown(
      summariseSet('talks', [result, { ...result, group: { ...GROUP, name: 'more turns' } }]),
    );
    expect(markdown.split('\n')).toHaveLength(2 + 2 * 5);
    expect(markdown).toContain('| talks, sessions (3 memories, 3 questions) | memvault | 66.7 |');
    expect(markdown).toContain('| talks, turns (3 memories, 3 questions) | memvault | 66.7 |');
  });

  it('weigh every question of a set the same, however the groups divide them', async () => {
    const one = await evaluateGroup({ ...GROUP, name: 'a' }, { commandLine: false, env: process.env });
    const two = await evaluateGroup(
      { ...GROUP, name: 'b', queries: GROUP.queries.slice(0, 1) },
      { commandLine: false, env: process.env },
    );
    const [summary] = summariseSet('both', [one, two]);
    expect(summary).toMatchObject({ name: 'both', memories: 6, questions: 4 });
    expect(summary?.rows[0]?.figures.hit1).toBeCloseTo(3 / 4);
  });
});

describe('the baselines', () => {
  const texts = [
    { id: 'a', title: 'Refreshing', body: 'The token is refreshed; the token is old.\n' },
    { id: 'b', title: 'Other', body: 'A token.\n\n## Facts\n\n- stale\n' },
  ];
  const ask = async (name: string, question: string): Promise<readonly string[]> => {
    const systems = openBaselines(texts);
    const [ranked = []] = (await systems.find((system) => system.name === name)?.rank([question])) ?? [];
    for (const system of systems) system.close();
    return ranked;
  };

  it('grep wants every word, as a substring, and puts the most occurrences first', async () => {
    expect(await ask('grep, all words', 'tok')).toEqual(['a', 'b']);
    expect(await ask('grep, all words', 'token stale')).toEqual(['b']);
    expect(await ask('grep, all words', 'token elephant')).toEqual([]);
  });

  it('AND wants every word as it stands', async () => {
    expect(await ask('FTS5, AND', 'token stale')).toEqual(['b']);
    expect(await ask('FTS5, AND', 'refreshes')).toEqual([]);
  });

  it('OR takes any word, in any form, and no stop words', async () => {
    expect(await ask('FTS5, OR, porter', 'where are the refreshes')).toEqual(['a']);
    expect(await ask('FTS5, OR, porter', 'stale elephants')).toEqual(['b']);
  });

  it.each(['', '"', '*', 'NEAR(a b)', 'the', '你好', "a'b -c OR AND"])('answer any question: %j', async (question) => {
    for (const system of openBaselines(texts)) {
      expect(await system.rank([question])).toHaveLength(1);
      system.close();
    }
  });
});

/** A folder of this test's own in which everything temporary is made. */
function makeTempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-temp-'));
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
