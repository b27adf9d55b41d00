// What the capture hook does with its input: parse, clean, spool; then see to it that a worker runs.

import { readCaptureRules } from '../system/capture-rules.ts';
import type { DataPaths } from '../system/paths.ts';
import { setRedactionPolicy } from '../system/redaction/policy.ts';
import { ensureWorker } from './ensure-worker.ts';
import type { WorkerStartResult } from './ensure-worker.ts';
import { isRecord, readString } from './fields.ts';
import { eventOrigin } from './origin.ts';
import { isOwnRun } from './own-run.ts';
import { parsePayload } from './payload.ts';
import { echoFile, forgetPrivateEcho, openPrivateEcho } from './private-echo.ts';
import { mindQuota } from './spool-quota.ts';
import { appendEvent } from './spool-writer.ts';

export interface RecordContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly paths: DataPaths;
  readonly home: string;
  /** Absolute path of `dist/hooks/record.cjs`. */
  readonly hookFile: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly pid: number;
  /** Draws so many hex characters. */
  readonly draw: (length: number) => string;
}

export type Recording =
  | { readonly recorded: string; readonly worker: WorkerStartResult }
  | { readonly ignored: string };

/** Records one payload. The event is in the spool before anything else is tried. Throws when the disk refuses it. */
export function record(input: string, context: RecordContext): Recording {
  let payload: unknown;
  try {
    payload = JSON.parse(input);
  } catch {
    return { ignored: 'not JSON' };
  }
  if (!isRecord(payload)) return { ignored: 'not a JSON object' };
  const { env, paths } = context;
  const cwd = readString(payload, 'cwd');
  if (isOwnRun(payload, { env, dataDir: paths.dataDir, project: env['CLAUDE_PROJECT_DIR'] || cwd || '' }))
    return { ignored: "memvault's own run" };
  const origin = eventOrigin({ ...context, cwd, dataDir: paths.dataDir });
  const sessionId = readString(payload, 'session_id');
  const rules = readCaptureRules({ ...origin, env, paths, home: context.home, sessionId });
  const heardFile = echoFile(paths.sessions, sessionId ?? '');
  if (rules.off !== undefined) {
    if (payload['hook_event_name'] === 'SessionEnd') forgetPrivateEcho(heardFile);
    return { ignored: rules.off };
  }
  setRedactionPolicy(rules.policy);
  const echo = openPrivateEcho(heardFile, context.draw);
  const root = origin.worktree ?? origin.project;
  const event = parsePayload(payload, origin, { echo, exclusion: rules.exclusion, root });
  if ('ignored' in event) return event;
  if (event.type === 'session-end') forgetPrivateEcho(heardFile);
  else echo.keep();
  appendEvent(paths.spool, event);
  const worker = ensureWorker(context);
  if (worker !== 'alive') mindQuota(context);
  return { recorded: event.id, worker };
}
