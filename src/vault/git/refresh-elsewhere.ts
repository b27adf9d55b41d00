// Brings the cache of memories of other branches up to date: a list, and one file for each blob that is not in it yet.

import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { VaultPlace } from '../../model/place.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { elsewhereFolder, elsewhereList } from '../elsewhere.ts';
import type { Elsewhere, ElsewhereMemory } from '../elsewhere.ts';
import { readBranches } from './branches.ts';
import type { BranchMemory } from './branches.ts';
import { readGitFacts } from './facts.ts';
import type { GitFacts } from './facts.ts';
import { readMemoryBlobs } from './memory-blobs.ts';
import { openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export interface RefreshOptions {
  readonly env?: Environment;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether a partial clone may fetch the contents that it lacks; only where somebody asked for the network. */
  readonly mayFetch?: boolean;
  /** Read a moment ago by the caller. */
  readonly facts?: GitFacts;
}

/** Newest first, so many are kept: more unmerged memories than these nobody reads. */
const MAX_KEPT = 5_000;
const CHUNK = 200;

/** Looks at every branch and reads what is new. Throws `unavailable` when git fails. Outside of Git nothing is done. */
export async function refreshElsewhere(place: VaultPlace, options: RefreshOptions): Promise<void> {
  if (place.gitDir === undefined) return;
  const facts = options.facts ?? (await readGitFacts(place, options));
  if (facts.problem !== undefined) return;
  const git = openGit(place.root, options);
  const branches = await readBranches(git, place.stateDir, facts, options.now);
  const wanted = [...branches.ahead, ...branches.unmerged]
    .sort((one, other) => (one.path < other.path ? 1 : -1))
    .slice(0, MAX_KEPT);
  const mayRead = !facts.isPartial || options.mayFetch === true;
  const memories = await keepContents(git, place.stateDir, wanted, mayRead);
  const elsewhere: Elsewhere = {
    ...(facts.defaultRef === undefined ? {} : { defaultRef: facts.defaultRef }),
    upstreams: branches.upstreams,
    worktrees: branches.worktrees,
    memories: mergeRefs(memories),
  };
  writeFileAtomic(elsewhereList(place.stateDir), `${JSON.stringify(elsewhere)}\n`);
  dropUnlisted(place.stateDir, new Set(memories.map((memory) => memory.oid)));
}

async function keepContents(
  git: GitRunner,
  stateDir: string,
  wanted: readonly BranchMemory[],
  mayRead: boolean,
): Promise<ElsewhereMemory[]> {
  const folder = elsewhereFolder(stateDir);
  if (wanted.length === 0) return [];
  const missing = [...new Set(wanted.map((row) => row.oid))].filter((oid) => !existsSync(join(folder, oid)));
  for (let at = 0; mayRead && at < missing.length; at += CHUNK)
    for (const [oid, bytes] of await readMemoryBlobs(git, missing.slice(at, at + CHUNK)))
      writeFileAtomic(join(folder, oid), bytes);
  return wanted.flatMap((row) => {
    const found = statSync(join(folder, row.oid), { throwIfNoEntry: false });
    return found === undefined ? [] : [{ ...row, size: found.size }];
  });
}

/** A memory that is both fetched and on a branch is one. */
function mergeRefs(memories: readonly ElsewhereMemory[]): ElsewhereMemory[] {
  const merged = new Map<string, ElsewhereMemory>();
  for (const memory of memories) {
    const refs = [...new Set([...(merged.get(memory.path)?.refs ?? []), ...memory.refs])];
    merged.set(memory.path, { ...memory, refs });
  }
  return [...merged.values()];
}

function dropUnlisted(stateDir: string, listed: ReadonlySet<string>): void {
  const folder = elsewhereFolder(stateDir);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder))
    if (/^[0-9a-f]{40,64}$/.test(name) && !listed.has(name)) rmSync(join(folder, name), { force: true });
}
