// How often the hook before a push publishes in time, and how long the agent's command waits for it.

import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { repositoryPlace } from '../../src/vault/place.ts';
import { openOutbox } from '../../src/vault/outbox.ts';
import { makeMemory } from './git-vault.ts';
import type { GitVault } from './git-vault.ts';

const LAUNCH = resolve(import.meta.dirname, '..', '..', 'dist', 'launch.cjs');
const TIMES = 12;

/** On a branch of a repository with a remote, `waiting` new memories each time. The vault's branch stays where it is. */
export function measureBeforePush({ root, env, git, memories }: GitVault, waiting: number): string {
  const branch = `push-${waiting}`;
  git('update-ref', 'refs/remotes/origin/main', 'main');
  git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  git('config', 'remote.origin.url', join(root, 'nowhere.git'));
  git('switch', '-q', '-c', branch);
  const outbox = openOutbox(repositoryPlace(root, join(root, '.git'), join(root, '.git')).stateDir);
  const times: number[] = [];
  const starts: number[] = [];
  let published = 0;
  for (let i = 0; i < TIMES; i++) {
    for (let n = 0; n < waiting; n++) outbox.put(makeMemory(memories.length + waiting * 10_000 + i * waiting + n));
    const before = git('rev-parse', 'HEAD');
    times.push(timeOf(() => push(root, env)));
    starts.push(timeOf(() => spawnSync(process.execPath, ['-e', '0'], { env })));
    // What was not published waits on, as it would.
    if (git('rev-parse', 'HEAD') !== before) published++;
  }
  git('switch', '-q', 'main');
  git('remote', 'remove', 'origin');
  const [p50, p95] = [0.5, 0.95].map((part) => Math.round(quantile(times, part)));
  const node = Math.round(quantile(starts, 0.5));
  return `${published} of ${TIMES} in time, ${p50} / ${p95} ms (\`node -e 0\`: ${node})`;
}

function push(root: string, env: Readonly<Record<string, string>>): void {
  const payload = { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: 'git push' }, cwd: root };
  const done = spawnSync(process.execPath, [LAUNCH, 'before-push'], {
    input: JSON.stringify(payload),
    cwd: root,
    env: { ...env, CLAUDE_PROJECT_DIR: root },
    encoding: 'utf8',
  });
  if (done.status !== 0 || done.stdout !== '' || done.stderr !== '')
    throw new Error(`the hook ended with ${done.status}: ${done.stdout}${done.stderr}`);
}

function timeOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
