// The hook before the agent's own `git push` or `gh pr create`: commits what waits, quickly or not at all. It never fails a session.

import { readFileSync } from 'node:fs';
import { pushFolders } from '../src/capture/push-command.ts';

/**
 * From the start of the process until the index is touched, in milliseconds: what follows takes some 50 more, and the agent's
 * command waits for all of it.
 */
const BUDGET_MS = 230;
/** Who has not come so far by then is broken off. */
const GIVE_UP_MS = 270;

/**
 * Reads the payload from standard input; prints nothing, so the host decides about the command as if nobody had asked. The client
 * asks before other commands too (all with `$(…)` in them): those load nothing.
 */
async function publishBeforePush(env: NodeJS.ProcessEnv, startedAt: number): Promise<void> {
  const payload = readPayload();
  const command = payload.tool_input?.command;
  const cwd = typeof payload.cwd === 'string' ? payload.cwd : process.cwd();
  const folders = typeof command === 'string' ? pushFolders(command, cwd) : [];
  if (folders.length === 0) return;
  let mayEnd = true;
  // On a busy machine a command of git takes its time: nothing of the user's is touched yet, so nothing needs an end.
  setTimeout(() => mayEnd && process.exit(0), Math.max(1, startedAt + GIVE_UP_MS - Date.now())).unref();
  const { publishWhereItPushes } = await import('../src/app/before-push.ts');
  const projectDir = env['CLAUDE_PROJECT_DIR'] || cwd;
  const until = startedAt + BUDGET_MS;
  await publishWhereItPushes(folders, { projectDir, env, startedAt, until, onTouch: () => void (mayEnd = false) });
}

function readPayload(): { readonly tool_input?: { readonly command?: unknown }; readonly cwd?: unknown } {
  try {
    return (JSON.parse(readFileSync(0, 'utf8')) ?? {}) as ReturnType<typeof readPayload>;
  } catch {
    return {};
  }
}

void publishBeforePush(process.env, performance.timeOrigin).then(() => {
  process.exitCode = 0;
});
