// What a branch does to a vault, against its base.

import type { Memory } from './memory.ts';

export interface ReviewedFile {
  /** Relative to the vault. */
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Of a removed file as it was; absent for one that is not in the format. */
  readonly memory?: Memory;
}

export interface BranchReview {
  /** Short names. */
  readonly base: string;
  readonly branch: string;
  readonly files: readonly ReviewedFile[];
  /** Memories that are not committed yet. */
  readonly waiting: number;
}
