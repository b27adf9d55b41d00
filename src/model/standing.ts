// How a memory stands at this moment: whether it may be shown unasked, who wrote it, and whether its code is still the same.

import type { MemoryId } from './memory.ts';

/** Whether the files that a memory speaks of are what the agent saw; `unknown` when nobody noted what that was. */
export type CodeState = 'same' | 'changed' | 'moved' | 'gone' | 'unknown';

/**
 * Whose word a memory is. `own`: this user's, on this machine or on one that the user named. `merged`: in the fetched default branch
 * of a repository that the user trusts, or approved in a review. `pending`: everything else that came with the repository.
 * `quarantined`: the user said no, or its text reads like orders to an agent and nobody has reviewed it yet.
 */
export type TrustLevel = 'own' | 'merged' | 'pending' | 'quarantined';

export interface Standing extends CodeStanding {
  readonly trust: TrustLevel;
  /** Name of the person who brought it, when that is not the user; a claim of the commit. */
  readonly author?: string;
}

export interface CodeStanding {
  readonly code: CodeState;
  /** Which of the memory's files is not what it was; the one that differs most. */
  readonly staleFile?: string;
}

/** By id; a memory without an entry is the user's own, its code unknown. */
export type Standings = ReadonlyMap<MemoryId, Standing>;

/** Whether a memory may be shown unasked. */
export function isInjectable(trust: TrustLevel | undefined): boolean {
  return trust === undefined || trust === 'own' || trust === 'merged';
}

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
