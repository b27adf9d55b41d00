// How far the outbox's memories have come, and the pruning of those that the default branch has.

import type { VaultPlace } from '../../model/place.ts';
import { idOf } from '../file-name.ts';
import { openOutbox } from '../outbox.ts';
import { readTreeEntries } from './entries.ts';
import { readGitFacts } from './facts.ts';
import type { GitFacts } from './facts.ts';
import { readBranches } from './branches.ts';
import { findDeleted, findLiving, shortBranch } from './history.ts';
import { readPublished, updatePublished } from './published.ts';
import { openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export interface OutboxState {
  /** Paths below the vault of memories that are committed nowhere. */
  readonly waiting: readonly string[];
  /** Committed on a living branch, but not yet in the default branch: the outbox keeps a copy. */
  readonly committed: readonly { readonly path: string; readonly branch: string; readonly worktree?: string }[];
  /** In the default branch, or deleted there: `pruneOutbox` takes them out. */
  readonly settled: readonly string[];
}

interface StateOptions {
  readonly env?: Environment;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** Read a moment ago by the caller. */
  readonly facts?: GitFacts;
}

/** Sorts the outbox's memories by how far they came. Outside of Git, or when git fails, all of them wait. */
export async function outboxState(place: VaultPlace, options: StateOptions = {}): Promise<OutboxState> {
  const paths = openOutbox(place.stateDir)
    .list()
    .map((file) => file.path);
  if (paths.length === 0 || place.gitDir === undefined) return { waiting: paths, committed: [], settled: [] };
  const facts = options.facts ?? (await readGitFacts(place, options));
  if (facts.problem !== undefined) return { waiting: paths, committed: [], settled: [] };
  const git = openGit(place.root, options);
  const settled = await findSettled(git, place, facts, paths);
  const open = paths.filter((path) => !settled.has(path));
  const branches = await readBranches(git, place.stateDir, facts, options.now ?? Date.now());
  const known = { branches, defaultRef: facts.defaultRef };
  const living = await findLiving(git, open, readPublished(place.stateDir), known);
  return {
    waiting: open.filter((path) => !living.has(path)),
    committed: [...living].map(([path, ref]) => {
      const branch = shortBranch(ref);
      const worktree = branches.worktrees[branch];
      return { path, branch, ...(worktree === undefined ? {} : { worktree }) };
    }),
    settled: [...settled],
  };
}

/**
 * Takes out of the outbox what the default branch has (the fetched one where there is a remote), or had until a person
 * deleted it there; gives their number.
 */
export async function pruneOutbox(place: VaultPlace, options: StateOptions = {}): Promise<number> {
  const outbox = openOutbox(place.stateDir);
  const paths = outbox.list().map((file) => file.path);
  if (paths.length === 0 || place.gitDir === undefined) return 0;
  const facts = options.facts ?? (await readGitFacts(place, options));
  if (facts.problem !== undefined) return 0;
  const settled = [...(await findSettled(openGit(place.root, options), place, facts, paths))];
  if (settled.length === 0) return 0;
  outbox.remove(settled);
  updatePublished(place.stateDir, { remove: settled });
  return settled.length;
}

async function findSettled(
  git: GitRunner,
  place: VaultPlace,
  facts: GitFacts,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  if (facts.defaultRef === undefined) return new Set();
  const tree = await readTreeEntries(git, facts.defaultRef);
  const ids = new Set([...tree.keys()].map(idOf));
  const settled = new Set(paths.filter((path) => ids.has(idOf(path) ?? '')));
  const open = paths.filter((path) => !settled.has(path));
  for (const path of await findDeleted(git, facts.defaultRef, open, readPublished(place.stateDir))) settled.add(path);
  return settled;
}
