// Taking back what was staged, while the user commits it at that very moment; and a crowd at work on one repository.

import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
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

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'never leaves a memory staged for deletion when the user commits before its command %i',
    async (nth) => {
      const { repo, memory } = await stopped();
      const gitDir = placeOf(repo).gitDir ?? '';
      const staged = readStaged(gitDir);
      const git = disturbed(
        repo,
        (_, calls) => calls === nth,
        () => void repo.commit('by the user', { 'a.txt': 'a\n' }),
      );
      if (staged !== undefined) await takeBack(git, gitDir, staged);
      repo.commit('the next of the user', { 'b.txt': 'b\n' });
      await publishIn(repo);
      expect(repo.git('log', '--diff-filter=D', '--no-renames', '--format=%s')).toBe('');
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain(memory);
      expect(repo.exists(memory)).toBe(true);
      expect(repo.status()).toBe('');
      repo.dispose();
    },
  );
});

describe('a crowd', () => {
  it('of three publishers and a user who commits, amends and switches loses and deletes nothing', async () => {
    const repo = makeRepo();
    const script = resolve(import.meta.dirname, '../../support/publish-often.ts');
    const place = JSON.stringify(placeOf(repo));
    const run = promisify(execFile);
    const publishers = Promise.all(
      ['a', 'b', 'c'].map((name) => run(process.execPath, [script, place, repo.home, name, '5'])),
    );
    const git = (...args: string[]) => run('git', args, { cwd: repo.root, env: { ...repo.env } });
    /** What a person does when Git says that another process is at work. */
    const insist = async (...args: string[]): Promise<void> => {
      for (;;) {
        try {
          await git(...args);
          return;
        } catch (error) {
          if (!/index\.lock|cannot lock ref/.test(String(error))) throw error;
        }
      }
    };
    const written: string[] = [];
    for (let i = 0; i < 20; i++) {
      written.push(`code-${i}.txt`);
      repo.write(`code-${i}.txt`, `${i}\n`);
      await insist('add', `code-${i}.txt`);
      await insist('commit', '-q', '-m', `code ${i}`);
      if (i % 5 === 3) await insist('commit', '-q', '--amend', '--no-edit');
      if (i % 5 === 4) await insist('switch', '-q', '-c', `branch-${i}`);
    }
    await publishers;
    expect(await publishIn(repo, { now: true })).toMatchObject({ held: 0 });
    const tree = repo.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n');
    expect(tree).toEqual(expect.arrayContaining(written));
    expect(tree.filter((path) => path.startsWith('.claude-mem/memories/'))).toHaveLength(15);
    expect(repo.git('log', '--diff-filter=D', '--no-renames', '--format=%s')).toBe('');
    expect(repo.status()).toBe('');
    expect(repo.git('fsck', '--no-progress', '--no-dangling')).toBe('');
    repo.dispose();
  });
});
