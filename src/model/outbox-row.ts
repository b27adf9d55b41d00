// What an outbox says of each memory in it: where it is, or why it waits.

import type { HeldReason } from './publication.ts';

export interface OutboxRow {
  readonly id: string;
  /** Relative to the vault and to the outbox. */
  readonly path: string;
  /** The file's name when the file is not in the format. */
  readonly title: string;
  /** UTC; absent when the file is not in the format. */
  readonly created?: string;
  /**
   * `next`: in the next commit here. `held`: waits, `reason` says why. `reserved`: left to the work tree that has its branch.
   * `committed`: on a branch, not yet in the default one. `settled`: in the default branch, or deleted; leaves the outbox.
   */
  readonly state: 'next' | 'held' | 'reserved' | 'committed' | 'settled';
  readonly reason?: HeldReason;
  readonly detail?: string;
  /** Short name of the branch that holds it, or is to hold it. */
  readonly branch?: string;
  /** The work tree that has this branch checked out. */
  readonly worktree?: string;
}
