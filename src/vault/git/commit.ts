// The plumbing of one commit: objects, a tree from a private index, the commit, the user's index, the branch.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { indexInfo } from './entries.ts';
import type { PlannedFile } from './plan.ts';
import { GIT_FATAL, gitFailure } from './runner.ts';
import type { GitRunner } from './runner.ts';

/** Signing asks a program that may ask a person; nobody waits longer for it. */
const SIGNING_MS = 5_000;

/**
 * Writes the files as blobs, byte for byte, without filters. `outboxRoot` holds the verbatim ones: git reads them in one go.
 * Throws `conflict` when a file changed after it was checked.
 */
export async function writeObjects(git: GitRunner, files: readonly PlannedFile[], outboxRoot: string): Promise<void> {
  // Git reads one path per line.
  const batch = /[\r\n]/.test(outboxRoot) ? [] : files.filter((file) => file.memory?.isVerbatim === true);
  if (batch.length > 0) {
    const paths = batch.map((file) => `${join(outboxRoot, file.memory?.path ?? '')}\n`).join('');
    const done = await git.run(['hash-object', '-w', '--no-filters', '--stdin-paths'], { stdin: paths });
    const oids = done.text.split('\n');
    for (const [i, file] of batch.entries()) checkOid(file, oids[i]);
  }
  for (const file of files) {
    if (batch.includes(file)) continue;
    const done = await git.run(['hash-object', '-w', '--no-filters', '--stdin'], { stdin: file.bytes });
    checkOid(file, done.text);
  }
}

/** HEAD's tree with the files added, made in an index file of our own; gives the tree's id. */
export async function writeTree(
  git: GitRunner,
  head: string,
  files: readonly PlannedFile[],
  indexFile: string,
): Promise<string> {
  const env = { GIT_INDEX_FILE: indexFile };
  try {
    await git.run(['read-tree', head], { env });
    const entries = files.map((file) => [file.vaultPath, file.oid] as const);
    const stdin = indexInfo(entries, 'add');
    await git.run(['update-index', '-z', '--add', '--index-info'], { env, stdin });
    return (await git.run(['write-tree', '--missing-ok'], { env })).text;
  } finally {
    rmSync(indexFile, { force: true });
    rmSync(`${indexFile}.lock`, { force: true });
  }
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

function checkOid(file: PlannedFile, oid: string | undefined): void {
  if (oid !== file.oid)
    throw new MemvaultError('conflict', `${file.vaultPath} changed in the outbox while it was published`);
}
