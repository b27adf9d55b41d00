// Makes sure that a worker runs: looks at its heartbeat, and starts one detached when there is none.

import { closeSync, mkdirSync, openSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadChildProcess } from '../system/builtin.ts';
import { knowsNoNode } from '../system/node-search.ts';
import type { DataPaths } from '../system/paths.ts';
import { isWorkerAlive } from '../system/worker-file.ts';

export interface WorkerStart {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: DataPaths;
  /** Absolute path of `dist/hooks/record.cjs`; `launch.cjs` stands one folder above. */
  readonly hookFile: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** At most one attempt in this time, whoever makes it. */
const ATTEMPT_MS = 5000;

/** What was done: `alive`: nothing to do; `recent`: somebody tried a moment ago; `off`: not wanted, or not possible. */
export type WorkerStartResult = 'alive' | 'recent' | 'off' | 'started';

/** Starts a worker when none runs. Never waits for it. */
export function ensureWorker(start: WorkerStart): WorkerStartResult {
  if (start.env['CLAUDE_MEM_NO_WORKER'] === '1') return 'off';
  if (isWorkerAlive(start.paths.workerFile, start.now)) return 'alive';
  if (knowsNoNode(start.paths.nodeFile, start.now)) return 'off';
  if (!claimAttempt(start.paths.startMark, start.now)) return 'recent';
  const child = loadChildProcess().spawn(
    process.execPath,
    [join(dirname(dirname(start.hookFile)), 'launch.cjs'), 'worker'],
    {
      cwd: start.paths.home,
      detached: true,
      stdio: 'ignore',
      env: start.env,
      windowsHide: true,
    },
  );
  // Without a listener a failed spawn would end this process with an error.
  child.on('error', () => {});
  child.unref();
  return 'started';
}

/** Marks the attempt by the time of a file. Two hooks in the same instant may both get it: the worker's own lock decides then. */
function claimAttempt(file: string, now: number): boolean {
  const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  if (made !== undefined && Math.abs(now - made) < ATTEMPT_MS) return false;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  utimesSync(file, now / 1000, now / 1000);
  return true;
}
