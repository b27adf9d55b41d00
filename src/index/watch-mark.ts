// A mark beside the index by which the process that watches the files says: at this moment the index had all that I saw.

import { closeSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';
import type { ChangeFeed } from './file-source.ts';

/** Says so for now. A folder that cannot be written leaves the others to look for themselves. */
export function markWatched(mark: string, now: number): void {
  const time = new Date(now);
  try {
    utimesSync(mark, time, time);
  } catch {
    try {
      closeSync(openSync(mark, 'w', 0o600));
      utimesSync(mark, time, time);
    } catch {
      // Nobody is deceived: without the mark every process looks at the files.
    }
  }
}

/** Takes the word back: something changed, or nobody watches any more. */
export function unmarkWatched(mark: string): void {
  rmSync(mark, { force: true });
}

/**
 * What a process knows that relies on the mark: that nothing changed, while it is younger than `maxAgeMs`; else nothing. Whoever
 * watches has put every change before it into the index.
 */
export function followMark(mark: string, now: () => number, maxAgeMs: number): ChangeFeed {
  return {
    take: () => (isMarked(mark, now(), maxAgeMs) ? NOTHING : undefined),
    putBack: () => undefined,
    forget: () => undefined,
  };
}

const NOTHING: ReadonlySet<string> = new Set();

function isMarked(mark: string, now: number, maxAgeMs: number): boolean {
  const stats = statSync(mark, { throwIfNoEntry: false });
  const age = stats === undefined ? Number.NaN : now - stats.mtimeMs;
  // A worker's clock and ours are the same; a little before it is the time that passed since `now` was asked.
  return age > -maxAgeMs && age < maxAgeMs;
}
