// One try to publish a plan: objects, note, the user's index, the files, the branch; each step safe to die after.

import { mkdirSync } from 'node:fs';
import { MemvaultError } from '../../model/errors.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { HeldReason } from '../../model/publication.ts';
import { moveBranch, stageEntries, writeCommit, writeObjects } from './commit.ts';
import { readIndexEntries } from './entries.ts';
import type { HeadTrees } from './head-trees.ts';
import { commitMessage } from './message.ts';
import type { PlannedFile } from './plan.ts';
import { findUserGit } from './processes.ts';
import type { PublishOptions, PublishStep } from './publish-options.ts';
import { readHeadRef, readRefId } from './ref-id.ts';
import type { GitRunner } from './runner.ts';
import { readStaged, scratchFolder, writeStaged } from './staged.ts';
import { growTree, objectOf } from './tree.ts';
import type { NewFile, NewObject } from './tree.ts';
import { dropPrepared, placePrepared, prepareWorkFiles, readWorkFile } from './work-files.ts';
import type { PreparedFile } from './work-files.ts';

export interface Attempt {
  readonly git: GitRunner;
  readonly gitDir: string;
  readonly commonDir: string;
  readonly branch: string;
  readonly head: string;
  readonly signs: boolean;
  /** Author and committer, as Git writes them; absent where they differ or only Git can tell. */
  readonly ident?: string;
  readonly files: readonly PlannedFile[];
  /** HEAD's folders that they go into. */
  readonly trees: HeadTrees;
  readonly options: PublishOptions;
}

export type AttemptResult =
  | { readonly kind: 'committed'; readonly commit: string }
  /** Worth another try: somebody was faster, or held the index. */
  | { readonly kind: 'again'; readonly reason: 'lost-race' | 'index-locked' }
  | { readonly kind: 'held'; readonly reason: HeldReason; readonly detail?: string };

/**
 * The user's index comes before the branch: in the other order a crash would leave the memories staged for deletion, and the
 * user's next commit would delete them. The note comes before the index: it tells our entries from the user's.
 */
export async function attemptPublish(attempt: Attempt): Promise<AttemptResult> {
  if (isLate(attempt)) return OUT_OF_TIME;
  const scratch = scratchFolder(attempt.gitDir);
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const preparing = prepareWorkFiles(workFilesOf(attempt), scratch);
  try {
    const [commit] = await Promise.all([makeCommit(attempt), preparing]);
    return typeof commit === 'string' ? await bringIn(attempt, commit, await preparing) : commit;
  } finally {
    dropPrepared(await preparing.catch(() => []));
  }
}

/** The commit and all that it needs, belonging to no branch yet; nothing of the user's is touched. */
async function makeCommit(attempt: Attempt): Promise<string | AttemptResult> {
  const { git, head, files, options } = attempt;
  const grown = growTree(attempt.trees, filesOf(files), head);
  const tree = grown?.at(-1);
  if (grown === undefined || tree === undefined)
    throw new MemvaultError('conflict', `HEAD has something else in the place of ${VAULT_FOLDER}'s folders`);
  const message = messageOf(attempt);
  const plain = plainCommit(attempt, tree.oid, message);
  const blobs = files.map((file) => ({ type: 'blob' as const, oid: file.oid, bytes: file.bytes }));
  await writeObjects(git, [...blobs, ...grown, ...(plain === undefined ? [] : [plain])], attempt.commonDir);
  await options.onStep?.('objects');
  if (isLate(attempt)) return OUT_OF_TIME;
  const asked = { tree: tree.oid, parent: head, message, sign: attempt.signs };
  const commit = plain?.oid ?? (await writeCommit(git, asked));
  return commit ?? { kind: 'held', reason: 'signing' };
}

async function bringIn(attempt: Attempt, commit: string, prepared: readonly PreparedFile[]): Promise<AttemptResult> {
  const { git, gitDir, branch, head, files, options } = attempt;
  const step = async (name: PublishStep): Promise<void> => {
    await options.onStep?.(name);
  };
  await step('commit');
  const userGit = await findUserGit(git.worktree);
  if (userGit !== undefined) return { kind: 'held', reason: 'user-commit-running', detail: `git ${userGit}` };

  // The last point at which nothing of the user's has been touched. A branch that has moved already would lose the race for
  // sure, and what is staged until that is noticed would go along with the next commit of the user's.
  if (isLate(attempt)) return OUT_OF_TIME;
  if (hasMoved(attempt)) return { kind: 'again', reason: 'lost-race' };
  const entries = Object.fromEntries(files.map((file) => [file.vaultPath, file.oid]));
  const note = { branch, commit, entries, laid: laidFiles(attempt) };
  writeStaged(gitDir, { ...note, step: 'index' });
  await step('noted');
  if (!(await stageEntries(git, Object.entries(entries), 'add'))) return { kind: 'again', reason: 'index-locked' };
  await step('index');
  if (!placeFiles(git.worktree, prepared)) return { kind: 'again', reason: 'lost-race' };
  writeStaged(gitDir, { ...note, step: 'files' });
  await step('files');
  if (!(await isOnBranch(git, gitDir, branch))) return { kind: 'again', reason: 'lost-race' };
  // A `git commit` that began meanwhile takes our entries along; it would fail if HEAD moved now.
  if ((await findUserGit(git.worktree)) !== undefined) return { kind: 'again', reason: 'lost-race' };
  if (!(await moveBranch(git, branch, commit, head))) return { kind: 'again', reason: 'lost-race' };
  await step('branch');
  // A switch or a hard reset in the last milliseconds: on a branch that nobody looked at the commit must not stay, and
  // without its entries in the index the memories would be staged for deletion.
  const isSound = (await isOnBranch(git, gitDir, branch)) && (await indexHolds(git, entries));
  const stepsBack = !isSound && (await moveBranch(git, branch, head, commit));
  return stepsBack ? { kind: 'again', reason: 'lost-race' } : { kind: 'committed', commit };
}

function isLate({ options }: Attempt): boolean {
  return options.deadline !== undefined && options.clock.now() > options.deadline;
}

function workFilesOf({ files }: Attempt): { readonly path: string; readonly bytes: Uint8Array }[] {
  return files.map(({ vaultPath, bytes }) => ({ path: vaultPath, bytes }));
}

function filesOf(files: readonly PlannedFile[]): NewFile[] {
  return files.map(({ vaultPath, oid }) => ({ path: vaultPath, oid }));
}

/** The commit as an object like the others; undefined where Git itself must make it. */
function plainCommit({ ident, signs, head }: Attempt, tree: string, message: string): NewObject | undefined {
  if (ident === undefined || signs) return undefined;
  const text = `tree ${tree}\nparent ${head}\nauthor ${ident}\ncommitter ${ident}\n\n${message}`;
  return objectOf('commit', Buffer.from(text), head);
}

const OUT_OF_TIME = { kind: 'held', reason: 'out-of-time' } as const satisfies AttemptResult;

/** By the files, where they tell; the move itself compares once more. */
function hasMoved({ gitDir, commonDir, branch, head }: Attempt): boolean {
  const now = readRefId(branch, { gitDir, commonDir });
  return now !== undefined && now !== head;
}

/** By the file where that is enough: the less time goes by between the look and the move, the less can happen. */
async function isOnBranch(git: GitRunner, gitDir: string, branch: string): Promise<boolean> {
  if (readHeadRef(gitDir) === branch) return true;
  return (await git.run(['symbolic-ref', '-q', 'HEAD'], { okCodes: [0, 1] })).text === branch;
}

async function indexHolds(git: GitRunner, entries: Readonly<Record<string, string>>): Promise<boolean> {
  const index = await readIndexEntries(git, Object.keys(entries));
  return Object.entries(entries).every(([path, oid]) => index.get(path)?.oid === oid);
}

/** What an earlier try of this publish laid down stays ours. */
function laidFiles({ git, gitDir, files }: Attempt): string[] {
  const before = new Set(readStaged(gitDir)?.laid);
  const isOurs = (path: string): boolean => before.has(path) || readWorkFile(git.worktree, path).kind === 'absent';
  return files.map((file) => file.vaultPath).filter(isOurs);
}

function placeFiles(worktree: string, prepared: readonly PreparedFile[]): boolean {
  try {
    placePrepared(worktree, prepared);
    return true;
  } catch (error) {
    if (error instanceof MemvaultError && error.code === 'conflict') return false;
    throw error;
  }
}

function messageOf({ files, options }: Attempt): string {
  const memories = files.map((file) => file.memory).filter((memory) => memory !== undefined);
  const named = memories.map((memory) => memory.memory?.session).filter((session) => session !== undefined);
  return commitMessage({
    template: options.message,
    count: memories.length,
    sessionIds: options.sessionIds ?? named,
    batchIds: options.batchIds ?? [],
  });
}
