// What lies in a work tree and its Git directory that speaks against a commit now: operations, locks, ignores, odd vaults.

import { lstatSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { findUserGit } from './processes.ts';
import { readHeadRef } from './ref-id.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export interface FilesState {
  /** Files of running operations in the Git directory, such as `MERGE_HEAD`. */
  readonly operations: readonly string[];
  /** `index.lock`, `HEAD.lock`, the lock of the branch that HEAD names. */
  readonly locks: readonly string[];
  /** Whether the index has unmerged entries, in the vault or elsewhere. */
  readonly hasConflicts: boolean;
  /** Whether `.claude-mem` is not there, or a true folder of this work tree: no link, no file, no repository of its own. */
  readonly isVaultFolder: boolean;
  /** Whether an ignore rule covers the vault. */
  readonly isVaultIgnored: boolean;
  /** A git command of the user that would fail if HEAD moved under it, such as `git commit`. */
  readonly userGit?: string;
  /** When HEAD, its log or the index changed last; milliseconds. */
  readonly changedAt: number;
}

/** Reads the state of a place's files. Throws `unavailable` when git fails. */
export async function readFilesState(
  place: VaultPlace,
  options: { readonly env?: Environment } = {},
): Promise<FilesState> {
  const git = openGit(place.root, options);
  const gitDir = place.gitDir ?? join(place.root, '.git');
  const [unmerged, isVaultIgnored, userGit] = await Promise.all([
    git.run(['ls-files', '-u', '-z']),
    isIgnored(git),
    findUserGit(place.root),
  ]);
  return {
    operations: OPERATIONS.filter((name) => exists(join(gitDir, name))),
    locks: findLocks(gitDir, place.commonDir ?? gitDir),
    hasConflicts: unmerged.stdout.length > 0,
    isVaultFolder: isOwnFolder(place),
    isVaultIgnored,
    ...(userGit === undefined ? {} : { userGit }),
    changedAt: Math.max(...WATCHED.map((name) => changeTime(join(gitDir, name)))),
  };
}

/** Not REBASE_HEAD: git leaves it behind after a finished rebase. */
const OPERATIONS = [
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
  'BISECT_LOG',
];
const LOCKS = ['index.lock', 'HEAD.lock'];
const WATCHED = ['HEAD', join('logs', 'HEAD'), 'index'];

/** A lock that a killed git left behind stays for ever, and git says no more than that the branch could not be moved. */
function findLocks(gitDir: string, commonDir: string): string[] {
  const ref = readHeadRef(gitDir);
  return [
    ...LOCKS.filter((name) => exists(join(gitDir, name))),
    ...(ref !== undefined && exists(join(commonDir, `${ref}.lock`)) ? [`${ref}.lock`] : []),
  ];
}

async function isIgnored(git: GitRunner): Promise<boolean> {
  // check-ignore refuses literal pathspecs; the path is ours and has no magic in it.
  const probe = `${VAULT_FOLDER}/memories/2026/01/01-probe-000000000000.md`;
  const env = { GIT_LITERAL_PATHSPECS: '0' };
  // A fatal error: a link on the way, which no ignore rule reaches past.
  const okCodes = [0, 1, GIT_FATAL];
  return (await git.run(['check-ignore', '-q', '--no-index', '--', probe], { okCodes, env })).code === 0;
}

function isOwnFolder(place: VaultPlace): boolean {
  const found = lstatSync(place.vaultDir, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (!found.isDirectory() || exists(join(place.vaultDir, '.git'))) return false;
  return realpathSync(place.vaultDir) === join(realpathSync(place.root), VAULT_FOLDER);
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function changeTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
