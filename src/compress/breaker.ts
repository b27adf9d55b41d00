// The breaker: after failures one after the other an endpoint is left alone for a while, and longer each time.

export interface Breaker {
  /** Milliseconds since the epoch until which the endpoint is left alone; undefined when it may be asked. */
  closedUntil(endpoint: string, now: number): number | undefined;
  succeed(endpoint: string): void;
  /** Notes a failure; `retryAfterMs` is what the server asked for. */
  fail(endpoint: string, now: number, retryAfterMs?: number): void;
}

/** So many failures in a row leave an endpoint alone. */
const MOST_FAILURES = 3;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

export function createBreaker(): Breaker {
  const states = new Map<string, { failures: number; until: number }>();
  return {
    closedUntil(endpoint, now) {
      const until = states.get(endpoint)?.until ?? 0;
      return until > now ? until : undefined;
    },
    succeed: (endpoint) => void states.delete(endpoint),
    fail(endpoint, now, retryAfterMs = 0) {
      const failures = (states.get(endpoint)?.failures ?? 0) + 1;
      const beyond = failures - MOST_FAILURES;
      const pause = beyond < 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(beyond, 10));
      states.set(endpoint, { failures, until: now + Math.max(pause, Math.min(retryAfterMs, LONGEST_PAUSE_MS)) });
    },
  };
}
