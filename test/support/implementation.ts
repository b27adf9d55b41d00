// What the convergence and race tests drive: memvault in this process, or any command for commit and sync that the environment names.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Memory } from '../../src/model/memory.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { pruneOutbox } from '../../src/vault/git/publish.ts';
import { openOutbox } from '../../src/vault/outbox.ts';
import type { TestRepo } from './git.ts';
import { placeOf, publishIn } from './publishing.ts';

/**
 * COMMIT_COMMAND commits waiting memories in the working directory (`memvault publish --now`), SYNC_COMMAND pushes them
 * (`memvault sync --push`). With PUT_IN=worktree memories are plain files of the work tree before they are committed.
 */
const { COMMIT_COMMAND, SYNC_COMMAND, PUT_IN } = process.env;

/** Gives a clone a new memory, not committed yet; gives its path from the top. */
export function give(repo: TestRepo, memory: Memory): string {
  if (PUT_IN !== 'worktree') return `.claude-mem/${openOutbox(placeOf(repo).stateDir).put(memory)}`;
  const path = `.claude-mem/${memoryPath(memory)}`;
  mkdirSync(dirname(join(repo.root, path)), { recursive: true });
  writeFileSync(join(repo.root, path), serializeMemory(memory));
  return path;
}

export async function commitMemories(repo: TestRepo): Promise<void> {
  if (COMMIT_COMMAND !== undefined) return runShell(repo, COMMIT_COMMAND);
  await publishIn(repo, { now: true });
  await pruneOutbox(placeOf(repo), { env: { PATH: repo.env['PATH'], HOME: repo.home } });
}

/** Pushes what is ahead; false when the remote has moved meanwhile. */
export function pushMemories(repo: TestRepo): boolean {
  if (SYNC_COMMAND === undefined) return repo.tryGit('push', '-q', 'origin', 'HEAD').code === 0;
  runShell(repo, SYNC_COMMAND);
  repo.git('fetch', '-q');
  return repo.git('rev-list', '--count', '@{upstream}..HEAD') === '0';
}

function runShell(repo: TestRepo, command: string): void {
  const done = spawnSync(command, {
    shell: true,
    cwd: repo.root,
    env: { ...process.env, ...repo.env },
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`${command} → ${done.status}: ${done.stderr}`);
}
