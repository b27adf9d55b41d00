// A publish beside a user, and beside another publish, at the worst moments.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { takeLock } from '../../../src/system/lock.ts';
import type { PublishOptions, PublishStep } from '../../../src/vault/git/publish-options.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';

const repos: TestRepo[] = [];
afterEach(() => repos.splice(0).forEach((repo) => repo.dispose()));

function fresh(): TestRepo {
  const repo = makeRepo();
  repos.push(repo);
  return repo;
}

/** Runs once, when the publish passes the step for the first time. */
function once(step: PublishStep, act: () => void): Pick<PublishOptions, 'onStep'> {
  let done = false;
  return {
    onStep(passed) {
      if (passed !== step || done) return;
      done = true;
      act();
    },
  };
}

function expectClean(repo: TestRepo): void {
  expect(repo.status()).toBe('');
  expect(repo.git('fsck', '--no-progress', '--no-dangling')).toBe('');
}

describe('publish beside others', () => {
  it.each(['planned', 'objects', 'commit', 'noted'] as const)(
    'tries again when the user commits after `%s`',
    async (step) => {
      const repo = fresh();
      const memory = putMemory(placeOf(repo), 'one');
      const done = await publishIn(
        repo,
        once(step, () => void repo.commit('by the user', { 'a.txt': 'a\n' })),
      );
      expect(done).toMatchObject({ committed: 1, held: 0 });
      expect(repo.git('log', '--format=%s').split('\n')).toEqual([
        'chore(memory): record 1 memory',
        'by the user',
        'first',
      ]);
      expect(repo.exists(memory)).toBe(true);
      expectClean(repo);
    },
  );

  it.each(['planned', 'objects', 'commit'] as const)(
    'stages nothing when the user has committed after `%s`: the next commit of the user’s would take it along',
    async (step) => {
      const repo = fresh();
      putMemory(placeOf(repo), 'one');
      const steps: PublishStep[] = [];
      const commits = once(step, () => void repo.commit('by the user', { 'a.txt': 'a\n' }));
      await publishIn(repo, {
        async onStep(passed) {
          steps.push(passed);
          await commits.onStep?.(passed);
        },
      });
      expect(steps.filter((passed) => passed === 'planned')).toHaveLength(2);
      expect(steps.filter((passed) => passed === 'index')).toHaveLength(1);
    },
  );

  it.each(['index', 'files'] as const)(
    'finds the memories in the user’s own commit when that comes after `%s`',
    async (step) => {
      const repo = fresh();
      const memory = putMemory(placeOf(repo), 'one');
      const done = await publishIn(
        repo,
        once(step, () => void repo.commit('by the user', { 'a.txt': 'a\n' })),
      );
      expect(done).toMatchObject({ held: 0 });
      expect(repo.git('log', '--format=%s').split('\n')).toEqual(['by the user', 'first']);
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain(memory);
      expectClean(repo);
    },
  );

  it.each(['commit', 'noted', 'index', 'files', 'branch'] as const)(
    'follows when the user switches the branch after `%s`',
    async (step) => {
      const repo = fresh();
      const memory = putMemory(placeOf(repo), 'one');
      const done = await publishIn(
        repo,
        once(step, () => void repo.git('switch', '-q', '-c', 'other')),
      );
      expect(repo.git('symbolic-ref', 'HEAD')).toBe('refs/heads/other');
      expect(done.held).toBe(0);
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain(memory);
      expectClean(repo);
    },
  );

  it('takes everything back when the user switches to a branch that holds', async () => {
    const repo = fresh();
    repo.git('commit', '-q', '--allow-empty', '--author=Bo <bo@example.org>', '-m', 'by somebody else');
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'feature');
    const memory = putMemory(placeOf(repo), 'one');
    const done = await publishIn(
      repo,
      once('files', () => void repo.git('switch', '-q', 'main')),
    );
    expect(done).toMatchObject({ committed: 0, held: 1, reason: 'default-branch' });
    expect(repo.exists(memory)).toBe(false);
    expectClean(repo);
    repo.git('switch', '-q', 'feature');
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    expectClean(repo);
  });

  it('survives a hard reset in the middle', async () => {
    const repo = fresh();
    const memory = putMemory(placeOf(repo), 'one');
    await publishIn(
      repo,
      once('files', () => void repo.git('reset', '-q', '--hard')),
    );
    await publishIn(repo);
    expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD')).toContain(memory);
    expect(repo.exists(memory)).toBe(true);
    expectClean(repo);
  });

  it('waits a little for a lock on the index, and gives up without a trace', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    const lock = join(repo.root, '.git', 'index.lock');
    const passed = await publishIn(repo, {
      ...once('noted', () => {
        writeFileSync(lock, '');
        setTimeout(() => rmSync(lock), 100);
      }),
      random: () => 0.5,
    });
    expect(passed).toMatchObject({ committed: 1 });
    putMemory(placeOf(repo), 'two');
    const held = await publishIn(
      repo,
      once('noted', () => writeFileSync(lock, '')),
    );
    expect(held).toMatchObject({ committed: 0, held: 1, reason: 'index-locked' });
    rmSync(lock);
    expectClean(repo);
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    expectClean(repo);
  });

  it('gives up after eight lost races, with nothing staged', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    let commits = 0;
    const done = await publishIn(repo, {
      onStep(step) {
        if (step === 'noted') repo.commit(`by the user ${++commits}`);
      },
    });
    expect(done).toMatchObject({ committed: 0, held: 1, reason: 'lost-race' });
    expect(commits).toBe(8);
    expectClean(repo);
  });

  it('waits for another publish of the same clone when the user asks, and says so otherwise', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    const lock = takeLock(join(placeOf(repo).stateDir, 'publish.lock'), 0);
    expect(await publishIn(repo)).toEqual({ committed: 0, held: 1, reason: 'lock-held' });
    setTimeout(() => lock?.release(), 100);
    expect(await publishIn(repo, { now: true })).toMatchObject({ committed: 1 });
  });

  it('publishes each memory once when two publishers run at once', async () => {
    const repo = fresh();
    const tree = repo.worktree('side');
    for (let i = 0; i < 5; i++) putMemory(placeOf(repo), `memory ${i}`);
    const done = await Promise.all([
      publishIn(repo, { now: true }),
      publishIn(tree, { now: true }),
      publishIn(repo, { now: true }),
    ]);
    expect(done.map((publication) => publication.committed).toSorted((one, other) => one - other)).toEqual([0, 0, 5]);
    expectClean(repo);
    expectClean(tree);
  });

  it('waits while the user’s `git commit` is in its editor, but not for one in a nested work tree', async () => {
    const repo = fresh();
    repo.write('.git/info/exclude', '.claude/\n');
    repo.git('worktree', 'add', '-q', '-b', 'nested', '.claude/worktrees/nested');
    putMemory(placeOf(repo), 'one');
    const marker = join(repo.home, 'editing');
    const commitIn = async (folder: string): Promise<() => Promise<void>> => {
      rmSync(marker, { force: true });
      const editor = `sh -c 'touch "${marker}"; while [ -e "${marker}" ]; do sleep 0.05; done; echo edited > "$1"' -`;
      const commit = spawn('git', ['commit', '--allow-empty'], {
        cwd: folder,
        env: { ...repo.env, GIT_EDITOR: editor },
        stdio: 'ignore',
      });
      const ended = new Promise<void>((resolve) => commit.on('exit', () => resolve()));
      await expect.poll(() => repo.tryGit('-C', repo.home, 'hash-object', marker).code, { timeout: 60_000 }).toBe(0);
      return async () => {
        rmSync(marker);
        await ended;
      };
    };
    const finish = await commitIn(repo.root);
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 1, reason: 'user-commit-running' });
    await finish();
    expect(repo.git('log', '-1', '--format=%s')).toBe('edited');
    const finishNested = await commitIn(join(repo.root, '.claude/worktrees/nested'));
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    await finishNested();
  });

  it('lets two clones that both make the vault merge without a conflict', async () => {
    const repo = fresh();
    const bare = addRemote(repo);
    const other = cloneRepo(bare, 'other');
    putMemory(placeOf(repo), 'one');
    putMemory(placeOf(other), 'two');
    await publishIn(repo);
    await publishIn(other);
    repo.git('push', '-q', 'origin', 'main');
    other.git('pull', '-q', '--rebase');
    other.git('push', '-q', 'origin', 'main');
    repo.git('pull', '-q', '--ff-only');
    expect(repo.files()).toEqual(other.files());
    expectClean(repo);
  });
});
