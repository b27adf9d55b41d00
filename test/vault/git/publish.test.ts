// What a publish commits, what it leaves alone, and what the outbox keeps.

import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { outboxPaths, placeOf, publishIn, putMemory, SESSION, userWork } from '../../support/publishing.ts';
import { silentLog } from '../../../src/system/log.ts';
import { createSecondLook } from '../../../src/system/redaction/second-look.ts';
import { outboxState, pruneOutbox } from '../../../src/vault/git/outbox-state.ts';
import { readStaged } from '../../../src/vault/git/staged.ts';

const repos: TestRepo[] = [];
afterEach(() => repos.splice(0).forEach((repo) => repo.dispose()));

function fresh(options?: Parameters<typeof makeRepo>[0]): TestRepo {
  const repo = makeRepo(options);
  repos.push(repo);
  return repo;
}

const FIXED = ['.gitattributes', '.gitignore', 'README.md', 'vault.yaml'].map((name) => `.claude-mem/${name}`);

function filesOf(repo: TestRepo, commit = 'HEAD'): string[] {
  return repo.git('show', '--format=', '--name-only', commit).split('\n').sort();
}

describe('publish', () => {
  it('commits the waiting memories and the fixed files in one commit, and leaves the tree clean', async () => {
    const repo = fresh();
    const before = repo.head();
    const one = putMemory(placeOf(repo), 'A race in the refresh');
    const two = putMemory(placeOf(repo), 'A summary of the day', { kind: 'summary' });
    const done = await publishIn(repo);
    expect(done).toEqual({ committed: 2, held: 0, branch: 'main', commit: repo.head() });
    expect(repo.git('rev-parse', 'HEAD~1')).toBe(before);
    expect(filesOf(repo)).toEqual([...FIXED, one, two].sort());
    expect(repo.status()).toBe('');
    expect(repo.read(one)).toContain('A race in the refresh');
    expect(repo.exists('.claude-mem/vault.yaml')).toBe(true);
  });

  it('writes the subject from the template, names each session once, and signs with the user’s own name', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    putMemory(placeOf(repo), 'two');
    putMemory(placeOf(repo), 'three', { session: 'other-session' });
    await publishIn(repo, { message: 'docs: keep {count}', batchIds: ['batch-1', 'bad\nInjected: yes'] });
    const trailers = `Claude-Mem-Session: ${SESSION}\nClaude-Mem-Session: other-session\nClaude-Mem-Batch: batch-1`;
    const body = repo.git('show', '-s', '--format=%B').trim();
    expect(body.split('\n')[0]).toBe('docs: keep 3 memories');
    expect(body.split('\n').slice(2).sort()).toEqual(trailers.split('\n').sort());
    expect(repo.git('show', '-s', '--format=%an <%ae> %cn <%ce>')).toBe(
      'Ada Test <ada@example.org> Ada Test <ada@example.org>',
    );
  });

  it('has nothing to do the second time', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    const head = repo.head();
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0, reason: 'nothing-to-publish' });
    expect(repo.head()).toBe(head);
  });

  it('adds to a vault that is there without touching its other files', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.write('.claude-mem/README.md', 'my own words\n');
    const two = putMemory(placeOf(repo), 'two');
    expect(await publishIn(repo)).toMatchObject({ committed: 1, held: 0 });
    expect(filesOf(repo)).toEqual([two]);
    expect(repo.status()).toBe(' M .claude-mem/README.md');
  });

  it('keeps the copy in the outbox until the default branch has the memory', async () => {
    const repo = fresh();
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'feature');
    const one = putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    expect(await pruneOutbox(placeOf(repo))).toBe(0);
    expect(outboxPaths(placeOf(repo))).toEqual([one]);
    expect(await outboxState(placeOf(repo))).toMatchObject({ waiting: [], committed: [{ branch: 'feature' }] });
    repo.git('push', '-q', 'origin', 'HEAD:main');
    repo.git('fetch', '-q');
    expect(await pruneOutbox(placeOf(repo))).toBe(1);
    expect(outboxPaths(placeOf(repo))).toEqual([]);
  });

  it('prunes at once where the only branch is the default one', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    expect(await pruneOutbox(placeOf(repo))).toBe(1);
  });

  it('does not carry memories of a living branch into another one', async () => {
    const repo = fresh();
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'one');
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.git('switch', '-q', '-c', 'two', 'main');
    const two = putMemory(placeOf(repo), 'two');
    expect(await publishIn(repo)).toMatchObject({ committed: 1, held: 0 });
    expect(filesOf(repo)).toEqual([...FIXED, two].sort());
  });

  it.each([
    ['deleted unmerged', (repo: TestRepo) => repo.git('branch', '-q', '-D', 'one')],
    ['reset', (repo: TestRepo) => repo.git('branch', '-q', '-f', 'one', 'main')],
  ])('lets the memories of a branch that was %s join the next publish', async (_, lose) => {
    const repo = fresh();
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'one');
    const one = putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.git('switch', '-q', '-c', 'two', 'main');
    lose(repo);
    expect(await publishIn(repo)).toMatchObject({ committed: 1, branch: 'two' });
    expect(filesOf(repo)).toContain(one);
  });

  it('knows a rebased branch and a squash merge again', async () => {
    const repo = fresh();
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'one');
    const one = putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.git('commit', '-q', '--amend', '-m', 'amended by the user');
    repo.git('switch', '-q', '-c', 'two', 'main');
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0, reason: 'nothing-to-publish' });
    repo.git('switch', '-q', 'main');
    repo.git('merge', '-q', '--squash', 'one');
    repo.commit('squashed');
    repo.git('branch', '-q', '-D', 'one');
    repo.git('push', '-q', 'origin', 'main');
    repo.git('switch', '-q', '-c', 'three');
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0 });
    expect(await pruneOutbox(placeOf(repo))).toBe(1);
    expect(repo.exists(one)).toBe(true);
  });

  it('does not restore a memory that the user removed, committed or not', async () => {
    const repo = fresh();
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'feature');
    const one = putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.remove(one);
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0 });
    expect(repo.status()).toBe(` D ${one}`);
    repo.git('commit', '-q', '-a', '-m', 'not this one');
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0 });
    expect(repo.exists(one)).toBe(false);
    expect(outboxPaths(placeOf(repo))).toEqual([]);
  });

  it('knows a memory again that a person renamed', async () => {
    const repo = fresh();
    const one = putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    const renamed = one.replace('/22-one-', '/22-better-name-');
    repo.git('mv', one, renamed);
    repo.commit('renamed');
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0 });
    expect(await pruneOutbox(placeOf(repo))).toBe(1);
  });

  it('never overwrites a different file that stands in the way', async () => {
    const repo = fresh();
    const one = putMemory(placeOf(repo), 'one');
    const two = putMemory(placeOf(repo), 'two');
    repo.write(one, 'mine\n');
    expect(await publishIn(repo)).toMatchObject({ committed: 1, held: 1, reason: 'file-exists' });
    expect(repo.read(one)).toBe('mine\n');
    expect(filesOf(repo)).toContain(two);
    expect(repo.status()).toBe(`?? ${one}`);
  });

  it('writes through no link on the way', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    const outside = join(repo.home, 'outside');
    mkdirSync(outside);
    mkdirSync(join(repo.root, '.claude-mem'));
    symlinkSync(outside, join(repo.root, '.claude-mem', 'memories'));
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 1, reason: 'file-exists' });
    expect(repo.git('ls-files')).not.toContain('.claude-mem');
  });

  it('leaves a memory with a secret out and commits the others', async () => {
    const repo = fresh();
    const token = `ghp_${'R7x2Kq9LmZ4wT1vB8nYc3HdJ6sFg5PaQ0eUi'.slice(0, 36)}`;
    putMemory(placeOf(repo), 'one', { body: `The token is ${token}.\n` });
    const two = putMemory(placeOf(repo), 'two');
    const done = await publishIn(repo);
    expect(done).toMatchObject({ committed: 1, held: 1, reason: 'secret-found' });
    expect(done.detail).not.toContain(token);
    expect(filesOf(repo)).toEqual([...FIXED, two].sort());
    expect(repo.tryGit('log', '-p', '--all').stdout).not.toContain(token);
  });

  it('leaves a memory out whose secret only secretlint knows', async () => {
    const repo = fresh();
    const token = ['shppa', '_qR7tYw2xKm9ZbN4vLs8PdF3hGj6CeA1uTy5WiOq0'].join('');
    putMemory(placeOf(repo), 'one', { body: `The app is ${token}.\n` });
    const two = putMemory(placeOf(repo), 'two');
    expect(await publishIn(repo)).toMatchObject({
      committed: 1,
      held: 1,
      reason: 'secret-found',
      detail: expect.stringContaining('shopify') as string,
    });
    expect(filesOf(repo)).toEqual([...FIXED, two].sort());
    expect(repo.tryGit('log', '-p', '--all').stdout).not.toContain(token);
  });

  it('commits by our own rules alone when secretlint is out of order', async () => {
    const repo = fresh();
    const token = `ghp_${'R7x2Kq9LmZ4wT1vB8nYc3HdJ6sFg5PaQ0eUi'.slice(0, 36)}`;
    putMemory(placeOf(repo), 'one', { body: `The token is ${token}.\n` });
    putMemory(placeOf(repo), 'two');
    const secondLook = createSecondLook({ log: silentLog, scan: () => Promise.reject(new Error('no such rule')) });
    expect(await publishIn(repo, { secondLook })).toMatchObject({ committed: 1, held: 1, reason: 'secret-found' });
  });

  it('leaves what the user staged at a memory’s place to the user', async () => {
    const repo = fresh();
    const one = putMemory(placeOf(repo), 'one');
    repo.write(one, 'mine\n');
    repo.git('add', one);
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 1, reason: 'user-staged' });
    expect(repo.status()).toBe(`A  ${one}`);
  });

  it('commits memories that a mixed reset left untracked', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.git('reset', '-q', 'HEAD~1');
    expect(repo.status()).not.toBe('');
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    expect(repo.status()).toBe('');
  });

  it('adds nothing to what an agent stages with `git add -A` in the middle of a session', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    repo.write('src/new.ts', 'new\n');
    repo.git('add', '-A');
    expect(repo.git('diff', '--cached', '--name-only')).toBe('src/new.ts');
  });

  it('lets `git pull --ff-only` and `git switch` pass while memories wait, and after they came by the remote', async () => {
    const repo = fresh();
    const bare = addRemote(repo);
    const colleague = cloneRepo(bare, 'colleague', { name: 'Bo', email: 'bo@example.org' });
    colleague.commit('theirs', { 'their.txt': 'x\n' });
    colleague.git('push', '-q', 'origin', 'main');
    repo.git('pull', '-q', '--ff-only');
    const one = putMemory(placeOf(repo), 'one');
    expect(await publishIn(repo)).toMatchObject({ reason: 'default-branch', held: 1, branch: 'main' });
    repo.git('switch', '-q', '-c', 'feature');
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    repo.git('push', '-q', 'origin', 'feature');
    colleague.git('fetch', '-q');
    colleague.git('merge', '-q', '--squash', 'origin/feature');
    colleague.commit('merged');
    colleague.git('push', '-q', 'origin', 'main');
    repo.git('switch', '-q', 'main');
    putMemory(placeOf(repo), 'two');
    await publishIn(repo);
    repo.git('pull', '-q', '--ff-only');
    expect(repo.exists(one)).toBe(true);
    repo.git('switch', '-q', 'feature');
    expect(repo.status()).toBe('');
  });

  it('publishes from each linked work tree into its own tree and branch', async () => {
    const repo = fresh();
    addRemote(repo);
    const tree = repo.worktree('agent/one');
    const mine = putMemory(placeOf(repo), 'made in the work tree', { branch: 'agent/one' });
    repo.git('switch', '-q', '-c', 'feature');
    const other = putMemory(placeOf(repo), 'made on the feature', { branch: 'feature' });
    expect(await publishIn(repo)).toMatchObject({ committed: 1, held: 0, branch: 'feature' });
    expect(filesOf(repo)).toContain(other);
    expect(filesOf(repo)).not.toContain(mine);
    expect(await publishIn(tree)).toMatchObject({ committed: 1, held: 0, branch: 'agent/one' });
    expect(filesOf(tree)).toContain(mine);
    expect(tree.status()).toBe('');
    expect(repo.status()).toBe('');
    expect(repo.exists(mine)).toBe(false);
    repo.git('worktree', 'remove', '--force', tree.root);
    repo.git('branch', '-q', '-D', 'agent/one');
    expect(await publishIn(repo)).toMatchObject({ committed: 1, branch: 'feature' });
    expect(repo.exists(mine)).toBe(true);
  });

  it('runs no hooks of the repository', async () => {
    const repo = fresh();
    const names = ['pre-commit', 'commit-msg', 'prepare-commit-msg', 'post-commit', 'post-index-change'];
    for (const name of [...names, 'reference-transaction']) {
      for (const folder of ['.git/hooks', '.husky']) {
        repo.write(`${folder}/${name}`, `#!/bin/sh\ntouch "${repo.home}/hook-ran"\nexit 1\n`);
        chmodSync(join(repo.root, folder, name), 0o755);
      }
    }
    rmSync(join(repo.home, 'hook-ran'), { force: true });
    putMemory(placeOf(repo), 'one');
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    repo.git('config', 'core.hooksPath', '.husky');
    putMemory(placeOf(repo), 'two');
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    expect(() => writeFileSync(join(repo.home, 'hook-ran'), '', { flag: 'wx' })).not.toThrow();
  });

  it('says what it would do without doing it', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    const before = [repo.head(), repo.status(), repo.git('count-objects'), userWork(repo)];
    expect(await publishIn(repo, { dryRun: true })).toMatchObject({ committed: 1, held: 0, branch: 'main' });
    expect([repo.head(), repo.status(), repo.git('count-objects'), userWork(repo)]).toEqual(before);
    expect(readStaged(placeOf(repo).gitDir ?? '')).toBeUndefined();
  });

  it('commits on the default branch of a shared repository when the user asks for it', async () => {
    const repo = fresh();
    repo.git('commit', '-q', '--allow-empty', '--author=Bo <bo@example.org>', '-m', 'by somebody else');
    addRemote(repo);
    putMemory(placeOf(repo), 'one');
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 1, reason: 'default-branch' });
    expect(await publishIn(repo, { defaultBranch: 'hold', now: true })).toMatchObject({ committed: 1, branch: 'main' });
  });

  it('only writes files in mode `manual`, each once', async () => {
    const repo = fresh();
    const one = putMemory(placeOf(repo), 'one');
    const head = repo.head();
    expect(await publishIn(repo, { mode: 'manual' })).toMatchObject({ committed: 0, held: 1, reason: 'mode-manual' });
    expect(repo.head()).toBe(head);
    expect(repo.status().split('\n')).toEqual([...FIXED, one].sort().map((path) => `?? ${path}`));
    repo.remove(one);
    await publishIn(repo, { mode: 'manual' });
    expect(repo.exists(one)).toBe(false);
    await publishIn(repo, { mode: 'manual', now: true });
    expect(repo.exists(one)).toBe(true);
    repo.git('add', '.claude-mem');
    repo.commit('by hand');
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0 });
  });

  it('does nothing at all in mode `off`', async () => {
    const repo = fresh();
    putMemory(placeOf(repo), 'one');
    expect(await publishIn(repo, { mode: 'off', now: true })).toEqual({ committed: 0, held: 1, reason: 'mode-off' });
    expect(repo.status()).toBe('');
  });

  it('keeps CRLF out of the commit, as the vault’s attributes ask, whatever core.autocrlf says', async () => {
    const repo = fresh();
    repo.git('config', 'core.autocrlf', 'true');
    const place = placeOf(repo);
    const one = putMemory(place, 'one');
    const file = join(place.stateDir, 'outbox', one.replace('.claude-mem/', ''));
    const { readFileSync } = await import('node:fs');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', '\r\n'));
    expect(await publishIn(repo)).toMatchObject({ committed: 1 });
    expect(repo.status()).toBe('');
    expect(repo.git('cat-file', 'blob', `HEAD:${one}`)).not.toContain('\r');
  });
});
