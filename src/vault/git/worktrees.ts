// The other work trees of a clone: which branches they have checked out.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { VaultPlace } from '../../model/place.ts';
import { readHeadRef } from './ref-id.ts';
import type { GitRunner } from './runner.ts';

/**
 * Whether another work tree of the clone has the branch (a full ref) checked out, as only force or a repair makes it. Git's files say where to look; git itself is asked only when they name the same branch twice, or name none.
 */
export async function isCheckedOutElsewhere(
  git: GitRunner,
  { gitDir, commonDir }: VaultPlace,
  branch: string,
): Promise<boolean> {
  if (gitDir === undefined || commonDir === undefined) return false;
  const others = worktreeDirs(commonDir).filter((dir) => dir !== gitDir);
  if (!others.some((dir) => (readHeadRef(dir) ?? branch) === branch)) return false;
  return (await otherBranches(git, git.worktree)).has(branch.slice('refs/heads/'.length));
}

/** The Git directories of all work trees of a clone, the clone's own first. */
function worktreeDirs(commonDir: string): string[] {
  const linked = join(commonDir, 'worktrees');
  return [commonDir, ...(existsSync(linked) ? readdirSync(linked).map((name) => join(linked, name)) : [])];
}

/** Short names of the branches that other work trees of the clone have checked out. */
export async function otherBranches(git: GitRunner, toplevel: string): Promise<ReadonlySet<string>> {
  const listed = await git.run(['worktree', 'list', '--porcelain', '-z'], { okCodes: [0, 129] });
  const names = new Set<string>();
  for (const record of listed.stdout.toString('utf8').split('\0\0')) {
    const lines = record.split('\0');
    if (lines.includes(`worktree ${toplevel}`) || lines.some((line) => line.startsWith('prunable'))) continue;
    const branch = lines.find((line) => line.startsWith('branch refs/heads/'));
    if (branch !== undefined) names.add(branch.slice('branch refs/heads/'.length));
  }
  return names;
}
