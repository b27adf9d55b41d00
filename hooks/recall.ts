// The session-start hook's answer: prints the block of memories as JSON, or nothing. It never fails a session.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openVaultHere } from '../src/app.ts';
import { toMemvaultError } from '../src/model/errors.ts';
import { appendReceipt, sessionFile } from '../src/inject/session-file.ts';
import { openLog } from '../src/system/log.ts';
import { dataPaths } from '../src/system/paths.ts';

const SOURCES = ['startup', 'resume', 'clear', 'compact', 'fork'] as const;
type Source = (typeof SOURCES)[number];

/** Reads the payload from standard input and answers as the host expects. */
export async function recall(env: NodeJS.ProcessEnv): Promise<void> {
  const clock = { now: () => Date.now() };
  const paths = dataPaths(env);
  try {
    const payload = JSON.parse(readFileSync(0, 'utf8')) as { session_id?: unknown; source?: unknown; cwd?: unknown };
    const sessionId = typeof payload.session_id === 'string' ? payload.session_id : randomBytes(8).toString('hex');
    const source = SOURCES.find((known) => known === payload.source) ?? ('startup' satisfies Source);
    const cwd = env['CLAUDE_PROJECT_DIR'] ?? (typeof payload.cwd === 'string' ? payload.cwd : process.cwd());
    const vault = openVaultHere({ cwd, env, projectDir: cwd, clock });
    try {
      const block = await vault.startBlock({ sessionId, source });
      if (block === undefined) return;
      process.stdout.write(
        JSON.stringify({
          ...(block.notice === undefined ? {} : { systemMessage: block.notice }),
          ...(block.text === ''
            ? {}
            : { hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: block.text } }),
        }),
      );
      if (block.announces !== undefined) vault.noteAnnounced(block.announces);
      if (block.text !== '') appendReceipt(sessionFile(paths.sessions, sessionId), block.receipt);
    } finally {
      vault.close();
    }
  } catch (error) {
    const { code, message } = toMemvaultError(error);
    openLog(join(paths.logs, 'hooks.log'), { level: 'info', clock }).error('recall failed', { code, message });
  }
}

process.exitCode = 0;
await recall(process.env);
