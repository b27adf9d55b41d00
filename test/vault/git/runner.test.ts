// The two ways to git, the spawn runner and simple-git: the same answers where they overlap, the same guards.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPorcelain } from '../../../src/vault/git/porcelain.ts';
import { gitEnvironment, gitFailure, openGit } from '../../../src/vault/git/runner.ts';
import { makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';

let repo: TestRepo;
beforeAll(() => {
  repo = makeRepo();
  repo.git('commit', '-q', '--allow-empty', '--author=Bo <bo@example.org>', '-m', 'second');
  repo.git('branch', 'other');
  repo.write('src/app.ts', 'changed\n');
  repo.write('src/new file.ts', 'new\n');
  repo.write('src/staged.ts', 'staged\n');
  repo.git('add', 'src/staged.ts');
});
afterAll(() => repo.dispose());

const env = () => ({ PATH: process.env['PATH'], HOME: repo.home });

describe('openGit', () => {
  it('gives text, bytes and the exit codes that are answers', async () => {
    const git = openGit(repo.root, { env: env() });
    expect((await git.run(['symbolic-ref', 'HEAD'])).text).toBe('refs/heads/main');
    expect(await git.run(['diff', '--quiet'], { okCodes: [0, 1] })).toMatchObject({ code: 1, text: '' });
    const bytes = Buffer.from([0, 1, 255, 10, 10]);
    const { text } = await git.run(['hash-object', '-w', '--stdin'], { stdin: bytes });
    expect((await git.run(['cat-file', 'blob', text])).stdout.equals(bytes)).toBe(true);
  });

  it('throws `unavailable` with exit code and complaint for every other code', async () => {
    const failed = openGit(repo.root, { env: env() }).run(['rev-parse', '--verify', 'no-such-thing']);
    const error: unknown = await failed.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unavailable' });
    expect(gitFailure(error)).toMatchObject({ exitCode: 128, stderr: expect.stringContaining('single revision') });
  });

  it('says that git is missing', async () => {
    const run = openGit(repo.root, { env: { PATH: '/nowhere' } }).run(['status']);
    await expect(run).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('git is not there'),
    });
  });

  it('ends a command that takes too long', async () => {
    const run = openGit(repo.root, { env: env() }).run(['-c', 'alias.wait=!sleep 20', 'wait'], { timeoutMs: 300 });
    await expect(run).rejects.toMatchObject({ data: { timedOut: true } });
  });
});

describe('gitEnvironment', () => {
  it('drops every inherited GIT_ variable, editors and pagers, and keeps what git needs', () => {
    const made = gitEnvironment({
      PATH: '/bin',
      HOME: '/home/ada',
      GIT_DIR: '/elsewhere',
      GIT_INDEX_FILE: '/elsewhere/index',
      GIT_AUTHOR_NAME: 'Eve',
      EDITOR: 'vi',
      PAGER: 'less',
      LC_ALL: 'de_DE.UTF-8',
    });
    expect(made).toMatchObject({ PATH: '/bin', HOME: '/home/ada', LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' });
    expect(Object.keys(made).filter((name) => /GIT_(DIR|INDEX|AUTHOR)|EDITOR$|PAGER/.test(name))).toEqual([
      'GIT_EDITOR',
    ]);
  });
});

/** What both ways must answer alike. */
const WAYS = {
  async 'spawn runner'() {
    const git = openGit(repo.root, { env: env() });
    const status = await git.run(['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', 'src']);
    const authors = await git.run([
      'log',
      '--max-count=50',
      '--format=%ae',
      '--end-of-options',
      'refs/heads/main',
      '--',
    ]);
    const branches = await git.run(['for-each-ref', '--format=%(refname:short)', 'refs/heads']);
    return {
      status: status.text
        .split('\0')
        .filter((line) => line !== '')
        .map((line) => ({ path: line.slice(3), index: line[0], worktree: line[1] })),
      authors: authors.text.split('\n'),
      branches: branches.text.split('\n'),
    };
  },
  async 'simple-git'() {
    const git = openPorcelain(repo.root, { env: env() });
    return {
      status: await git.status('src'),
      authors: await git.authors('refs/heads/main', 50),
      branches: await git.branches(),
    };
  },
};

describe.each(Object.entries(WAYS))('reads by %s', (_, read) => {
  it('shows status, authors and branches', async () => {
    const found = await read();
    expect(found.status).toHaveLength(3);
    expect(found.status).toEqual(
      expect.arrayContaining([
        { path: 'src/app.ts', index: ' ', worktree: 'M' },
        { path: 'src/new file.ts', index: '?', worktree: '?' },
        { path: 'src/staged.ts', index: 'A', worktree: ' ' },
      ]),
    );
    expect(found.authors).toEqual(['bo@example.org', 'ada@example.org']);
    expect([...found.branches].sort()).toEqual(['main', 'other']);
  });
});

describe('both ways', () => {
  const both = [
    () => openGit(repo.root, { env: env() }).run(['status']),
    () => openPorcelain(repo.root, { env: env() }).status('src'),
  ];

  it('run no hook and are led nowhere by the environment', async () => {
    const marker = join(repo.home, 'hook-ran');
    mkdirSync(join(repo.root, '.git/hooks'), { recursive: true });
    for (const hook of ['post-index-change', 'reference-transaction']) {
      writeFileSync(join(repo.root, '.git/hooks', hook), `#!/bin/sh\ntouch ${marker}\n`);
      chmodSync(join(repo.root, '.git/hooks', hook), 0o755);
    }
    process.env['GIT_DIR'] = '/nowhere';
    try {
      for (const run of both) await expect(run()).resolves.toBeDefined();
    } finally {
      delete process.env['GIT_DIR'];
    }
    expect(repo.tryGit('hash-object', marker).code).toBe(128);
  });

  it('fail with `unavailable` outside of Git', async () => {
    const git = openGit(repo.home, { env: env() });
    await expect(git.run(['status'])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(openPorcelain(repo.home, { env: env() }).authors('refs/heads/main', 5)).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('take a ref that looks like an option for a ref', async () => {
    await expect(openPorcelain(repo.root, { env: env() }).authors('--output=written', 5)).rejects.toBeDefined();
    expect(repo.exists('written')).toBe(false);
  });
});
