// Clears up after a publish that did not end: what it staged and laid down is taken back, or finished where HEAD has it.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VAULT_FOLDER } from '../../model/place.ts';
import { readBlob, stageEntries } from './commit.ts';
import { blobId, readIndexEntries, readTreeEntries } from './entries.ts';
import type { GitEntries } from './entries.ts';
import { findUserGit } from './processes.ts';
import { GIT_FATAL } from './runner.ts';
import type { GitRunner } from './runner.ts';
import { removeUnderLock } from './index-lock.ts';
import { removeStaged, scratchFolder, writeStaged } from './staged.ts';
import type { Staged } from './staged.ts';
import { placeWorkFile, readWorkFile, removeWorkFile } from './work-files.ts';

export interface TakenBack {
  /** Entries (paths from the top) that HEAD has: the crash came late, or a commit of the user took them along. */
  readonly arrived: readonly string[];
  /** False when somebody is at work on the index: the note stays for the next time. */
  readonly done: boolean;
}

/**
 * Brings index and work tree in line with HEAD for exactly the entries of the note. An entry or file that is not byte for
 * byte ours any more is the user's and stays, and so does a file that stood there before.
 */
export async function takeBack(git: GitRunner, gitDir: string, staged: Staged): Promise<TakenBack> {
  const head = await readHead(git);
  const before = await readTree(git, head);
  const index = await readIndexEntries(git);
  const ours = Object.entries(staged.entries).filter(
    ([path, oid]) => !before.has(path) && index.get(path)?.oid === oid,
  );
  const note: Staged = ours.length === 0 ? staged : { ...staged, step: 'back' };
  if (ours.length > 0) {
    writeStaged(gitDir, note);
    const scratchFile = join(scratchFolder(gitDir), `idx.${process.pid}`);
    if (!(await removeUnderLock(git, { gitDir, entries: ours, head, scratchFile })))
      return { arrived: [], done: false };
  }
  // A commit that read the index a moment ago may still bring the entries into HEAD; without them in the index the next
  // commit of the user would delete them there.
  if (!(await waitForUserGit(git))) return { arrived: [], done: false };
  const after = await readTree(git, await readHead(git));
  const now = await readIndexEntries(git);
  const arrived = Object.keys(staged.entries).filter((path) => after.has(path));
  const lost = Object.entries(staged.entries).filter(([path, oid]) => after.get(path)?.oid === oid && !now.has(path));
  if (note.step === 'back' && lost.length > 0 && !(await stageEntries(git, lost, 'add')))
    return { arrived, done: false };

  for (const [path, oid] of Object.entries(staged.entries)) {
    if (after.get(path)?.oid === oid) {
      // After `files` a file that is missing was removed by the user; before it was never there.
      if (note.step !== 'files') await layDown(git, gitDir, path, oid);
    } else if (!after.has(path) && !now.has(path) && staged.laid.includes(path)) await removeOurFile(git, path, oid);
  }
  removeStaged(gitDir);
  return { arrived, done: true };
}

/** Removes what killed publishers left in the private folder. The caller holds the clone's publish lock. */
export function sweepScratch(gitDir: string): void {
  let names: string[];
  try {
    names = readdirSync(scratchFolder(gitDir));
  } catch {
    return;
  }
  for (const name of names)
    if (/^(?:idx|new)\.\d+(?:\.lock|\.\d+)?$/.test(name)) rmSync(join(scratchFolder(gitDir), name), { force: true });
}

const USER_WAITS = 40;
const USER_WAIT_MS = 50;

async function waitForUserGit(git: GitRunner): Promise<boolean> {
  for (let wait = 0; wait < USER_WAITS; wait++) {
    if ((await findUserGit(git.worktree)) === undefined) return true;
    await sleep(USER_WAIT_MS);
  }
  return false;
}

async function readHead(git: GitRunner): Promise<string | undefined> {
  const head = await git.run(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { okCodes: [0, 1, GIT_FATAL] });
  return head.code === 0 ? head.text : undefined;
}

async function readTree(git: GitRunner, commit: string | undefined): Promise<GitEntries> {
  return commit === undefined ? new Map() : readTreeEntries(git, commit);
}

async function removeOurFile(git: GitRunner, path: string, oid: string): Promise<void> {
  const found = readWorkFile(git.worktree, path);
  if (found.kind !== 'file') return;
  const bytes = blobId(found.bytes, oid) === oid ? found.bytes : await readBlob(git, oid);
  removeWorkFile(git.worktree, path, bytes, VAULT_FOLDER);
}

async function layDown(git: GitRunner, gitDir: string, path: string, oid: string): Promise<void> {
  const bytes = await readBlob(git, oid);
  const found = readWorkFile(git.worktree, path);
  // The beginning of the file, where a crash cut the writing.
  if (found.kind === 'file' && !found.bytes.equals(bytes)) removeWorkFile(git.worktree, path, bytes, VAULT_FOLDER);
  if (readWorkFile(git.worktree, path).kind === 'absent')
    placeWorkFile(git.worktree, path, bytes, scratchFolder(gitDir));
}
