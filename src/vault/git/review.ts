// What a branch adds to the vault against its base: for a person who reviews it.

import { MemvaultError } from '../../model/errors.ts';
import type { BranchReview, ReviewedFile } from '../../model/branch-review.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { isVaultMemory } from '../file-name.ts';
import { parseMemoryFile } from '../memory-file.ts';
import { readGitFacts } from './facts.ts';
import type { GitFacts } from './facts.ts';
import { shortBranch } from './history.ts';
import { readMemoryBlobs } from './memory-blobs.ts';
import { outboxState } from './outbox-state.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export interface ReviewOptions {
  /** A branch or commit; the default branch when left out. */
  readonly base?: string;
  readonly env?: Environment;
}

/** Throws `not_found` when there is no such base, or nothing that both have in common. */
export async function reviewBranch(place: VaultPlace, options: ReviewOptions): Promise<BranchReview> {
  const git = openGit(place.root, options);
  const { facts, head, base, changes: all } = await compareWithBase(git, place, options);
  const changes = all.filter(({ path }) => isVaultMemory(path));
  const blobs = await readMemoryBlobs(git, [
    ...new Set(changes.map((row) => row.oid).filter((oid) => !/^0+$/.test(oid))),
  ]);
  const files = changes.map(({ path, change, oid }): ReviewedFile => {
    const bytes = blobs.get(oid);
    const parsed = bytes === undefined ? undefined : parseMemoryFile(path, bytes);
    return { path, change, ...(parsed?.ok === true ? { memory: parsed.memory } : {}) };
  });
  return {
    base,
    branch: facts.branch === undefined ? head.slice(0, 8) : shortBranch(facts.branch),
    files,
    waiting: (await outboxState(place, options)).waiting.length,
  };
}

/** The paths below the vault, memories or not, that a branch adds, changes or removes. Throws as `reviewBranch` does. */
export async function changedPaths(place: VaultPlace, options: ReviewOptions): Promise<ReadonlySet<string>> {
  const { changes } = await compareWithBase(openGit(place.root, options), place, options);
  return new Set(changes.map(({ path }) => path));
}

interface Compared {
  readonly facts: GitFacts;
  readonly head: string;
  readonly base: string;
  readonly changes: readonly Change[];
}

async function compareWithBase(git: GitRunner, place: VaultPlace, options: ReviewOptions): Promise<Compared> {
  const facts = await readGitFacts(place, options);
  const { head } = facts;
  if (facts.problem !== undefined || head === undefined)
    throw new MemvaultError('not_found', 'there is no commit here to review', {
      hint: 'Run it inside a Git repository.',
    });
  const { base, start } = await findBase(git, facts, options.base);
  const args = ['diff-tree', '-r', '--no-renames', '--raw', '--no-abbrev', '-z', start, head, '--', VAULT_FOLDER];
  const compared = await git.run(args);
  return { facts, head, base, changes: parseChanges(compared.stdout.toString('utf8')) };
}

interface Change {
  readonly path: string;
  readonly change: ReviewedFile['change'];
  readonly oid: string;
}

async function findBase(
  git: GitRunner,
  facts: GitFacts,
  asked: string | undefined,
): Promise<{ base: string; start: string }> {
  const name = asked ?? facts.defaultRef;
  if (name === undefined)
    throw new MemvaultError('not_found', 'the repository has no default branch to compare with', {
      hint: 'Name one: `memvault review --base <branch>`. In CI, fetch it first (`fetch-depth: 0`).',
    });
  const okCodes = [0, 1, GIT_FATAL];
  const commit = await git.run(['rev-parse', '-q', '--verify', '--end-of-options', `${name}^{commit}`], { okCodes });
  if (commit.code !== 0)
    throw new MemvaultError('not_found', `there is no branch or commit "${name.slice(0, 80)}" here`, {
      hint: 'In CI, fetch it first (`fetch-depth: 0`).',
    });
  const shared = await git.run(['merge-base', commit.text, 'HEAD'], { okCodes });
  if (shared.code !== 0)
    throw new MemvaultError('not_found', `${shortBranch(name)} and HEAD have no commit in common here`, {
      hint: 'A shallow clone ends too early: fetch the whole history (`fetch-depth: 0`).',
    });
  return { base: shortBranch(name), start: shared.text };
}

function parseChanges(text: string): readonly Change[] {
  const changes: Change[] = [];
  const fields = text.split('\0');
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, before, after, letter] = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.exec(fields[i] ?? '') ?? [];
    const path = (fields[i + 1] ?? '').slice(VAULT_FOLDER.length + 1);
    const oid = letter === 'D' ? before : after;
    if (oid === undefined || letter === undefined) continue;
    changes.push({ path, oid, change: letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'changed' });
  }
  return changes;
}
