// What a watch told since the index last took it: the feed of one vault's index.

import type { ChangeFeed } from '../index/file-source.ts';

export interface ChangeLog extends ChangeFeed {
  note(path: string): void;
  /** How many paths wait; infinitely many when it is not known which. */
  count(): number;
  /** Whether every change since the last `take` is known by its path. */
  isKnown(): boolean;
}

/** More paths at once are a checkout: to look at everything is no dearer, and finds what a full queue of events lost. */
const MANY = 500;

/** Begins with knowing nothing: the first `take` says that everything must be looked at. */
export function createChangeLog(): ChangeLog {
  let paths: Set<string> | undefined;
  let taken: ReadonlySet<string> | undefined;
  return {
    note(path) {
      paths?.add(path);
      if (paths !== undefined && paths.size > MANY) paths = undefined;
    },
    count: () => paths?.size ?? Number.POSITIVE_INFINITY,
    isKnown: () => paths !== undefined,
    take() {
      taken = paths;
      paths = new Set();
      return taken;
    },
    putBack() {
      if (taken === undefined || paths === undefined) paths = undefined;
      else for (const path of taken) paths.add(path);
    },
    forget() {
      paths = undefined;
    },
  };
}
