// The hook before the agent's own `git push` or `gh pr create`: commits what waits, quickly or not at all. It never fails a session.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openVaultHere } from '../src/app.ts';
import { isPushCommand } from '../src/capture/push-command.ts';
import { toMemvaultError } from '../src/model/errors.ts';
import { openLog } from '../src/system/log.ts';
import { dataPaths } from '../src/system/paths.ts';

/**
 * From the start of the process until the index is touched, in milliseconds: what follows takes some 50 more, and the agent's
 * command waits for all of it.
 */
const BUDGET_MS = 230;

/** Reads the payload from standard input; prints nothing, so the host decides about the command as if nobody had asked. */
export async function publishBeforePush(env: NodeJS.ProcessEnv, startedAt: number): Promise<void> {
  const clock = { now: () => Date.now() };
  const log = openLog(join(dataPaths(env).logs, 'hooks.log'), { level: 'info', clock });
  try {
    const payload = JSON.parse(readFileSync(0, 'utf8')) as { tool_input?: { command?: unknown }; cwd?: unknown };
    const command = payload.tool_input?.command;
    if (typeof command !== 'string' || !isPushCommand(command)) return;
    const cwd = env['CLAUDE_PROJECT_DIR'] ?? (typeof payload.cwd === 'string' ? payload.cwd : process.cwd());
    const vault = openVaultHere({ cwd, env, projectDir: cwd, clock, log });
    try {
      if (vault.place.kind !== 'repository' || vault.outbox.list().length === 0) return;
      const beforePushUntil = startedAt + BUDGET_MS;
      const done = await vault.publish({ now: false, atSessionEnd: false, beforePushUntil });
      log.info('published before a push', { ...done, ms: Math.round(clock.now() - startedAt) });
    } finally {
      vault.close();
    }
  } catch (error) {
    const { code, message } = toMemvaultError(error);
    log.error('nothing published before a push', { code, message });
  }
}

await publishBeforePush(process.env, performance.timeOrigin);
process.exitCode = 0;
