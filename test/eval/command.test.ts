// The two commands as they are typed: what they print, and what they say of wrong input.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeRepo } from '../support/git.ts';

const SCRIPTS = resolve(import.meta.dirname, '..', '..', 'scripts');
const SET = [
  {
    name: 'one',
    docs: [
      { id: 'a', title: 'A mutex around rotate', narrative: 'Two refreshes raced.', facts: '' },
      { id: 'b', title: 'Money is counted in cents', narrative: 'Never use floats.', facts: '' },
    ],
    queries: [{ q: 'refresh race', rel: ['a'] }],
  },
];

describe('npm run eval', () => {
  it('prints a table, Markdown, or one line of JSON', () => {
    const file = writeSet();
    expect(run('eval.ts', file).stdout).toMatch(/^one · 2 memories, 1 question\n/);
    expect(run('eval.ts', file, '--markdown').stdout).toMatch(/^\| set \| search \| hit@1 /);
    const json: unknown = JSON.parse(run('eval.ts', file, '--json', '--queries').stdout);
    expect(json).toMatchObject({
      sets: [
        {
          name: 'set',
          means: [{ name: 'set', questions: 1, rows: [{ system: 'memvault', figures: { hit1: 1 } }, {}, {}, {}, {}] }],
          groups: [
            { answers: [{ q: 'refresh race', systems: [{ system: 'memvault', ranked: ['a'] }, {}, {}, {}, {}] }] },
          ],
        },
      ],
    });
  });

  it('says what is wrong with what was asked, and what to type', () => {
    const file = writeSet();
    for (const [args, message] of [
      [[], /expected one set file or folder of them, got 0/],
      [[file, '--limit', '0'], /--limit expects a whole number from 1, got "0"/],
      [[file, '--only', 'two'], /no group of .*set\.json has "two" in its name\n {2}It has: one\./],
      [[file, '--nonsense'], /--nonsense.*\n {2}npm run eval -- --help/],
      [[`${file}.gone`], /there is no file or folder .*set\.json\.gone/],
    ] as const) {
      const { status, stderr } = run('eval.ts', ...args);
      expect(stderr).toMatch(message);
      expect(status).toBe(2);
    }
  });
});

describe('npm run eval:history', () => {
  it('writes a set that npm run eval takes', () => {
    const repo = makeRepo();
    onTestFinished(() => repo.dispose());
    repo.commit('auth: locks the token store', { 'test/lock.test.ts': "it('locks the store once', () => {});\n" });
    const out = join(repo.home, 'history.json');
    expect(run('eval-history.ts', repo.root, '--out', out).stdout).toContain('repo tests: 2 commits, 1 questions');
    expect(run('eval.ts', out).stdout).toMatch(/^repo tests · 2 memories, 1 question\n/);
  });

  it('writes nothing where nothing can be asked, and says so', () => {
    const repo = makeRepo();
    onTestFinished(() => repo.dispose());
    const out = join(repo.home, 'history.json');
    const { status, stderr } = run('eval-history.ts', repo.root, '--out', out);
    expect(stderr).toMatch(/1 commits, but none adds a test with a title, and no issue is named/);
    expect(status).toBe(3);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [[], /expected one repository, got 0/],
    [['.'], /--out expects the file to write/],
    [['/nowhere', '--out', 'x'], /there is no folder \/nowhere/],
  ])('refuses %j', (args, message) => {
    expect(run('eval-history.ts', ...args).stderr).toMatch(message);
  });
});

function writeSet(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-set-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'set.json');
  writeFileSync(file, JSON.stringify(SET));
  return file;
}

function run(script: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [join(SCRIPTS, script), ...args], { encoding: 'utf8' });
}
