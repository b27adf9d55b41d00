// Examines the worker: whether one lives, hangs, or left its file behind, and what it last complained of.

import { existsSync, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '../../system/lock.ts';
import type { DataPaths } from '../../system/paths.ts';
import { VERSION } from '../../system/version.ts';
import { readWorkerFile } from '../../system/worker-file.ts';
import type { Finding } from '../finding.ts';

/** Complaints that are older than this are history. */
const RECENT_MS = 3_600_000;

/** `now` in milliseconds since the epoch. */
export function examineWorker(paths: DataPaths, now: number): readonly Finding[] {
  return [examineLife(paths, now), ...examineLock(paths), ...examineComplaint(paths, now), ...examineFallbacks(paths)];
}

function examineLife(paths: DataPaths, now: number): Finding {
  const worker = readWorkerFile(paths.workerFile, now);
  if (worker !== undefined && worker.version !== VERSION)
    return {
      part: 'worker',
      state: 'remark',
      text: `running, pid ${worker.pid}, but of version ${worker.version}; this is ${VERSION}`,
      wayOut: 'Run `memvault worker stop`; the next session starts the new one.',
    };
  if (worker !== undefined)
    return { part: 'worker', state: 'good', text: `running, pid ${worker.pid}, version ${worker.version}` };
  if (isHeld(paths.workerLock))
    return {
      part: 'worker',
      state: 'fault',
      text: `one holds the lock but shows no sign of life${pidIn(paths.workerFile)}: it hangs or was stopped`,
      wayOut:
        'Events wait meanwhile. Continue it (`kill -CONT <pid>`) or end it (`kill <pid>`); the next session starts another.',
    };
  if (existsSync(paths.workerFile))
    return {
      part: 'worker',
      state: 'remark',
      text: 'not running; one that died left its file behind',
      wayOut: 'Nothing to do: hooks see by its age that nobody is there.',
      fix: {
        does: 'removes that file',
        run() {
          rmSync(paths.workerFile, { force: true, recursive: true });
          return 'the file of the dead worker removed';
        },
      },
    };
  return { part: 'worker', state: 'good', text: 'not running; it starts by itself with the next session' };
}

function isHeld(file: string): boolean {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  try {
    const lock = takeLock(file, 0);
    lock?.release();
    return lock === undefined;
  } catch {
    return false;
  }
}

function pidIn(workerFile: string): string {
  try {
    const { pid } = JSON.parse(readFileSync(workerFile, 'utf8')) as { pid?: unknown };
    return typeof pid === 'number' ? ` (pid ${pid})` : '';
  } catch {
    return '';
  }
}

/** Something that is no file stands where the lock belongs; the next worker moves it aside. */
function examineLock(paths: DataPaths): readonly Finding[] {
  const stat = lstatSync(paths.workerLock, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile()) return [];
  return [
    {
      part: 'worker',
      state: 'remark',
      text: `${paths.workerLock} is no file; the next worker moves it aside`,
      fix: {
        does: 'moves it aside',
        run() {
          renameSync(paths.workerLock, `${paths.workerLock}.broken`);
          return `${paths.workerLock} is now ${paths.workerLock}.broken`;
        },
      },
    },
  ];
}

interface LogLine {
  readonly at?: string;
  readonly level?: string;
  readonly message?: string;
  readonly detail?: string;
  readonly fallbackReason?: string;
}

/** The worker's last error, when it is fresh. */
function examineComplaint(paths: DataPaths, now: number): readonly Finding[] {
  const errors = readLog(paths).filter(
    ({ level, at }) => level === 'error' && Math.abs(now - Date.parse(at ?? '')) < RECENT_MS,
  );
  const last = errors.at(-1);
  if (last === undefined) return [];
  const minutes = Math.max(0, Math.floor((now - Date.parse(last.at ?? '')) / 60_000));
  return [
    {
      part: 'worker',
      state: 'remark',
      text: `${minutes} minutes ago: ${last.message ?? ''}${last.detail === undefined ? '' : `: ${last.detail}`}`,
      wayOut: 'Run `memvault worker logs` for all of it. Nothing is lost: what failed is tried again.',
    },
  ];
}

/** The newest reasons why another compressor than the wanted one answered. */
function examineFallbacks(paths: DataPaths): readonly Finding[] {
  const reasons = readLog(paths).flatMap(({ fallbackReason }) => fallbackReason ?? []);
  const last = reasons.at(-1);
  if (last === undefined) return [];
  return [
    {
      part: 'compression',
      state: 'remark',
      text: `by rules for the last ${reasons.length === 1 ? 'batch' : `${reasons.length} batches`}: ${last}`,
      wayOut: 'Run `memvault config get provider`, or set api.key.',
    },
  ];
}

function readLog(paths: DataPaths): readonly LogLine[] {
  let text: string;
  try {
    text = readFileSync(join(paths.logs, 'worker.log'), 'utf8');
  } catch {
    // No worker has run yet.
    return [];
  }
  return text
    .trimEnd()
    .split('\n')
    .slice(-500)
    .flatMap((line) => {
      try {
        const value: unknown = JSON.parse(line);
        return typeof value === 'object' && value !== null ? [value] : [];
      } catch {
        return [];
      }
    });
}
