// Where published memories are now: deleted in a history, alive on a branch, checked out in another work tree.

import { VAULT_FOLDER } from '../../model/place.ts';
import { idOf } from '../file-name.ts';
import type { Branches } from './branches.ts';
import type { PublishedRecord } from './published.ts';
import { GIT_FATAL } from './runner.ts';
import type { GitRunner } from './runner.ts';

/** A walk through a long history must not hold up a publish; an unfinished one finds nothing. */
const WALK_MS = 10_000;

/**
 * Those of the paths (below the vault) whose deletion lies in the history of a commit or ref. Only memories that this clone
 * published can have been deleted, and only after that.
 */
export async function findDeleted(
  git: GitRunner,
  ref: string,
  paths: readonly string[],
  published: PublishedRecord,
): Promise<ReadonlySet<string>> {
  const known = paths.filter((path) => published[path]?.commit !== undefined);
  if (known.length === 0) return new Set();
  const start = await commonStart(git, [...new Set(known.flatMap((path) => published[path]?.commit ?? []))]);
  const args = ['log', '--full-history', '--no-renames', '--diff-filter=D', '--name-only', '--format=', '-z'];
  try {
    const walked = await git.run(
      [...args, '--end-of-options', ref, ...(start === undefined ? [] : [`^${start}`]), '--', VAULT_FOLDER],
      { timeoutMs: WALK_MS },
    );
    const deleted = new Set(
      walked.stdout
        .toString('utf8')
        .split('\0')
        .map((path) => path.replace(/^\n/, '')),
    );
    return new Set(known.filter((path) => deleted.has(`${VAULT_FOLDER}/${path}`)));
  } catch {
    return new Set();
  }
}

/**
 * A commit that all of these build on: what was deleted after they were made is not below it. Dates would not do, for clocks and
 * people set them. Undefined when there is none, or a commit is gone.
 */
async function commonStart(git: GitRunner, commits: readonly string[]): Promise<string | undefined> {
  const found = await git.run(['merge-base', '--octopus', '--end-of-options', ...commits], {
    okCodes: [0, 1, GIT_FATAL, 129],
  });
  return found.code === 0 && found.text !== '' ? found.text : undefined;
}

/**
 * Path → full ref, for those of the memories that HEAD lacks and a branch holds. A memory whose commit still belongs to a branch
 * that does not hold it any more was deleted there by a person: it stays with that branch.
 */
export async function findLiving(
  git: GitRunner,
  paths: readonly string[],
  published: PublishedRecord,
  known: { readonly branches: Branches; readonly defaultRef?: string | undefined },
): Promise<ReadonlyMap<string, string>> {
  const { ahead, unmerged } = known.branches;
  const byId = new Map([...unmerged, ...ahead].map((row) => [idOf(row.path), row.refs[0] ?? '']));
  const byCommit = new Map<string, string | undefined>();
  const living = new Map<string, string>();
  for (const path of paths) {
    const commit = published[path]?.commit;
    let ref = byId.get(idOf(path));
    if (ref === undefined && commit !== undefined) {
      if (!byCommit.has(commit)) byCommit.set(commit, await branchWith(git, commit, known.defaultRef));
      ref = byCommit.get(commit);
    }
    if (ref !== undefined) living.set(path, ref);
  }
  return living;
}

export function shortBranch(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes)\//, '');
}

async function branchWith(git: GitRunner, commit: string, defaultRef?: string): Promise<string | undefined> {
  const patterns = ['refs/heads', ...(defaultRef === undefined ? [] : [defaultRef])];
  const args = ['for-each-ref', '--count=1', '--format=%(refname)', `--contains=${commit}`, ...patterns];
  const found = await git.run(args, { okCodes: [0, 1, GIT_FATAL, 129] });
  return found.code === 0 && found.text !== '' ? found.text : undefined;
}
