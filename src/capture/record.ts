// What the capture hook does with its input: parse, clean, spool; then see to it that a worker runs.

import type { DataPaths } from '../system/paths.ts';
import { ensureWorker } from './ensure-worker.ts';
import type { WorkerStartResult } from './ensure-worker.ts';
import { isRecord, readString } from './fields.ts';
import { eventOrigin } from './origin.ts';
import { isOwnRun } from './own-run.ts';
import { parsePayload } from './payload.ts';
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
  const event = parsePayload(payload, origin);
  if ('ignored' in event) return event;
  appendEvent(paths.spool, event);
  const worker = ensureWorker(context);
  if (worker !== 'alive') mindQuota(context);
  return { recorded: event.id, worker };
}
