// Runs processes for the bench and reads what they print.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Measured } from './measure.ts';
import type { BenchContext } from './section.ts';

/** An environment in which nothing of the user's own is read or written. */
export function benchEnv(context: BenchContext): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: join(context.folder, 'home'),
    CLAUDE_MEM_NO_WORKER: '1',
    CLAUDE_MEM_PROVIDER: 'extractive',
    GIT_CONFIG_NOSYSTEM: '1',
    NODE_NO_WARNINGS: '1',
  };
}

/** Does a task of `measure.ts` on a vault, in a fresh process. */
export function measure<Task extends keyof Measured>(context: BenchContext, task: Task, root: string): Measured[Task] {
  const script = join(import.meta.dirname, 'measure.ts');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the task prints
  return JSON.parse(
    execFileSync(context.node, [script, task, root], {
      env: benchEnv(context),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    }),
  ) as Measured[Task];
}
