// Keeps a long-lived process small: V8 takes memory rather than time, and gives it back only when it is told to.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface HeapLimit {
  /** To be called when nothing waits for this process: collects garbage where the process has grown above its limit. */
  keep(): void;
}

/** A limit in bytes of resident memory. What is really in use stays: then the limit moves up with it. */
export function createHeapLimit(limit: number): HeapLimit {
  let bound = limit;
  let collect: Collect | undefined;
  return {
    keep() {
      if (process.memoryUsage.rss() <= bound) return;
      collect ??= exposeCollect();
      // The ordinary way keeps the pages of the heap for later; this one gives them back.
      collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
      bound = Math.max(limit, process.memoryUsage.rss() * GROWTH);
    },
  };
}

const GROWTH = 1.1;

type Collect = (options: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void;

function exposeCollect(): Collect {
  setFlagsFromString('--expose-gc');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the flag puts into every new context
  return runInNewContext('gc') as Collect;
}
