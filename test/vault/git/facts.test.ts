// What is read of a repository, and which processes count as the user's.

import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readGitFacts } from '../../../src/vault/git/facts.ts';
import { movingCommand } from '../../../src/vault/git/processes.ts';
import { repositoryPlace } from '../../../src/vault/place.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf } from '../../support/publishing.ts';

const repos: TestRepo[] = [];
afterEach(() => repos.splice(0).forEach((repo) => repo.dispose()));

function fresh(options?: Parameters<typeof makeRepo>[0]): TestRepo {
  const repo = makeRepo(options);
  repos.push(repo);
  return repo;
}

function facts(repo: TestRepo) {
  return readGitFacts(placeOf(repo), { env: { PATH: repo.env['PATH'], HOME: repo.home } });
}

describe('readGitFacts', () => {
  it('reads branch, commit, user and default branch of a repository without a remote', async () => {
    const repo = fresh();
    repo.git('switch', '-q', '-c', 'feature/x');
    expect(await facts(repo)).toMatchObject({
      toplevel: repo.root,
      branch: 'refs/heads/feature/x',
      head: repo.head(),
      hasRemote: false,
      defaultBranch: 'refs/heads/main',
      defaultRef: 'refs/heads/main',
      onDefaultBranch: false,
      email: 'ada@example.org',
      hasIdentity: true,
      signs: false,
      vaultInHead: 'absent',
    });
  });

  it('takes the default branch from origin/HEAD, whatever its name', async () => {
    const repo = fresh();
    repo.git('branch', '-q', '-m', 'trunk/stable');
    const bare = addRemoteOf(repo, 'trunk/stable');
    const clone = cloneRepo(bare, 'clone');
    expect(await facts(clone)).toMatchObject({
      defaultBranch: 'refs/heads/trunk/stable',
      defaultRef: 'refs/remotes/origin/trunk/stable',
      onDefaultBranch: true,
    });
  });

  it('takes main beside a remote for a default branch even where origin/HEAD says develop', async () => {
    const repo = fresh();
    repo.git('branch', 'develop');
    addRemote(repo);
    repo.git('push', '-q', 'origin', 'develop');
    repo.git('remote', 'set-head', 'origin', 'develop');
    expect(await facts(repo)).toMatchObject({ defaultBranch: 'refs/heads/develop', onDefaultBranch: true });
  });

  it('knows an unborn branch, a detached HEAD and a missing identity', async () => {
    const unborn = await facts(fresh({ empty: true }));
    expect(unborn).toMatchObject({ branch: 'refs/heads/main' });
    expect(unborn.head).toBeUndefined();
    const repo = fresh({ identity: false, empty: true });
    expect(await facts(repo)).toMatchObject({ hasIdentity: false });
    const detached = fresh();
    detached.git('checkout', '-q', '--detach');
    expect((await facts(detached)).branch).toBeUndefined();
  });

  it('tells whether one person alone commits to the default branch', async () => {
    const repo = fresh();
    const bare = addRemote(repo);
    expect(await facts(repo)).toMatchObject({ onDefaultBranch: true, onlyOwnCommits: true, hasOwnCommit: true });
    const other = cloneRepo(bare, 'other', { name: 'Bo', email: 'bo@example.org' });
    expect(await facts(other)).toMatchObject({ onlyOwnCommits: false, hasOwnCommit: false });
    other.commit('by Bo');
    other.git('push', '-q', 'origin', 'main');
    expect(await facts(other)).toMatchObject({ onlyOwnCommits: false, hasOwnCommit: true });
    repo.git('fetch', '-q');
    expect(await facts(repo)).toMatchObject({ onlyOwnCommits: false, hasOwnCommit: true });
  });

  it('trusts no short history', async () => {
    const repo = fresh();
    repo.commit('second');
    const bare = addRemote(repo);
    const clone = cloneRepo(bare, 'clone');
    clone.git('fetch', '-q', '--depth=1', `file://${bare}`, 'main');
    clone.git('reset', '-q', '--hard', 'FETCH_HEAD');
    clone.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect(await facts(clone)).toMatchObject({ onDefaultBranch: true, onlyOwnCommits: false });
  });

  it('looks for the user’s own e-mail as a text, not as a pattern', async () => {
    const repo = fresh();
    const bare = addRemote(repo);
    const other = cloneRepo(bare, 'other', { name: 'Eve', email: 'ada.example.org' });
    other.git('config', 'user.email', '.*');
    expect(await facts(other)).toMatchObject({ hasOwnCommit: false });
  });

  it('says what is wrong instead of throwing', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'memvault-none-')));
    const place = repositoryPlace(folder, join(folder, '.git'), join(folder, '.git'));
    expect((await readGitFacts(place)).problem?.reason).toBe('no-git');
    expect((await readGitFacts(placeOf(fresh()), { env: { PATH: '/nowhere' } })).problem?.reason).toBe('no-git');
    const bare = addRemote(fresh());
    expect((await readGitFacts(repositoryPlace(bare, bare, bare))).problem?.reason).toBe('no-git');
  });
});

describe('movingCommand', () => {
  it.each([
    ['git commit -m x', 'commit'],
    ['/usr/lib/git-core/git rebase -i', 'rebase'],
    ['git -C /somewhere -c a.b=c commit', 'commit'],
    ['git --no-pager pull', 'pull'],
    ['/usr/lib/git-core/git-merge --no-ff x', 'merge'],
    ['git status', undefined],
    ['git -c commit status', undefined],
    ['git', undefined],
    ['vim commit', undefined],
    ['/opt/not-git commit', undefined],
  ])('%s → %s', (line, command) => {
    expect(movingCommand(line.split(' '))).toBe(command);
  });
});

function addRemoteOf(repo: TestRepo, branch: string): string {
  const bare = join(repo.root, '..', 'named.git');
  repo.git('clone', '-q', '--bare', '--template=', '-b', branch, repo.root, bare);
  return bare;
}
