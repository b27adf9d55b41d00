// Taking back what was staged, while the user commits it at that very moment.

import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGit } from '../../../src/vault/git/runner.ts';
import type { GitRunner } from '../../../src/vault/git/runner.ts';
import { readStaged } from '../../../src/vault/git/staged.ts';
import { takeBack } from '../../../src/vault/git/take-back.ts';
import { makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';

/** A publish of one memory that stopped short of moving the branch and could not clear up. */
async function stopped(): Promise<{ repo: TestRepo; memory: string }> {
  const repo = makeRepo();
  const memory = putMemory(placeOf(repo), 'one');
  await publishIn(repo, {
    onStep(step) {
      if (step !== 'files') return;
      repo.git('update-ref', 'refs/bisect/bad', 'HEAD');
      repo.write('.git/BISECT_LOG', 'a bisect begins\n');
      throw Object.assign(new Error('EIO'), { syscall: 'write' });
    },
  });
  repo.remove('.git/BISECT_LOG');
  expect(repo.git('diff', '--cached', '--name-only')).toContain(memory);
  return { repo, memory };
}

/** A person’s commits; refused by Git while somebody holds the index, as a person may be, and then left for later. */
function commitOrWait(repo: TestRepo, times: number): void {
  for (let i = 0; i < times; i++) {
    repo.write(`a-${i}.txt`, 'a\n');
    if (repo.tryGit('add', `a-${i}.txt`).code === 0) repo.git('commit', '-q', '-m', `by the user ${i}`);
    else expect(repo.exists('.git/index.lock')).toBe(true);
  }
}

/** The real git, with something happening once right before the first command that `when` names. */
function disturbed(
  repo: TestRepo,
  when: (args: readonly string[], calls: number) => boolean,
  act: () => void,
): GitRunner {
  const git = openGit(repo.root, { env: { PATH: repo.env['PATH'], HOME: repo.home } });
  let calls = 0;
  let done = false;
  return {
    worktree: git.worktree,
    run(args, options) {
      if (!done && when(args, calls++)) {
        done = true;
        act();
      }
      return git.run(args, options);
    },
  };
}

describe('takeBack', () => {
  it('takes entries and files away that HEAD lacks', async () => {
    const { repo } = await stopped();
    const gitDir = placeOf(repo).gitDir ?? '';
    const staged = readStaged(gitDir);
    const git = disturbed(
      repo,
      () => false,
      () => undefined,
    );
    expect(staged && (await takeBack(git, gitDir, staged))).toEqual({ arrived: [], done: true });
    expect(repo.status()).toBe('');
    expect(repo.exists('.claude-mem')).toBe(false);
    repo.dispose();
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7].flatMap((nth) => [1, 2].map((times) => [nth, times] as const)))(
    'before its command %i never leaves a memory staged for deletion when the user commits %i times in a row',
    async (nth, times) => {
      const { repo, memory } = await stopped();
      const gitDir = placeOf(repo).gitDir ?? '';
      const staged = readStaged(gitDir);
      const git = disturbed(
        repo,
        (_, calls) => calls === nth,
        () => commitOrWait(repo, times),
      );
      if (staged !== undefined) await takeBack(git, gitDir, staged);
      repo.commit('the next of the user', { 'b.txt': 'b\n' });
      await publishIn(repo);
      expect(repo.git('log', '--diff-filter=D', '--no-renames', '--format=%s')).toBe('');
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain(memory);
      expect(repo.exists(memory)).toBe(true);
      expect(
        repo
          .status()
          .replace(/^\?\? a-\d\.txt$/gm, '')
          .trim(),
      ).toBe('');
      repo.dispose();
    },
  );

  it('leaves the entries to a `git commit` that has read them and is in its editor still', async () => {
    const { repo, memory } = await stopped();
    const gitDir = placeOf(repo).gitDir ?? '';
    const staged = readStaged(gitDir);
    const marker = join(repo.home, 'editing');
    const editor = `sh -c 'touch "${marker}"; while [ -e "${marker}" ]; do sleep 0.05; done; echo edited > "$1"' -`;
    const commit = spawn('git', ['commit'], {
      cwd: repo.root,
      env: { ...repo.env, GIT_EDITOR: editor },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => commit.on('exit', resolve));
    await expect.poll(() => existsSync(marker), { timeout: 60_000 }).toBe(true);
    const git = openGit(repo.root, { env: { PATH: repo.env['PATH'], HOME: repo.home } });
    expect(staged && (await takeBack(git, gitDir, staged))).toEqual({ arrived: [], done: false });
    rmSync(marker);
    await ended;
    repo.commit('the next of the user', { 'b.txt': 'b\n' });
    expect(repo.git('log', '--diff-filter=D', '--no-renames', '--format=%s')).toBe('');
    expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain(memory);
    await publishIn(repo);
    expect(repo.status()).toBe('');
    repo.dispose();
  });

  it('touches nothing when the index or HEAD moved in the last moment', async () => {
    for (const move of ['index', 'HEAD'] as const) {
      const { repo } = await stopped();
      const gitDir = placeOf(repo).gitDir ?? '';
      const staged = readStaged(gitDir);
      const git = disturbed(
        repo,
        (args) => args[0] === 'update-index',
        () =>
          void (move === 'HEAD'
            ? repo.git('update-ref', 'HEAD', repo.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'x'))
            : repo.commit('by the user', { 'c.txt': 'c\n' })),
      );
      expect(staged && (await takeBack(git, gitDir, staged))).toMatchObject({ done: false });
      expect(repo.exists('.git/index.lock')).toBe(false);
      repo.dispose();
    }
  });
});
