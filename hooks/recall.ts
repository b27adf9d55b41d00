// The session-start hook's answer: prints the block of memories as JSON, or nothing. It never fails a session.

import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startSession } from '../src/app/session-start.ts';
import type { StartBlock } from '../src/app/start-block.ts';
import { toMemvaultError } from '../src/model/errors.ts';
import { appendReceipt, inheritGiven, sessionFile } from '../src/inject/session-file.ts';
import { openLog } from '../src/system/log.ts';
import { dataPaths } from '../src/system/paths.ts';
import type { DataPaths } from '../src/system/paths.ts';

const SOURCES = ['startup', 'resume', 'clear', 'compact', 'fork'] as const;
type Source = (typeof SOURCES)[number];

type Payload = Readonly<
  Partial<Record<'session_id' | 'source' | 'cwd' | 'transcript_path' | 'seconds_since_last_response', unknown>>
>;

/** Reads the payload from standard input and answers as the host expects. */
async function recall(env: NodeJS.ProcessEnv): Promise<void> {
  const clock = { now: () => Date.now() };
  const paths = dataPaths(env);
  try {
    const payload = JSON.parse(readFileSync(0, 'utf8')) as Payload;
    const sessionId = typeof payload.session_id === 'string' ? payload.session_id : `${process.pid}-${clock.now()}`;
    const source = SOURCES.find((known) => known === payload.source) ?? ('startup' satisfies Source);
    const projectDir = env['CLAUDE_PROJECT_DIR'] || (typeof payload.cwd === 'string' ? payload.cwd : process.cwd());
    await startSession({ sessionId, source }, { env, projectDir, clock }, (block) => {
      writeSync(1, answerOf(block));
      if (block.text !== '') appendReceipt(sessionFile(paths.sessions, sessionId), block.receipt);
    });
    if (source === 'fork') await takeOver(payload, sessionFile(paths.sessions, sessionId), paths);
  } catch (error) {
    const { code, message } = toMemvaultError(error);
    openLog(join(paths.logs, 'hooks.log'), { level: 'info', clock }).error('recall failed', { code, message });
  }
}

/** What the session before the fork was given stands in the conversation: it is not given again. */
async function takeOver(payload: Payload, file: string, paths: DataPaths): Promise<void> {
  const { transcript_path: transcriptPath, seconds_since_last_response: secondsSinceLastResponse } = payload;
  if (typeof transcriptPath !== 'string' || typeof secondsSinceLastResponse !== 'number') return;
  const { findForkParent } = await import('../src/inject/fork-parent.ts');
  const parent = findForkParent({ transcriptPath, secondsSinceLastResponse, now: Date.now() });
  if (parent !== undefined) inheritGiven(file, sessionFile(paths.sessions, parent));
}

function answerOf({ notice, text }: StartBlock): string {
  return JSON.stringify({
    systemMessage: notice,
    ...(text === '' ? {} : { hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: text } }),
  });
}

process.exitCode = 0;
// Everything is written by then, and taking this process apart would cost the person some milliseconds more.
void recall(process.env).finally(() => process.exit(0));
