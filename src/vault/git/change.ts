// One commit that a person asked for which takes memory files away and may add others: for purging and compacting.

import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { MemvaultError } from '../../model/errors.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { awaitLock } from '../../system/lock.ts';
import { moveBranch, writeCommit } from './commit.ts';
import { blobId, indexInfo, readIndexEntries, readTreeEntries } from './entries.ts';
import type { GitEntries } from './entries.ts';
import { readHeldText } from './held-text.ts';
import { shortBranch } from './history.ts';
import { findUserGit } from './processes.ts';
import type { PublishOptions } from './publish-options.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { GitRunner } from './runner.ts';
import { scratchFolder } from './staged.ts';
import { readSituation } from './survey.ts';
import { placeWorkFile, readWorkFile, removeWorkFile } from './work-files.ts';

export interface VaultChange {
  /** Paths from the top of the work tree; each must be committed and unchanged. */
  readonly remove: readonly string[];
  readonly add: readonly { readonly path: string; readonly text: string }[];
  readonly message: string;
  /** Refuses on any branch but the default one. */
  readonly onDefaultOnly?: boolean;
}

/**
 * Commits the change on the branch here. Throws `held` when a gate is closed, `conflict` when a file has changes of the user's
 * or somebody was faster, `busy` when another memvault process publishes.
 */
export async function commitChange(
  place: VaultPlace,
  change: VaultChange,
  options: PublishOptions,
): Promise<{ readonly commit: string; readonly branch: string }> {
  const { gitDir } = place;
  if (gitDir === undefined) throw new MemvaultError('held', 'there is no Git repository here');
  const lock = await awaitLock(join(place.stateDir, 'publish.lock'), 2_000);
  if (lock === undefined) throw new MemvaultError('busy', 'another memvault process publishes in this clone');
  try {
    const run = { git: openGit(place.root, options), gitDir, place, options };
    const { facts, gate } = await readSituation(run);
    if (gate !== undefined) {
      const text = readHeldText(gate.reason);
      throw new MemvaultError('held', `nothing was committed: ${text.sentence}`, { hint: text.wayOut });
    }
    const { branch, head } = facts;
    if (branch === undefined || head === undefined)
      throw new MemvaultError('held', 'HEAD is on no branch with a commit');
    if (change.onDefaultOnly === true && place.kind !== 'personal' && branch !== facts.defaultBranch)
      throw new MemvaultError(
        'held',
        `this is done on the default branch only, and HEAD is on ${shortBranch(branch)}`,
        {
          hint: `Switch first: \`git switch ${shortBranch(facts.defaultBranch ?? 'main')}\`.`,
        },
      );
    const commit = await commitOn({ ...run, branch, head, signs: facts.signs }, change);
    return { commit, branch: shortBranch(branch) };
  } finally {
    lock.release();
  }
}

interface ChangeRun {
  readonly git: GitRunner;
  readonly gitDir: string;
  readonly place: VaultPlace;
  readonly branch: string;
  readonly head: string;
  readonly signs: boolean;
}

async function commitOn(run: ChangeRun, change: VaultChange): Promise<string> {
  const { git, gitDir, place, branch, head } = run;
  const committed = await readTreeEntries(git, head);
  checkUntouched(place.root, change.remove, committed, await readIndexEntries(git));
  const added: (readonly [string, string])[] = [];
  for (const { path, text } of change.add) {
    const written = await git.run(['hash-object', '-w', '--no-filters', '--stdin'], { stdin: text });
    added.push([path, written.text]);
  }
  const removed = change.remove.map((path) => [path, committed.get(path)?.oid ?? ''] as const);
  const lines = indexInfo(removed, 'remove') + indexInfo(added, 'add');
  mkdirSync(scratchFolder(gitDir), { recursive: true, mode: 0o700 });
  const env = { GIT_INDEX_FILE: join(scratchFolder(gitDir), `idx.${process.pid}`) };
  await git.run(['read-tree', head], { env });
  await git.run(['update-index', '-z', '--add', '--index-info'], { env, stdin: lines });
  const tree = (await git.run(['write-tree', '--missing-ok'], { env })).text;
  const commit = await writeCommit(git, { tree, parent: head, message: change.message, sign: run.signs });
  if (commit === undefined) throw new MemvaultError('held', readHeldText('signing').sentence);
  if ((await findUserGit(git.worktree)) !== undefined)
    throw new MemvaultError('busy', 'a git command of yours is running in this work tree');

  for (const { path, text } of change.add) placeWorkFile(place.root, path, Buffer.from(text), scratchFolder(gitDir));
  await stage(git, lines);
  if (!(await moveBranch(git, branch, commit, head))) {
    await stage(git, indexInfo(added, 'remove') + indexInfo(removed, 'add'));
    for (const { path, text } of change.add) removeWorkFile(place.root, path, Buffer.from(text), VAULT_FOLDER);
    throw new MemvaultError('conflict', 'the branch moved meanwhile; nothing was changed');
  }
  for (const [path, oid] of removed) {
    const found = readWorkFile(place.root, path);
    if (found.kind === 'file' && blobId(found.bytes, oid) === oid)
      removeWorkFile(place.root, path, found.bytes, VAULT_FOLDER);
  }
  return commit;
}

function checkUntouched(root: string, paths: readonly string[], head: GitEntries, index: GitEntries): void {
  for (const path of paths) {
    const oid = head.get(path)?.oid;
    const found = readWorkFile(root, path);
    const isSame =
      oid !== undefined &&
      index.get(path)?.oid === oid &&
      (found.kind === 'absent' || (found.kind === 'file' && blobId(found.bytes, oid) === oid));
    if (!isSame)
      throw new MemvaultError('conflict', `${path} has changes that are not committed`, {
        hint: 'Commit them or take them back first: `git status -- .claude-mem`.',
      });
  }
}

async function stage(git: GitRunner, lines: string): Promise<void> {
  const done = await git.run(['update-index', '-z', '--add', '--index-info'], {
    stdin: lines,
    okCodes: [0, GIT_FATAL],
  });
  if (done.code !== 0)
    throw new MemvaultError('busy', 'the index is held by another git command', {
      hint: 'Run the command again when that one has ended.',
    });
}
