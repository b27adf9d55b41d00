// Clears up after a publish that did not end: what it staged and laid down is taken back, or finished where HEAD has it.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import { readBlob, stageEntries } from './commit.ts';
import { blobId, readIndexEntries, readTreeEntries } from './entries.ts';
import type { GitEntries } from './entries.ts';
import type { GitRunner } from './runner.ts';
import { removeStaged, scratchFolder } from './staged.ts';
import type { Staged } from './staged.ts';
import { placeWorkFile, readWorkFile, removeWorkFile } from './work-files.ts';

export interface TakenBack {
  /** Entries (paths from the top) that HEAD has: the crash came late, or a commit of the user took them along. */
  readonly arrived: readonly string[];
  /** False when somebody holds the index: the note stays for the next time. */
  readonly done: boolean;
}

/**
 * Brings index and work tree in line with HEAD for exactly the entries of the note. An entry or file that is not byte for
 * byte ours any more is the user's and stays, and so does a file that stood there before.
 */
export async function takeBack(
  git: GitRunner,
  gitDir: string,
  staged: Staged,
  head: string | undefined,
): Promise<TakenBack> {
  const tree: GitEntries = head === undefined ? new Map() : await readTreeEntries(git, head);
  const index = await readIndexEntries(git);
  const arrived = Object.keys(staged.entries).filter((path) => tree.has(path));
  const missing = Object.entries(staged.entries).filter(([path]) => !tree.has(path));
  const ourEntries = missing.filter(([path, oid]) => index.get(path)?.oid === oid);
  if (ourEntries.length > 0 && !(await stageEntries(git, ourEntries, 'remove'))) return { arrived, done: false };
  for (const [path, oid] of missing) {
    const stays = index.has(path) && index.get(path)?.oid !== oid;
    if (!stays && staged.laid.includes(path)) await removeOurFile(git, path, oid);
  }
  // Killed between index and files, then committed by the user: the file was never there, nobody can have deleted it.
  if (staged.step === 'index') for (const path of arrived) await layDown(git, gitDir, path, staged, tree, index);
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
    if (/^(?:idx|new)\.\d+(?:\.lock)?$/.test(name)) rmSync(join(scratchFolder(gitDir), name), { force: true });
}

async function removeOurFile(git: GitRunner, path: string, oid: string): Promise<void> {
  const found = readWorkFile(git.worktree, path);
  if (found.kind !== 'file') return;
  const bytes = blobId(found.bytes, oid) === oid ? found.bytes : await readBlob(git, oid);
  removeWorkFile(git.worktree, path, bytes, VAULT_FOLDER);
}

async function layDown(
  git: GitRunner,
  gitDir: string,
  path: string,
  staged: Staged,
  tree: GitEntries,
  index: GitEntries,
): Promise<void> {
  const oid = staged.entries[path];
  if (oid === undefined || tree.get(path)?.oid !== oid || index.get(path)?.oid !== oid) return;
  const bytes = await readBlob(git, oid);
  const found = readWorkFile(git.worktree, path);
  if (found.kind === 'file' && !found.bytes.equals(bytes)) removeWorkFile(git.worktree, path, bytes, VAULT_FOLDER);
  if (readWorkFile(git.worktree, path).kind === 'absent')
    placeWorkFile(git.worktree, path, bytes, scratchFolder(gitDir));
}
