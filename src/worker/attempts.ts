// How often each batch has failed in this worker's life and when it may be tried again; after the last try its events become dead letters.

/** Pauses in milliseconds after the first, second … failure; the failure after the last of them is final. */
const PAUSES_MS = [5_000, 30_000, 120_000, 600_000] as const;

export interface Attempts {
  /** Whether the batch is not in a pause. */
  mayTry(batchId: string, now: number): boolean;
  /** Notes one more failure and says whether it was the last. */
  fail(batchId: string, now: number): { readonly last: boolean };
  forget(batchId: string): void;
}

export function countAttempts(): Attempts {
  const failures = new Map<string, { count: number; notBefore: number }>();
  return {
    mayTry: (batchId, now) => (failures.get(batchId)?.notBefore ?? 0) <= now,
    fail(batchId, now) {
      const count = (failures.get(batchId)?.count ?? 0) + 1;
      const pause = PAUSES_MS[count - 1];
      failures.set(batchId, { count, notBefore: now + (pause ?? 0) });
      return { last: pause === undefined };
    },
    forget: (batchId) => void failures.delete(batchId),
  };
}
