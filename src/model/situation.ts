// What somebody is about to work on, as the work tree tells it.

export interface Situation {
  readonly branch?: string | undefined;
  /** Repository-relative paths that differ from the last commit, untracked ones too; sorted. */
  readonly changedFiles: readonly string[];
  /** Of the branch's last commits, newest first. */
  readonly recentCommits: readonly RecentCommit[];
}

export interface RecentCommit {
  readonly subject: string;
  readonly files: readonly string[];
}
