// A publish that is killed at any point: the next one finds everything right, and the user loses and commits nothing of it.

import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PUBLISH_STEPS } from '../../../src/vault/git/publish-options.ts';
import type { PublishStep } from '../../../src/vault/git/publish-options.ts';
import { scratchFolder } from '../../../src/vault/git/staged.ts';
import { makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory, userWork } from '../../support/publishing.ts';

const SCRIPT = resolve(import.meta.dirname, '../../support/publish-and-die.ts');

/** A repository with a user's half-staged work and two memories; the publish of them dies after the step. */
function crashed(
  step: PublishStep,
  format: 'sha1' | 'sha256' = 'sha1',
): { repo: TestRepo; memories: string[]; before: unknown } {
  const repo = makeRepo({ format });
  repo.write('staged.txt', 'staged\n');
  repo.git('add', 'staged.txt');
  repo.write('src/app.ts', 'ONE\ntwo\nthree\n');
  repo.git('add', 'src/app.ts');
  repo.write('src/app.ts', 'ONE\ntwo\nTHREE\n');
  repo.write('untracked.txt', 'mine\n');
  const memories = [putMemory(placeOf(repo), 'one'), putMemory(placeOf(repo), 'two')];
  const before = userWork(repo);
  const died = spawnSync(process.execPath, [SCRIPT, JSON.stringify(placeOf(repo)), repo.home, step], {
    encoding: 'utf8',
  });
  expect([died.signal, died.stderr]).toEqual(['SIGKILL', '']);
  expect(userWork(repo)).toEqual(before);
  return { repo, memories, before };
}

function expectRight(repo: TestRepo, memories: readonly string[], before: unknown): void {
  expect(userWork(repo)).toEqual(before);
  for (const memory of memories) expect(repo.git('show', `HEAD:${memory}`)).toBe(repo.read(memory).trimEnd());
  expect(repo.git('status', '--porcelain', '-uall', '--', '.claude-mem')).toBe('');
  expect(repo.git('diff', '--cached', '--name-only', '--', '.claude-mem')).toBe('');
  expect(
    readdirSync(scratchFolder(placeOf(repo).gitDir ?? '')).filter((name) => /^(idx|new|staged)/.test(name)),
  ).toEqual([]);
}

describe('a publish that is killed', () => {
  it.each(PUBLISH_STEPS)('after `%s` is finished by the next one', async (step) => {
    const { repo, memories, before } = crashed(step);
    const next = await publishIn(repo);
    expect(next.held).toBe(0);
    expectRight(repo, memories, before);
    expect(repo.git('log', '--format=%s').split('\n')).toEqual(['chore(memory): record 2 memories', 'first']);
    repo.dispose();
  });

  it.each(PUBLISH_STEPS)(
    'after `%s` leaves nothing staged and nothing untracked where the next one is held',
    async (step) => {
      const { repo, before } = crashed(step);
      const isCommitted = repo.git('log', '--format=%s').includes('memory');
      const held = await publishIn(repo, { protectedBranches: ['ma*n'] });
      expect(held.reason).toMatch(isCommitted ? /protected-branch|nothing-to-publish/ : /protected-branch/);
      expect(userWork(repo)).toEqual(before);
      expect(repo.git('status', '--porcelain', '-uall', '--', '.claude-mem')).toBe('');
      repo.dispose();
    },
  );

  it.each(['noted', 'index', 'files', 'branch'] as const)(
    'after `%s` and before a commit of the user ends with the memories in HEAD and in the work tree',
    async (step) => {
      const { repo, memories } = crashed(step);
      repo.git('commit', '-q', '-m', 'by the user');
      const before = userWork(repo);
      await publishIn(repo);
      expectRight(repo, memories, before);
      expect(repo.status().split('\n').sort()).toEqual([' M src/app.ts', '?? untracked.txt']);
      repo.dispose();
    },
  );

  it('is taken back in a repository with SHA-256 object ids too', async () => {
    const { repo, before } = crashed('files', 'sha256');
    expect(await publishIn(repo, { protectedBranches: ['*'] })).toMatchObject({ held: 2, reason: 'protected-branch' });
    expect(userWork(repo)).toEqual(before);
    expect(repo.git('status', '--porcelain', '-uall', '--', '.claude-mem')).toBe('');
    repo.dispose();
  });

  it('by a full disk is told, not thrown, and leaves nothing behind', async () => {
    const repo = makeRepo();
    putMemory(placeOf(repo), 'one');
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { syscall: 'write' });
    const done = await publishIn(repo, {
      onStep(step) {
        if (step === 'index') throw full;
      },
    });
    expect(done).toMatchObject({
      committed: 0,
      held: 1,
      reason: 'git-failed',
      detail: expect.stringContaining('ENOSPC'),
    });
    expect(repo.status()).toBe('');
    repo.dispose();
  });

  it('leaves a memory that the user edited meanwhile as the user has it', async () => {
    const { repo, memories } = crashed('files');
    const [first = ''] = memories;
    writeFileSync(join(repo.root, first), `${repo.read(first)}\nAn afterthought.\n`);
    expect(await publishIn(repo)).toMatchObject({ committed: 1, held: 1, reason: 'file-exists' });
    expect(repo.read(first)).toContain('An afterthought.');
    repo.dispose();
  });

  it('touches nothing while the user has a merge open, and clears up after it', async () => {
    const { repo, memories } = crashed('index');
    const before = repo.git('ls-files', '-s');
    writeFileSync(join(repo.root, '.git', 'MERGE_HEAD'), `${repo.head()}\n`);
    expect(await publishIn(repo)).toMatchObject({ reason: 'operation-running' });
    expect(repo.git('ls-files', '-s')).toBe(before);
    repo.remove('.git/MERGE_HEAD');
    const work = userWork(repo);
    expect(await publishIn(repo)).toMatchObject({ committed: 2 });
    expectRight(repo, memories, work);
    repo.dispose();
  });
});
