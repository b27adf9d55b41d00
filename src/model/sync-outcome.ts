// What a sync with the remote found and did.

/** Why nothing was pushed though a push was asked for. */
export type NotPushed =
  | 'nothing-ahead'
  | 'not-ours'
  | 'behind'
  | 'no-upstream'
  | 'protected-branch'
  | 'detached-head'
  | 'offline'
  | 'rejected';

export interface SyncOutcome {
  /** `no-remote`: nothing to sync with. `offline`: the remote did not answer, or settings forbid the network. */
  readonly state: 'reached' | 'offline' | 'no-remote' | 'no-git';
  readonly remote?: string;
  /** Short name of the branch here, and of its upstream. */
  readonly branch?: string;
  readonly upstream?: string;
  /** Commits that the upstream lacks, and that are only there; absent without an upstream. */
  readonly ahead?: number;
  readonly behind?: number;
  /** Memories that can be found now and could not before. */
  readonly fetched: number;
  /** Memories that came into the work tree: only in memvault's own repositories. */
  readonly merged?: number;
  /** Commits that were pushed. */
  readonly pushed: number;
  readonly notPushed?: NotPushed;
  /** What the remote, or the settings, said. */
  readonly error?: string;
  /** Seconds since the epoch of the last sync that reached the remote, and before which the worker tries nothing. */
  readonly reachedAt?: number;
  readonly nextTryAt?: number;
}
