// The plumbing of one commit: its objects, the user's index, the branch.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { indexInfo } from './entries.ts';
import { packOf } from './pack.ts';
import { GIT_FATAL, gitFailure } from './runner.ts';
import type { GitRunner } from './runner.ts';
import type { NewObject } from './tree.ts';

/** Signing asks a program that may ask a person; nobody waits longer for it. */
const SIGNING_MS = 5_000;

/**
 * Has Git take the objects in, all by one command. Throws `internal` when Git then does not have them: an id that we made and Git
 * does not know would be a hole in the user's history.
 */
export async function writeObjects(git: GitRunner, objects: readonly NewObject[], commonDir: string): Promise<void> {
  await git.run(['unpack-objects', '-q'], { stdin: packOf(objects) });
  const unseen = objects.map(({ oid }) => oid).filter((oid) => !isLoose(commonDir, oid));
  if (unseen.length === 0) return;
  // What was there before may lie in a pack, or in another object store.
  const stdin = unseen.map((oid) => `${oid}\n`).join('');
  const there = await git.run(['cat-file', '--batch-check=%(objectname)'], { stdin });
  if (there.text !== unseen.join('\n')) throw new MemvaultError('internal', 'git took the new objects for others');
}

function isLoose(commonDir: string, oid: string): boolean {
  return existsSync(join(commonDir, 'objects', oid.slice(0, 2), oid.slice(2)));
}

/** The commit object, belonging to no branch yet; undefined when it must be signed and could not be. */
export async function writeCommit(
  git: GitRunner,
  commit: { readonly tree: string; readonly parent: string; readonly message: string; readonly sign: boolean },
): Promise<string | undefined> {
  const { tree, parent, message, sign } = commit;
  const args = ['-c', 'i18n.commitEncoding=UTF-8', 'commit-tree', tree, '-p', parent, '-F', '-'];
  if (!sign) return (await git.run(args, { stdin: message })).text;
  try {
    return (await git.run([...args, '-S'], { stdin: message, timeoutMs: SIGNING_MS })).text;
  } catch (error) {
    if (gitFailure(error) === undefined) throw error;
    return undefined;
  }
}

/**
 * Adds entries to the user's index, or takes them out, and touches no other. False when somebody else holds the index.
 */
export async function stageEntries(
  git: GitRunner,
  entries: Iterable<readonly [path: string, oid: string]>,
  change: 'add' | 'remove',
): Promise<boolean> {
  const done = await git.run(['update-index', '-z', '--add', '--index-info'], {
    stdin: indexInfo(entries, change),
    okCodes: [0, GIT_FATAL],
  });
  if (done.code === 0) return true;
  if (/index\.lock/.test(done.stderr)) return false;
  throw new MemvaultError('unavailable', `git update-index could not ${change} the memories`, {
    data: { exitCode: done.code, stderr: done.stderr.slice(0, 500) },
  });
}

/** Moves a branch from one commit to another if it still is at the first; false when it is not. */
export async function moveBranch(git: GitRunner, branch: string, to: string, from: string): Promise<boolean> {
  const args = ['update-ref', '-m', 'claude-mem: record', branch, to, from];
  return (await git.run(args, { okCodes: [0, 1, GIT_FATAL] })).code === 0;
}

/** The content of a blob. */
export async function readBlob(git: GitRunner, oid: string): Promise<Buffer> {
  return (await git.run(['cat-file', 'blob', oid])).stdout;
}
