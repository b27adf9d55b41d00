// How often each batch has failed in this worker's life and when it may be tried again; after the last try its events become dead letters.

import type { ErrorCode } from '../model/errors.ts';
import type { Batch } from '../model/turn.ts';

/** Pauses in milliseconds after the first, second … failure; the failure after the last of them is final. */
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000] as const;

/** What is no fault of the batch: a full disk, a lock. However often it fails by these, it waits until they are over. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['unavailable', 'busy', 'held', 'conflict']);

/** What is needed to cut the same batch again. */
export interface FailedBatch extends Pick<Batch, 'id' | 'eventIds' | 'close' | 'project'> {
  /** Its answer or its memories are in the journal: its events must stay as they are. */
  readonly isJournaled: boolean;
}

export interface Attempts {
  /** Whether the batch is not in a pause. */
  mayTry(batchId: string, now: number): boolean;
  /** Notes one more failure and says whether it was the last. */
  fail(batch: FailedBatch, code: ErrorCode, now: number): { readonly last: boolean };
  forget(batchId: string): void;
  /** The batches that failed and were not given up: they are tried again as they were, whatever their sessions go on to do. */
  failed(): readonly FailedBatch[];
}

export function countAttempts(): Attempts {
  const failures = new Map<string, { batch: FailedBatch; count: number; notBefore: number }>();
  return {
    // A clock that was set back must not make a pause longer than the longest.
    mayTry(batchId, now) {
      const wait = (failures.get(batchId)?.notBefore ?? now) - now;
      return wait <= 0 || wait > PAUSES_MS[3];
    },
    fail({ id, eventIds, close, project, isJournaled }, code, now) {
      const passes = PASSING.has(code);
      const count = Math.min((failures.get(id)?.count ?? 0) + 1, passes ? PAUSES_MS.length : PAUSES_MS.length + 1);
      const pause = PAUSES_MS[count - 1];
      failures.set(id, { batch: { id, eventIds, close, project, isJournaled }, count, notBefore: now + (pause ?? 0) });
      return { last: pause === undefined };
    },
    forget: (batchId) => void failures.delete(batchId),
    failed: () => [...failures.values()].map(({ batch }) => batch),
  };
}
