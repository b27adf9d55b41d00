// The session-start hook's answer: prints the block of memories as JSON, or nothing. It never fails a session.

import { readFileSync, writeSync } from 'node:fs';
import type { StartBlock } from '../src/app/start-block.ts';
import type { ForkStart } from '../src/inject/fork-parent.ts';
import { askAhead } from '../src/vault/git/asked-ahead.ts';
import { START_WAIT_MS } from '../src/vault/git/work-state.ts';

const SOURCES = ['startup', 'resume', 'clear', 'compact', 'fork'] as const;
type Source = (typeof SOURCES)[number];
/** What goes on has been told already. */
const GOES_ON: readonly Source[] = ['resume', 'fork'];

/** Reads the payload from standard input and answers as the host expects. While Git looks at the work tree, the rest is loaded. */
async function recall(env: NodeJS.ProcessEnv): Promise<void> {
  const payload = readPayload();
  const sessionId = typeof payload.session_id === 'string' ? payload.session_id : `${process.pid}-${Date.now()}`;
  const source = SOURCES.find((known) => known === payload.source) ?? ('startup' satisfies Source);
  const projectDir = env['CLAUDE_PROJECT_DIR'] || (typeof payload.cwd === 'string' ? payload.cwd : process.cwd());
  const ahead = GOES_ON.includes(source) ? undefined : askAhead(projectDir, { env, timeoutMs: START_WAIT_MS });
  const { startSession } = await import('../src/app/session-start.ts');
  const clock = { now: () => Date.now() };
  const fork = source === 'fork' ? readFork(payload) : undefined;
  await startSession({ sessionId, source }, { env, projectDir, clock, ahead, fork }, (block) => {
    writeSync(1, answerOf(block));
  });
}

type Payload = Readonly<
  Partial<Record<'session_id' | 'source' | 'cwd' | 'transcript_path' | 'seconds_since_last_response', unknown>>
>;

function readPayload(): Payload {
  try {
    return (JSON.parse(readFileSync(0, 'utf8')) ?? {}) as Payload;
  } catch {
    return {};
  }
}

function readFork(payload: Payload): ForkStart | undefined {
  const { transcript_path: transcriptPath, seconds_since_last_response: secondsSinceLastResponse } = payload;
  return typeof transcriptPath === 'string' && typeof secondsSinceLastResponse === 'number'
    ? { transcriptPath, secondsSinceLastResponse }
    : undefined;
}

function answerOf({ notice, text }: StartBlock): string {
  return JSON.stringify({
    systemMessage: notice,
    ...(text === '' ? {} : { hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: text } }),
  });
}

process.exitCode = 0;
// Everything is written by then, and taking this process apart would cost the person some milliseconds more.
void recall(process.env)
  .catch(() => undefined)
  .finally(() => process.exit(0));
