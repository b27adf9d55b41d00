// Starts the worker as a process of its own, by way of the launcher that finds a new enough Node.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from './templates.ts';

/** Does not wait: whoever needs the worker looks at its heartbeat. A second worker ends by itself. */
export function startWorker(env: Readonly<Record<string, string | undefined>>): void {
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'launch.cjs'), 'worker'], {
    detached: true,
    stdio: 'ignore',
    env: { ...env },
  });
  // A failed start shows in the heartbeat, not here.
  child.on('error', () => undefined);
  child.unref();
}
