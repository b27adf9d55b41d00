// Syncing with a remote: what comes into view, what is pushed and what never is, and remotes that do not answer.

import { chmodSync, renameSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { afterFailure, readOffline } from '../../../src/vault/git/offline.ts';
import { syncRepository } from '../../../src/vault/git/sync.ts';
import type { SyncOptions } from '../../../src/vault/git/sync.ts';
import { fetchedMemories, readElsewhere } from '../../../src/vault/elsewhere.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';
import { runCommand } from '../../support/run-command.ts';

let repo: TestRepo;
let bare: string;
let other: TestRepo;
const NOW = Date.now();

beforeEach(() => {
  repo = makeRepo();
  bare = addRemote(repo);
  other = cloneRepo(bare, 'other', { name: 'Bo', email: 'bo@example.org' });
});
afterEach(() => repo.dispose());

function sync(changes: Partial<SyncOptions> = {}) {
  const env = { PATH: repo.env['PATH'], HOME: repo.home };
  return syncRepository(placeOf(repo), {
    push: false,
    isOffline: false,
    protectedBranches: [],
    now: NOW,
    env,
    ...changes,
  });
}

async function bringNews(branch = 'main'): Promise<string> {
  const memory = putMemory(placeOf(other), `news on ${branch}`);
  await publishIn(other, { now: true });
  other.git('push', '-q', 'origin', branch);
  return memory;
}

/** A feature branch that the remote has. */
function feature(): void {
  repo.git('switch', '-q', '-c', 'feature');
  repo.git('push', '-q', '-u', 'origin', 'feature');
}

describe('a sync', () => {
  it('brings the memories of the default branch and of the upstream into view, and leaves the work tree alone', async () => {
    feature();
    other.git('fetch', '-q');
    await bringNews();
    other.git('switch', '-q', 'feature');
    const news = await bringNews('feature');
    repo.write('src/app.ts', 'work\n');
    const before = [
      repo.head(),
      repo.status(),
      repo.git('branch', '-a'),
      repo.git('tag'),
      repo.exists('.git/FETCH_HEAD'),
    ];
    expect(await sync()).toMatchObject({
      state: 'reached',
      remote: 'origin',
      ahead: 0,
      behind: 1,
      fetched: 2,
      pushed: 0,
    });
    expect([
      repo.head(),
      repo.status(),
      repo.git('branch', '-a'),
      repo.git('tag'),
      repo.exists('.git/FETCH_HEAD'),
    ]).toEqual(before);
    const seen = fetchedMemories(readElsewhere(placeOf(repo).stateDir), 'feature');
    expect(seen.map((memory) => memory.path)).toContain(news.replace('.claude-mem/', ''));
    expect(await sync()).toMatchObject({ state: 'reached', fetched: 0 });
  });

  it('fetches no branch that nobody here works on', async () => {
    other.git('switch', '-q', '-c', 'theirs');
    other.commit('their work', { 'their.txt': 'x\n' });
    other.git('push', '-q', 'origin', 'theirs');
    expect(await sync()).toMatchObject({ state: 'reached' });
    expect(repo.git('branch', '-r')).not.toContain('theirs');
  });

  it('has nothing to do without a remote', async () => {
    const alone = makeRepo();
    const env = { PATH: alone.env['PATH'], HOME: alone.home };
    const options = { push: true, isOffline: false, protectedBranches: [], now: NOW, env };
    expect(await syncRepository(placeOf(alone), options)).toMatchObject({ state: 'no-remote', pushed: 0 });
    alone.dispose();
  });
});

describe('a push', () => {
  it('is made when every commit ahead is memvault’s own', async () => {
    feature();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    expect(await sync()).toMatchObject({ ahead: 1, pushed: 0 });
    expect(await sync({ push: true })).toMatchObject({ pushed: 1, ahead: 0 });
    expect(repo.git('ls-remote', 'origin', 'feature')).toContain(repo.head());
    expect(await sync({ push: true })).toMatchObject({ pushed: 0, notPushed: 'nothing-ahead' });
  });

  it('takes no commit of the user along', async () => {
    feature();
    const before = repo.git('ls-remote', 'origin');
    repo.commit('by the user', { 'a.txt': 'a\n' });
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    expect(await sync({ push: true })).toMatchObject({ ahead: 2, pushed: 0, notPushed: 'not-ours' });
    expect(repo.git('ls-remote', 'origin')).toBe(before);
  });

  it('takes no commit along that only looks like one of memvault’s', async () => {
    feature();
    repo.commit('chore(memory): record 1 memory\n\nClaude-Mem-Count: 1', { 'src/app.ts': 'sly\n' });
    expect(await sync({ push: true })).toMatchObject({ pushed: 0, notPushed: 'not-ours' });
    repo.git('reset', '-q', '--hard', 'HEAD~1');
    repo.commit('by the user', { '.claude-mem/memories/mine.md': 'mine\n' });
    expect(await sync({ push: true })).toMatchObject({ pushed: 0, notPushed: 'not-ours' });
  });

  it('does not call new what this branch has itself', async () => {
    feature();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    await sync({ push: true });
    expect(await sync()).toMatchObject({ state: 'reached', fetched: 0, ahead: 0 });
  });

  it('is refused where the branch has diverged, is protected, or has no upstream', async () => {
    putMemory(placeOf(repo), 'one');
    await publishIn(repo, { now: true });
    await bringNews();
    expect(await sync({ push: true })).toMatchObject({ ahead: 1, behind: 1, pushed: 0, notPushed: 'behind' });
    repo.git('pull', '-q', '--rebase');
    expect(await sync({ push: true, protectedBranches: ['ma*'] })).toMatchObject({
      pushed: 0,
      notPushed: 'protected-branch',
    });
    repo.git('switch', '-q', '-c', 'lonely');
    expect(await sync({ push: true })).toMatchObject({ pushed: 0, notPushed: 'no-upstream' });
  });

  it('runs no hook of the user’s', async () => {
    feature();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.write('.git/hooks/pre-push', `#!/bin/sh\ntouch "${repo.home}/ran"\nexit 1\n`);
    chmodSync(join(repo.root, '.git/hooks/pre-push'), 0o755);
    expect(await sync({ push: true })).toMatchObject({ pushed: 1 });
    expect(repo.exists('../home/ran')).toBe(false);
  });
});

describe('a remote that is away', () => {
  it('is a state, and the push that was asked for is made when it is back', async () => {
    feature();
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    renameSync(bare, `${bare}.away`);
    const away = await sync({ push: true });
    expect(away).toMatchObject({ state: 'offline', ahead: 1, pushed: 0, notPushed: 'offline' });
    // The line that says why; not the advice that Git gives with every failure.
    expect(away.error).toMatch(/does not appear to be a git repository$/);
    const told = await runCommand(repo, join(repo.home, 'data'), 'sync', [], { push: true });
    expect(told.text).toContain('with what was fetched before.');
    expect(told.text).toMatch(/Not pushed: it waits; the worker tries again (?:in [12] minutes|in a minute)\./);
    expect((await runCommand(repo, join(repo.home, 'data'), 'status')).text).toMatch(
      /not reached in 2 tries: .* a push waits, next try in (?:a|2) minutes?/,
    );
    expect(readOffline(placeOf(repo).stateDir)).toMatchObject({ failures: 2, pushes: ['refs/heads/feature'] });
    renameSync(`${bare}.away`, bare);
    expect(await sync()).toMatchObject({ state: 'reached', pushed: 1 });
    expect(readOffline(placeOf(repo).stateDir)).toMatchObject({ failures: 0, pushes: [] });
  });

  it('is left alone where the settings forbid the network', async () => {
    expect(await sync({ isOffline: true })).toMatchObject({
      state: 'offline',
      error: expect.stringContaining('offline'),
    });
    expect(readOffline(placeOf(repo).stateDir).failures).toBe(0);
  });

  it('that never answers is given up, and no process of the try is left', async () => {
    const server = await serve(() => undefined);
    repo.git('remote', 'set-url', 'origin', `http://user:secret@127.0.0.1:${server.port}/x.git`);
    const outcome = await sync({ timeoutMs: 700 });
    expect(outcome).toMatchObject({ state: 'offline', error: 'git ls-remote did not end within 700 ms' });
    expect(outcome.error).not.toContain('secret');
    await expect.poll(() => server.open(), { timeout: 60_000 }).toBe(0);
    server.close();
  });

  it('that asks for a password gets none, at once', async () => {
    const server = await serve((socket) =>
      socket.end('HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'),
    );
    repo.git('remote', 'set-url', 'origin', `http://127.0.0.1:${server.port}/x.git`);
    const outcome = await sync({ timeoutMs: 20_000 });
    expect(outcome).toMatchObject({ state: 'offline' });
    expect(outcome.error).not.toContain('did not end');
    server.close();
  });

  it('is asked again after one minute, then ever more rarely, at last every six hours', () => {
    let state = readOffline('/nowhere');
    const pauses: number[] = [];
    for (let i = 0; i < 12; i++) {
      state = afterFailure(state, 'away', 1000);
      pauses.push(state.nextTryAt - 1000);
    }
    expect(pauses.slice(0, 4)).toEqual([60, 120, 240, 480]);
    expect(pauses.at(-1)).toBe(21_600);
  });
});

/** A server that says what it is told to, or nothing. */
async function serve(answer: (socket: Socket) => unknown) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.once('data', () => answer(socket)).resume();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open: () => sockets.size,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
