// What capture and compression ask of Git: the commit and branch of a work tree, and the blob ids of files.

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { shortBranch } from './history.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment } from './runner.ts';

interface ReadOptions {
  readonly env?: Environment;
}

/** Commit id of HEAD; undefined without a commit, without a repository or without git. */
export async function headCommit(worktree: string, options: ReadOptions = {}): Promise<string | undefined> {
  return ask(worktree, ['rev-parse', '-q', '--verify', 'HEAD^{commit}'], options);
}

/** Short name of the branch that HEAD names, also when it has no commit yet; undefined when detached or outside of Git. */
export async function currentBranch(worktree: string, options: ReadOptions = {}): Promise<string | undefined> {
  const ref = await ask(worktree, ['symbolic-ref', '-q', 'HEAD'], options);
  return ref === undefined ? undefined : shortBranch(ref);
}

/** Hex characters of a blob id that a memory keeps. */
const BLOB_LENGTH = 12;
const MAX_FILES = 2_000;
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const HASH_MS = 10_000;

/**
 * Blob ids (12 hex) of files of the work tree, with its filters, so that they equal what a commit would hold. Paths are
 * relative to the top; what is missing, no regular file, larger than 16 MiB or past the first 2,000 is left out.
 */
export async function hashFiles(
  worktree: string,
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<Readonly<Record<string, string>>> {
  const found = [...new Set(paths)].filter((path) => isHashable(worktree, path)).slice(0, MAX_FILES);
  if (found.length === 0) return {};
  try {
    const stdin = found.map((path) => `${path}\n`).join('');
    const done = await openGit(worktree, options).run(['hash-object', '--stdin-paths'], { stdin, timeoutMs: HASH_MS });
    const oids = done.text.split('\n');
    return Object.fromEntries(found.map((path, i) => [path, (oids[i] ?? '').slice(0, BLOB_LENGTH)]));
  } catch {
    return {};
  }
}

function isHashable(worktree: string, path: string): boolean {
  // One path per line: a line feed in a name would shift every answer after it.
  if (path === '' || path.startsWith('/') || /[\r\n\0]/.test(path) || path.split('/').includes('..')) return false;
  const found = lstatSync(join(worktree, path), { throwIfNoEntry: false });
  return found?.isFile() === true && found.size <= MAX_FILE_BYTES;
}

async function ask(worktree: string, args: readonly string[], options: ReadOptions): Promise<string | undefined> {
  try {
    const done = await openGit(worktree, options).run(args, { okCodes: [0, 1, GIT_FATAL] });
    return done.code === 0 ? done.text : undefined;
  } catch {
    return undefined;
  }
}
