// A vault's place: where its files, its outbox, its local state and its Git directory are.

/**
 * `repository`: `.claude-mem/` in the user's repository. `personal`: a small repository of its own under the home folder.
 * `folder`: a directory with `.claude-mem/` and no Git.
 */
export type VaultKind = 'repository' | 'personal' | 'folder';

export interface VaultPlace {
  readonly kind: VaultKind;
  /** Absolute path of the folder that holds `.claude-mem/`; a repository's work tree top level. */
  readonly root: string;
  /** `<root>/.claude-mem`. */
  readonly vaultDir: string;
  /** Local state of this clone: outbox, journal, index. */
  readonly stateDir: string;
  /** Absolute Git directory of the work tree; absent for `folder`. */
  readonly gitDir?: string;
  /** Absolute Git common directory; absent for `folder`. */
  readonly commonDir?: string;
}

export const VAULT_FOLDER = '.claude-mem';
/** Name of the state folder inside a Git common directory. */
export const STATE_FOLDER = 'claude-mem';
