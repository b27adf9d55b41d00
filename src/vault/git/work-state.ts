// What somebody is about to work on, as Git tells it: changed files, the last commits. Asked quickly or not at all.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { RecentCommit, Situation } from '../../model/situation.ts';
import { openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export interface WorkStateOptions {
  readonly env?: Environment;
  /** A session's start waits for it: what is not there by then is left out. */
  readonly timeoutMs: number;
}

const COMMITS = 8;
/** A commit of more files says nothing about any of them. */
const MAX_COMMIT_FILES = 60;
const MAX_CHANGED = 200;

/** The vault's own files are no work of anybody. Outside of Git, without commits, or when git is slow, lists are empty. */
export async function readWorkState(worktree: string, options: WorkStateOptions): Promise<Omit<Situation, 'branch'>> {
  const git = openGit(worktree, options);
  const [changedFiles, recentCommits] = await Promise.all([
    readChangedFiles(git, options.timeoutMs),
    readRecentCommits(git, options.timeoutMs),
  ]);
  return { changedFiles, recentCommits };
}

async function readChangedFiles(git: GitRunner, timeoutMs: number): Promise<readonly string[]> {
  const fields = await ask(git, ['status', '--porcelain=v1', '-z', '--ignore-submodules=all'], timeoutMs);
  const files: string[] = [];
  for (let at = 0; at < fields.length; at++) {
    const entry = fields[at] ?? '';
    if (entry.length > 3) files.push(entry.slice(3));
    // A rename is followed by the old name.
    if (/^[RC]|^.[RC]/.test(entry)) at++;
  }
  return files.filter(isWork).sort().slice(0, MAX_CHANGED);
}

async function readRecentCommits(git: GitRunner, timeoutMs: number): Promise<readonly RecentCommit[]> {
  const args = ['log', '-z', '--no-merges', '--name-only', '--no-renames', `--max-count=${COMMITS}`, '--format=%x01%s'];
  const commits: { subject: string; files: string[] }[] = [];
  for (const field of await ask(git, [...args, 'HEAD', '--'], timeoutMs)) {
    const text = field.replace(/^\n+/, '');
    if (text.startsWith('\u0001')) commits.push({ subject: text.slice(1), files: [] });
    else if (text !== '') commits.at(-1)?.files.push(text);
  }
  return commits
    .map(({ subject, files }) => ({ subject, files: files.filter(isWork) }))
    .filter(({ files }) => files.length > 0 && files.length <= MAX_COMMIT_FILES);
}

async function ask(git: GitRunner, args: readonly string[], timeoutMs: number): Promise<readonly string[]> {
  try {
    return (await git.run(args, { timeoutMs })).stdout.toString('utf8').split('\0');
  } catch {
    return [];
  }
}

function isWork(path: string): boolean {
  return path !== '' && !path.startsWith(`${VAULT_FOLDER}/`);
}
