// What somebody is about to work on, as Git tells it: changed files, the last commits. Asked quickly or not at all.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { RecentCommit } from '../../model/situation.ts';
import { openGit } from './runner.ts';
import type { Environment } from './runner.ts';

export interface WorkStateOptions {
  readonly env?: Environment;
  /** A session's start waits for it: what is not there by then is left out. */
  readonly timeoutMs: number;
}

/** A session's start waits so long for Git at most. */
export const START_WAIT_MS = 400;

/** Everything but the vault, where Git need not look: it may hold more files than the project. */
const WORK = [':/', `:(exclude,top)${VAULT_FOLDER}`] as const;
const COMMITS = 8;
/** A commit of more files says nothing about any of them. */
const MAX_COMMIT_FILES = 60;
const MAX_CHANGED = 200;

/** Files that differ from the last commit, untracked ones too. The vault's own are no work of anybody. Empty when git is slow. */
export async function readChangedFiles(worktree: string, options: WorkStateOptions): Promise<readonly string[]> {
  const args = ['status', '--porcelain=v1', '-z', '--ignore-submodules=all', '--', ...WORK];
  const fields = (await ask(worktree, args, options)) ?? [];
  const files: string[] = [];
  for (let at = 0; at < fields.length; at++) {
    const entry = fields[at] ?? '';
    if (entry.length > 3) files.push(entry.slice(3));
    // A rename is followed by the old name.
    if (/^[RC]|^.[RC]/.test(entry)) at++;
  }
  return files.filter(isWork).sort().slice(0, MAX_CHANGED);
}

/** The last commits that changed something beside the vault; undefined outside of Git, without commits, or when git is slow. */
export async function readRecentCommits(
  worktree: string,
  options: WorkStateOptions,
): Promise<readonly RecentCommit[] | undefined> {
  const args = ['log', '-z', '--no-merges', '--name-only', '--no-renames', `--max-count=${COMMITS}`, '--format=%x01%s'];
  const fields = await ask(worktree, [...args, 'HEAD', '--', ...WORK], options);
  if (fields === undefined) return undefined;
  const commits: { subject: string; files: string[] }[] = [];
  for (const field of fields) {
    const text = field.replace(/^\n+/, '');
    if (text.startsWith('\u0001')) commits.push({ subject: text.slice(1), files: [] });
    else if (text !== '') commits.at(-1)?.files.push(text);
  }
  return commits
    .map(({ subject, files }) => ({ subject, files: files.filter(isWork) }))
    .filter(({ files }) => files.length > 0 && files.length <= MAX_COMMIT_FILES);
}

async function ask(
  worktree: string,
  args: readonly string[],
  { env, timeoutMs }: WorkStateOptions,
): Promise<readonly string[] | undefined> {
  const git = openGit(worktree, env === undefined ? {} : { env });
  try {
    return (await git.run(args, { timeoutMs, env: { GIT_LITERAL_PATHSPECS: '0' } })).stdout
      .toString('utf8')
      .split('\0');
  } catch {
    return undefined;
  }
}

function isWork(path: string): boolean {
  return path !== '' && !path.startsWith(`${VAULT_FOLDER}/`);
}
