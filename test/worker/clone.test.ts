// A clone with several work trees and a remote, as one worker serves it: where memories go, who waits for whom, what is pushed.

import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { openSpool } from '../../src/capture/spool.ts';
import type { HookEvent } from '../../src/model/hook-event.ts';
import { silentLog } from '../../src/system/log.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { openWorker } from '../../src/worker/worker.ts';
import type { Worker } from '../../src/worker/worker.ts';
import { addRemote, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { placeOf, publishIn, putMemory } from '../support/publishing.ts';

let repo: TestRepo;
let dataDir: string;
let now: number;
let sequence: number;
let worker: Worker;

beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
  now = Date.now();
  sequence = 0;
  worker = openWorker({
    paths: paths(),
    env: env(),
    clock: { now: () => now },
    log: silentLog,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
});
afterEach(async () => {
  await worker.close();
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

it('commits the memories of each work tree in that tree and on its branch', async () => {
  const side = repo.worktree('agent/side');
  session('s1', repo.root, 'Why does the importer drop the last row?');
  session('s2', side.root, 'Why does the exporter write the header twice?');
  await workOff();
  for (const tree of [repo, side])
    expect(subjects(tree)).toEqual([expect.stringContaining('chore(memory): record'), 'first']);
  expect(side.git('show', '--format=', '--name-only', 'HEAD')).toMatch(/exporter/);
  expect(repo.git('show', '--format=', '--name-only', 'HEAD')).toMatch(/importer/);
  expect(repo.status()).toBe('');
  expect(side.status()).toBe('');
});

it('takes the memories of a work tree that was deleted meanwhile into the outbox of its clone', async () => {
  const side = repo.worktree('agent/side');
  session('s2', side.root, 'Why does the exporter write the header twice?');
  repo.git('worktree', 'remove', '--force', side.root);
  repo.git('branch', '-q', '-D', 'agent/side');
  await workOff();
  expect(repo.git('show', '--format=', '--name-only', 'HEAD')).toMatch(/exporter/);
});

it('waits with a command’s publish while a session is inside a turn, unless it is asked to', async () => {
  repo.git('switch', '-q', '-c', 'feature');
  putMemory(placeOf(repo), 'one');
  append(repo.root, 's1', { type: 'prompt', prompt: 'a long piece of work', author: 'user' });
  await worker.cycle();
  now += 120_000;
  beat();
  const vault = openVaultHere({ env: env(), cwd: repo.root, clock: { now: () => now } });
  expect(await vault.publish({ now: false, atSessionEnd: false })).toMatchObject({
    held: 1,
    reason: 'session-in-turn',
  });
  expect(await vault.publish({ now: true, atSessionEnd: false })).toMatchObject({ committed: 1 });
  vault.close();
});

/** A turn is worked off a little after its end. */
async function workOff(): Promise<void> {
  now += 30_000;
  while ((await worker.cycle()).busy);
}

function paths() {
  return dataPaths(env());
}

function env(): Record<string, string> {
  return { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir, CLAUDE_MEM_PROVIDER: 'extractive' };
}

/** A live worker's heartbeat, of this very process. */
function beat(): void {
  mkdirSync(paths().home, { recursive: true });
  const self = { pid: process.pid, port: 0, token: 'x', startedAt: new Date(now).toISOString(), version: '0' };
  writeFileSync(paths().workerFile, JSON.stringify(self));
  utimesSync(paths().workerFile, now / 1000, now / 1000);
}

function session(id: string, root: string, question: string): void {
  append(root, id, { type: 'prompt', prompt: question, author: 'user' });
  const reply = `${question.replace('Why does', 'Because of a wrong bound').replace('?', '')}. The cause is in src/app.ts.`;
  append(root, id, { type: 'stop', reply });
  append(root, id, { type: 'session-end', reason: 'other' });
}

type Part = Partial<HookEvent> & Pick<HookEvent, 'type'>;

function append(root: string, sessionId: string, part: Part & Record<string, unknown>): void {
  const at = now + ++sequence;
  openSpool(paths().spool, paths().deadLetter).append({
    v: 1,
    id: `${at}-1-${String(sequence).padStart(8, '0')}`,
    at: new Date(at).toISOString(),
    sessionId,
    project: root,
    worktree: root,
    commonDir: join(repo.root, '.git'),
    account: '0'.repeat(16),
    accountKind: 'subscription',
    endpoint: 'https://api.anthropic.com',
    ...part,
  } as HookEvent);
}

function subjects(tree: TestRepo): string[] {
  return tree.git('log', '--format=%s').split('\n');
}

it('makes a push that was asked for as soon as the remote is back, and shows memories of branches as they come', async () => {
  const bare = addRemote(repo);
  repo.git('switch', '-q', '-c', 'feature');
  repo.git('push', '-q', '-u', 'origin', 'feature');
  const memory = putMemory(placeOf(repo), 'one');
  await publishIn(repo);
  session('s1', repo.root, 'Why does the importer drop the last row?');
  await workOff();
  repo.git('reset', '-q', '--hard', 'HEAD~1');
  renameSync(bare, `${bare}.away`);
  const vault = openVaultHere({ env: env(), cwd: repo.root, clock: { now: () => now } });
  expect(await vault.git.sync({ push: true })).toMatchObject({ state: 'offline' });
  await worker.cycle();
  renameSync(`${bare}.away`, bare);
  now += 61_000;
  await expect
    .poll(
      async () => {
        await worker.cycle();
        // The remote's branch moves before the clone notes it.
        return repo.git('ls-tree', '-r', '--name-only', 'origin/feature');
      },
      { timeout: 60_000 },
    )
    .toContain(memory);
  expect(repo.git('ls-remote', 'origin', 'feature')).toContain(repo.git('rev-parse', 'origin/feature'));
  vault.close();
});
