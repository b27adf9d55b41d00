// A set of questions out of a real Git repository: commits as documents, titles of tests and issues as questions.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readGitLog } from '../../scripts/eval/git-log.ts';
import { makeHistorySet } from '../../scripts/eval/history-set.ts';
import { readIssueFile } from '../../scripts/eval/issue-file.ts';
import { readTestTitle } from '../../scripts/eval/test-title.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';

describe('readGitLog', () => {
  it('tells files, names of changed declarations and titles of added tests, the oldest commit first', async () => {
    const repo = makeHistory();
    const commits = await readGitLog(repo.root, { max: 100 });
    expect(commits.map(({ subject }) => subject)).toEqual([
      'first',
      'auth: holds a lock while it rotates (#7)',
      'auth: moves the rotation',
      'docs: says ÄÖÜ',
    ]);
    expect(commits[1]).toMatchObject({
      body: 'Two refreshes raced.\n\nFixes #12, closes GH-13',
      files: ['src/auth/rotate.ts', 'test/rotate.test.ts'],
      names: ['rotateToken', 'Lock', 'RETRIES'],
      testTitles: ["doesn't rotate the same token twice", 'keeps the lock until the store answers'],
    });
    expect(commits[2]?.files).toEqual(['src/auth/rotation.ts']);
    // Git names what stands above a changed line, too.
    expect(commits[2]?.names).toEqual(['Lock', 'RETRIES']);
    expect(commits[3]?.files).toEqual(['docs/ä b.md']);
  });

  it('reads the newest commits only when asked to', async () => {
    const commits = await readGitLog(makeHistory().root, { max: 2 });
    expect(commits.map(({ subject }) => subject)).toEqual(['auth: moves the rotation', 'docs: says ÄÖÜ']);
  });

  it('is not led astray by what the configuration says of diffs', async () => {
    const repo = makeHistory();
    const plain = await readGitLog(repo.root, { max: 100 });
    for (const [key, value] of [
      ['diff.noprefix', 'true'],
      ['diff.external', 'false'],
      ['color.ui', 'always'],
      ['log.showSignature', 'true'],
      ['diff.renames', 'false'],
    ] as const)
      repo.git('config', key, value);
    expect(await readGitLog(repo.root, { max: 100 })).toEqual(plain);
  });

  it('says what git says where there is no repository', async () => {
    await expect(readGitLog('/', { max: 1 })).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('makeHistorySet', () => {
  it('asks for commits by titles of tests and issues, without the numbers that would give them away', async () => {
    const repo = makeHistory();
    const commits = await readGitLog(repo.root, { max: 100 });
    const groups = makeHistorySet({
      name: 'shop',
      commits,
      issues: [
        { number: 12, title: 'Token used twice (see #11)' },
        { number: 13, title: 'Lock is lost' },
        { number: 99, title: 'Nobody names this' },
      ],
    });
    const id = commits[1]?.hash.slice(0, 12);
    expect(groups.map(({ name }) => name)).toEqual(['shop tests', 'shop issues']);
    expect(groups[0]?.queries).toEqual([
      { q: "doesn't rotate the same token twice", rel: [id] },
      { q: 'keeps the lock until the store answers', rel: [id] },
    ]);
    expect(groups[1]?.queries).toEqual([
      { q: 'Token used twice', rel: [id] },
      { q: 'Lock is lost', rel: [id] },
    ]);
    const document = groups[0]?.docs[1];
    expect(document).toEqual({
      id,
      title: 'auth: holds a lock while it rotates',
      narrative: 'Two refreshes raced.',
      facts: '- `src/auth/rotate.ts`\n- `test/rotate.test.ts`\n- Changed `rotateToken`, `Lock`, `RETRIES`',
    });
    expect(groups[0]?.docs).toHaveLength(4);
  });

  it('takes a title once, from the commit that brought it, and few of one commit', () => {
    const commit = {
      hash: 'a'.repeat(40),
      subject: 'one',
      body: '',
      files: [],
      names: [],
      testTitles: ['one two three'],
    };
    const many = Array.from({ length: 23 }, (_, at) => `title number ${at} of many`);
    const [group] = makeHistorySet({
      name: 'x',
      issues: [],
      commits: [commit, { ...commit, hash: 'b'.repeat(40), testTitles: ['one two three', ...many] }],
    });
    expect(group?.queries.filter(({ q }) => q === 'one two three')).toEqual([
      { q: 'one two three', rel: ['aaaaaaaaaaaa'] },
    ]);
    expect(group?.queries.filter(({ rel }) => rel[0]?.startsWith('b'))).toHaveLength(5);
  });
});

describe('readTestTitle', () => {
  it.each([
    ["  it('keeps keys it does not know', () => {", 'keeps keys it does not know'],
    ['test.skip("reads a file twice", async () => {', 'reads a file twice'],
    ["it.each([['a', 1]])('refuses a file that %s', (_, content) => {", 'refuses a file that'],
    ["  ])('refuses a file that %s', (_, content) => {", 'refuses a file that'],
    ["it('doesn\\'t lose a token', () => {", "doesn't lose a token"],
    ['  it "sends mail to nobody" do', 'sends mail to nobody'],
    ['    def test_keeps_unknown_keys(self):', 'keeps unknown keys'],
    ['func TestKeepsUnknownKeys(t *testing.T) {', 'keeps unknown keys'],
    ['    async fn test_reads_one_file() {', 'reads one file'],
  ])('reads %s', (line, title) => {
    expect(readTestTitle(line)).toBe(title);
  });

  it.each([
    "it('works', () => {",
    'const it = 3;',
    "describe('a long title of a group', () => {",
    'import test from "x";',
  ])('passes over %s', (line) => {
    expect(readTestTitle(line)).toBeUndefined();
  });
});

describe('readIssueFile', () => {
  it('reads what gh prints, and names the file when it is something else', () => {
    const repo = makeHistory();
    const file = join(repo.root, 'issues.json');
    writeFileSync(file, '[{"number": 3, "title": "Broken", "state": "OPEN"}]');
    expect(readIssueFile(file)).toEqual([{ number: 3, title: 'Broken' }]);
    for (const content of ['{', '{}', '[{"number": "3", "title": "x"}]']) {
      writeFileSync(file, content);
      expect(() => readIssueFile(file)).toThrow(/issues\.json is no list of issues: \S/);
    }
  });
});

function makeHistory(): TestRepo {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  const source = [
    'export async function rotateToken(lock: Lock) {',
    '  const inner = 1;',
    '  return inner;',
    '}',
    'class Lock {',
    '}',
    'export const RETRIES = 3;',
    '',
  ];
  repo.commit('auth: holds a lock while it rotates (#7)\n\nTwo refreshes raced.\n\nFixes #12, closes GH-13', {
    'src/auth/rotate.ts': source.join('\n'),
    'test/rotate.test.ts': [
      'function helperOfTests() {}',
      "it('doesn\\'t rotate the same token twice', () => {});",
      "it('keeps the lock until the store answers', () => {});",
      "it('works', () => {});",
      '',
    ].join('\n'),
  });
  repo.git('mv', 'src/auth/rotate.ts', 'src/auth/rotation.ts');
  repo.commit('auth: moves the rotation', {
    'src/auth/rotation.ts': source.join('\n').replace('RETRIES = 3', 'RETRIES = 4'),
  });
  repo.commit('docs: says ÄÖÜ', { 'docs/ä b.md': '# ÄÖÜ\n' });
  return repo;
}
