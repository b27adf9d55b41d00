// The written record of events that were dropped on purpose: counts and reasons, never what they said.

import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Drop {
  /** UTC. */
  readonly at: string;
  readonly sessionId: string;
  readonly eventIds: readonly string[];
  readonly reason: string;
}

/** Appends one line to `<home>/drops.jsonl`. */
export function recordDrop(file: string, drop: Drop): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, `${JSON.stringify(drop)}\n`, { mode: 0o600 });
}
