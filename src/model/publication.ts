// What publishing did, or why it held back.

/** Why publishing waits. Each has a sentence and a way out in templates/held.json. */
export const HELD_REASONS = [
  'nothing-to-publish',
  'mode-off',
  'mode-manual',
  'default-branch',
  'protected-branch',
  'detached-head',
  'unborn-branch',
  'operation-running',
  'index-locked',
  'user-commit-running',
  'session-in-turn',
  'not-quiet',
  'vault-ignored',
  'vault-not-a-folder',
  'vault-filtered',
  'branch-elsewhere',
  'submodule',
  'jujutsu',
  'sparse-checkout',
  'no-identity',
  'unsafe-directory',
  'signing',
  'conflict',
  'user-staged',
  'file-exists',
  'memory-broken',
  'secret-found',
  'lost-race',
  'lock-held',
  'vault-not-allowed',
  'out-of-time',
  'no-worktree',
  'no-git',
  'git-failed',
] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

export interface Publication {
  /** Memories that are in the new commit. */
  readonly committed: number;
  /** How many of them had been committed before, on branches that are gone. */
  readonly returned?: number;
  /** Memories that wait in the outbox afterwards because publishing is not allowed here and now. */
  readonly held: number;
  readonly reason?: HeldReason;
  /** The new commit. */
  readonly commit?: string;
  readonly branch?: string;
  /** A sentence for people about the reason. */
  readonly detail?: string;
  /** Of a look that changes nothing: what a commit would bring, as paths from the top of the work tree. */
  readonly files?: readonly string[];
}
