// The worker as a session has it: started, and watching one vault.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchEnv } from './child.ts';
import { indexFile } from './made-vault.ts';
import type { MadeVault } from './made-vault.ts';
import type { BenchContext } from './section.ts';

const PATIENCE_MS = 60_000;

export interface RunningWorker {
  /** The environment in which others find it. */
  readonly env: Readonly<Record<string, string>>;
  cpuMs(): number;
  rssMb(): number;
  stop(): Promise<void>;
}

/** Starts the built worker and makes it open the vault, as the first hook of a session would. */
export async function startWorker(context: BenchContext, vault: MadeVault): Promise<RunningWorker> {
  const env = {
    ...benchEnv(context),
    HOME: join(context.folder, `home-${vault.files}`),
    CLAUDE_PROJECT_DIR: vault.root,
    // Any free port; the page is what other processes ask.
    CLAUDE_MEM_PORT: '0',
  };
  const payload = {
    session_id: 'bench',
    cwd: vault.root,
    hook_event_name: 'UserPromptSubmit',
    prompt: 'What is slow?',
  };
  const hook = join(context.plugin, 'dist', 'hooks', 'record.cjs');
  spawnSync(context.node, [hook], { input: JSON.stringify(payload), env });
  const worker = spawn(context.node, [join(context.plugin, 'dist', 'worker.js')], { env, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  const beat = join(dirname(indexFile(vault)), 'questions', 'watching');
  await until(() => existsSync(beat), 'the worker never watched');
  return {
    env,
    cpuMs: () => cpuOf(worker.pid),
    rssMb: () => rssOf(worker.pid),
    async stop() {
      worker.kill('SIGTERM');
      await ended;
    },
  };
}

/** Waits until something is so; throws after a minute. */
export async function until(condition: () => boolean, fault = 'an edit never reached the index'): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(fault);
    await sleep(2);
  }
}

function cpuOf(pid: number | undefined): number {
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(13, 15).map(Number);
  // In hundredths of a second on every Linux.
  return (user + system) * 10;
}

function rssOf(pid: number | undefined): number {
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / 1e6;
}
