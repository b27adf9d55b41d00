// What the clone knows of its remote: when it was reached last, what failed since, and what is to be done as soon as it answers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../system/atomic-file.ts';

export interface OfflineState {
  /** Seconds since the epoch of the last sync that reached the remote. */
  readonly reachedAt?: number;
  /** How many tries failed since. */
  readonly failures: number;
  /** Seconds since the epoch before which nobody tries by himself. */
  readonly nextTryAt: number;
  /** Why the last try failed. */
  readonly error?: string;
  /** A push that was asked for and waits: full refs of local branches. */
  readonly pushes: readonly string[];
  /** Remote-tracking refs whose branch the remote does not have any more. */
  readonly gone: readonly string[];
}

const REACHED: OfflineState = { failures: 0, nextTryAt: 0, pushes: [], gone: [] };
const FIRST_PAUSE_S = 60;
const LONGEST_PAUSE_S = 6 * 60 * 60;

/** The state of a clone; as if everything were well when there is none. */
export function readOffline(stateDir: string): OfflineState {
  try {
    const parsed: unknown = JSON.parse(readFileSync(fileOf(stateDir), 'utf8'));
    return isOffline(parsed) ? parsed : REACHED;
  } catch {
    return REACHED;
  }
}

export function writeOffline(stateDir: string, state: OfflineState): void {
  writeFileAtomic(fileOf(stateDir), `${JSON.stringify(state)}\n`);
}

/** The state after a try that failed: one minute of pause, doubled each time, six hours at most. Pure. */
export function afterFailure(state: OfflineState, error: string, nowSeconds: number): OfflineState {
  const failures = state.failures + 1;
  const pause = Math.min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (failures - 1));
  return { ...state, failures, error, nextTryAt: nowSeconds + pause };
}

/** The state after a try that reached the remote. Pure. */
export function afterSuccess(state: OfflineState, gone: readonly string[], nowSeconds: number): OfflineState {
  return { reachedAt: nowSeconds, failures: 0, nextTryAt: 0, pushes: state.pushes, gone };
}

function fileOf(stateDir: string): string {
  return join(stateDir, 'remote.json');
}

function isOffline(value: unknown): value is OfflineState {
  if (typeof value !== 'object' || value === null) return false;
  const { failures, nextTryAt, pushes, gone } = value as Partial<Record<keyof OfflineState, unknown>>;
  return typeof failures === 'number' && typeof nextTryAt === 'number' && isTexts(pushes) && isTexts(gone);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
