// How a memory stands at this moment: whether it may be shown unasked, who wrote it, and whether its code is still the same.

import type { MemoryId } from './memory.ts';

/** Whether the files that a memory speaks of are what the agent saw; `unknown` when nobody noted what that was. */
export type CodeState = 'same' | 'changed' | 'moved' | 'gone' | 'unknown';

export interface Standing {
  /**
   * `pending`: brought by a commit that was not made here and is not in the default branch. Such a memory is found by a search and
   * never shown unasked. Everything else is the user's own or merged.
   */
  readonly trust: 'trusted' | 'pending';
  /** Name of the person who brought it, when that is not the user; a claim of the commit. */
  readonly author?: string;
  readonly code: CodeState;
}

/** By id; a memory without an entry is trusted, the user's own, its code unknown. */
export type Standings = ReadonlyMap<MemoryId, Standing>;

/** What a reader must be told of the code, where it has moved on. */
export type StaleCode = Exclude<CodeState, 'same' | 'unknown'>;

/** Undefined where the code is the same, or nobody can tell. */
export function staleCode(code: CodeState | undefined): StaleCode | undefined {
  return code === 'changed' || code === 'moved' || code === 'gone' ? code : undefined;
}

/** Whether a reader must be told that the code has moved on. */
export function isStale(code: CodeState | undefined): boolean {
  return staleCode(code) !== undefined;
}
