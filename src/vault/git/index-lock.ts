// Takes entries out of the user's index while holding Git's own lock on it: nobody can commit between our look and our change.

import {
  closeSync,
  copyFileSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
  readFileSync,
} from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { indexInfo } from './entries.ts';
import { findUserGit } from './processes.ts';
import { GIT_FATAL } from './runner.ts';
import type { GitRunner } from './runner.ts';

export interface Removal {
  /** The index of the work tree lies in it. */
  readonly gitDir: string;
  readonly entries: readonly (readonly [path: string, oid: string])[];
  /** The commit that lacks them; undefined on a branch without a commit. */
  readonly head: string | undefined;
  /** A file of our own, in a folder that is there. */
  readonly scratchFile: string;
}

/**
 * False when somebody holds the index, changed it meanwhile, moved HEAD, or runs a command that may have read our entries
 * already: without them in the index the commit after that one would delete them.
 */
export async function removeUnderLock(git: GitRunner, removal: Removal): Promise<boolean> {
  const { gitDir, entries, head, scratchFile } = removal;
  const index = join(gitDir, 'index');
  const before = statSync(index, { bigint: true, throwIfNoEntry: false });
  if (before === undefined) return true;
  try {
    copyFileSync(index, scratchFile);
    // Git tells by an index's age which files it must look at again: a copy must not look younger than its original.
    const seconds = Math.floor(Number(before.mtimeNs / 1_000_000n)) / 1000 - 0.001;
    utimesSync(scratchFile, seconds, seconds);
    const env = { GIT_INDEX_FILE: scratchFile };
    await git.run(['update-index', '-z', '--index-info'], { env, stdin: indexInfo(entries, 'remove') });
    return await replaceUnderLock(git, { index, before, head, content: readFileSync(scratchFile) });
  } finally {
    rmSync(scratchFile, { force: true });
    rmSync(`${scratchFile}.lock`, { force: true });
  }
}

interface Replacement {
  readonly index: string;
  readonly before: BigIntStats;
  readonly head: string | undefined;
  readonly content: Buffer;
}

async function replaceUnderLock(git: GitRunner, { index, before, head, content }: Replacement): Promise<boolean> {
  const lock = `${index}.lock`;
  let descriptor: number;
  try {
    descriptor = openSync(lock, 'wx', Number(before.mode) & 0o777);
  } catch {
    return false;
  }
  let isOurs = true;
  try {
    for (let offset = 0; offset < content.length;) offset += writeSync(descriptor, content, offset);
    const now = statSync(index, { bigint: true, throwIfNoEntry: false });
    if (now?.ino !== before.ino || now.mtimeNs !== before.mtimeNs || now.size !== before.size) return false;
    // First who runs, then where HEAD is: a command that ended in between has moved it.
    if ((await findUserGit(git.worktree)) !== undefined || (await readHead(git)) !== head) return false;
    renameSync(lock, index);
    isOurs = false;
    return true;
  } finally {
    closeSync(descriptor);
    if (isOurs) rmSync(lock, { force: true });
  }
}

async function readHead(git: GitRunner): Promise<string | undefined> {
  const head = await git.run(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { okCodes: [0, 1, GIT_FATAL] });
  return head.code === 0 ? head.text : undefined;
}
