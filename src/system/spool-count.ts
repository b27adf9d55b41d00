// Counts what waits in the spool and the dead letters, without reading an event.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readDrops } from './drops.ts';
import type { DropCount } from './drops.ts';
import type { DataPaths } from './paths.ts';

export interface SpoolCount {
  /** Events that nobody has claimed yet. */
  readonly waiting: number;
  /** Waiting and claimed ones. */
  readonly events: number;
  readonly deadLetters: number;
  /** Events that were dropped on purpose, by reason. */
  readonly drops: readonly DropCount[];
}

export function countSpool(paths: DataPaths): SpoolCount {
  const waiting = count(join(paths.spool, 'new'));
  return {
    waiting,
    events: waiting + count(join(paths.spool, 'cur')),
    deadLetters: count(paths.deadLetter),
    drops: readDrops(paths.dropsFile),
  };
}

function count(folder: string): number {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json')).length;
  } catch {
    // Nothing was ever put there.
    return 0;
  }
}
