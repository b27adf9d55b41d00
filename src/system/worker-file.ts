// The worker's file: who runs, on which port; its time of change is the heartbeat that hooks look at.

import { readFileSync, statSync } from 'node:fs';

/** How often the worker touches its file. */
export const HEARTBEAT_MS = 3000;
/** A file that was not touched for so long belongs to a dead worker. */
export const STALE_MS = 15_000;

export interface WorkerFile {
  readonly pid: number;
  readonly port: number;
  /** The viewer's token; the file is 0600. */
  readonly token: string;
  /** UTC. */
  readonly startedAt: string;
  readonly version: string;
  /** When its process began, in the system's own count: another process that got the same number later has another. */
  readonly born?: string;
}

/** The file of a live worker; undefined when there is none, it is not readable, or its worker is dead. `now` in milliseconds. */
export function readWorkerFile(file: string, now: number): WorkerFile | undefined {
  try {
    const age = Math.abs(now - statSync(file).mtimeMs);
    if (age >= STALE_MS) return undefined;
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isWorkerFile(parsed) && isProcessAlive(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a worker runs: its file was touched within STALE_MS and its process exists. `now` in milliseconds. */
export function isWorkerAlive(file: string, now: number): boolean {
  return readWorkerFile(file, now) !== undefined;
}

function isWorkerFile(value: unknown): value is WorkerFile {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof WorkerFile, unknown>>;
  return (
    typeof fields.pid === 'number' &&
    Number.isInteger(fields.pid) &&
    fields.pid > 0 &&
    typeof fields.port === 'number' &&
    typeof fields.token === 'string' &&
    typeof fields.startedAt === 'string' &&
    typeof fields.version === 'string' &&
    (fields.born === undefined || typeof fields.born === 'string')
  );
}

function isProcessAlive({ pid, born }: WorkerFile): boolean {
  try {
    process.kill(pid, 0);
    const state = readProcess(pid);
    return state === undefined || (!state.isZombie && (born === undefined || born === state.born));
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** When a process began, as `born` tells it; undefined where the system does not say. */
export function processBirth(pid: number): string | undefined {
  return readProcess(pid)?.born;
}

/**
 * What Linux tells of a process (proc(5), `/proc/<pid>/stat`): a killed one that nobody has buried yet answers to signals, in
 * containers for seconds or for ever; and the number of a dead one is given to another some day.
 */
function readProcess(pid: number): { readonly isZombie: boolean; readonly born: string } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name before may hold spaces and brackets; the state is the third field, the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { isZombie: fields[0] === 'Z', born: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
