// Where each memory is committed: on which branches of the clone and of its remotes, beside the default branch.

import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { emptyTreeId } from './entries.ts';
import type { GitFacts } from './facts.ts';
import { isVaultMemory } from '../file-name.ts';
import { readOffline } from './offline.ts';
import type { GitRunner } from './runner.ts';

export interface BranchMemory {
  /** Relative to the vault. */
  readonly path: string;
  readonly oid: string;
  /** Full refs whose newest commit holds it, local branches first. */
  readonly refs: readonly string[];
}

export interface Branches {
  /** Memories that the default branch lacks and another branch has. */
  readonly unmerged: readonly BranchMemory[];
  /** Memories of the default branch, or of a branch's upstream, that the newest commit of a checked out branch lacks. */
  readonly ahead: readonly BranchMemory[];
  /** Short name of a local branch → full ref of its upstream. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** Short name of a branch → the work tree that has it checked out. */
  readonly worktrees: Readonly<Record<string, string>>;
}

/**
 * Looks at the newest commit of every branch; the answer is kept until a branch moves. A remote-tracking branch that was
 * deleted at the remote, or that nobody moved for two weeks and no local branch stands for, does not count.
 */
export async function readBranches(git: GitRunner, stateDir: string, facts: GitFacts, now: number): Promise<Branches> {
  const listed = await git.run(['for-each-ref', `--count=${MAX_REFS}`, '--sort=-committerdate', FORMAT, ...SPACES]);
  const gone = readOffline(stateDir).gone;
  const refs = parseRefs(listed.text).filter((ref) => ref.name.startsWith(HEADS) || !gone.includes(ref.name));
  const living = refs.filter((ref) => isLiving(ref, refs, facts, now));
  const digest = createHash('sha256')
    .update(
      JSON.stringify([
        FORM,
        facts.defaultRef ?? '',
        living.map((ref) => [ref.name, ref.commit, ref.upstream, ref.worktree]),
      ]),
    )
    .digest('base64url');
  const known = readCache(stateDir);
  if (known?.digest === digest) return known.branches;
  const branches = await lookAt(git, living, facts);
  writeFileAtomic(cacheFile(stateDir), `${JSON.stringify({ digest, branches })}\n`);
  return branches;
}

const HEADS = 'refs/heads/';
const SPACES = [HEADS, 'refs/remotes/'];
const MAX_REFS = 3_000;
const FORM = 1;
const FORMAT =
  '--format=%(refname)%00%(objectname)%00%(symref)%00%(upstream)%00%(worktreepath)%00%(committerdate:unix)%00%(objecttype)';
const STALE_SECONDS = 14 * 24 * 60 * 60;

interface Ref {
  readonly name: string;
  readonly commit: string;
  readonly upstream: string;
  readonly worktree: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

function parseRefs(text: string): Ref[] {
  const refs: Ref[] = [];
  for (const line of text.split('\n')) {
    const [name = '', commit = '', symref = '', upstream = '', worktree = '', at = '', type = ''] = line.split('\0');
    if (name !== '' && symref === '' && type === 'commit')
      refs.push({ name, commit, upstream, worktree, at: Number(at) });
  }
  // Local branches first: their names are what people know.
  return refs.sort((one, other) => Number(!one.name.startsWith(HEADS)) - Number(!other.name.startsWith(HEADS)));
}

function isLiving(ref: Ref, refs: readonly Ref[], facts: GitFacts, now: number): boolean {
  if (ref.name.startsWith(HEADS) || ref.name === facts.defaultRef) return true;
  if (now / 1000 - ref.at < STALE_SECONDS) return true;
  const branch = ref.name.replace(/^refs\/remotes\/[^/]+\//, '');
  return refs.some((other) => other.name === HEADS + branch || other.upstream === ref.name);
}

async function lookAt(git: GitRunner, refs: readonly Ref[], facts: GitFacts): Promise<Branches> {
  const trees = await readVaultTrees(git, refs);
  const empty = emptyTreeId(refs[0]?.commit ?? '');
  const base = facts.defaultRef === undefined ? empty : (trees.get(facts.defaultRef) ?? empty);
  const unmerged = await addedTo(git, base, refs, trees);
  const ahead: BranchMemory[] = [];
  const upstreams: Record<string, string> = {};
  const worktrees: Record<string, string> = {};
  for (const ref of refs) {
    if (!ref.name.startsWith(HEADS)) continue;
    const short = ref.name.slice(HEADS.length);
    if (ref.upstream !== '') upstreams[short] = ref.upstream;
    if (ref.worktree === '') continue;
    worktrees[short] = ref.worktree;
    const others = refs.filter(({ name }) => name === facts.defaultRef || name === ref.upstream);
    ahead.push(...(await addedTo(git, trees.get(ref.name) ?? empty, others, trees)));
  }
  return { unmerged, ahead: mergeRows(ahead), upstreams, worktrees };
}

/** Full ref → object id of the vault's tree in its newest commit. */
async function readVaultTrees(git: GitRunner, refs: readonly Ref[]): Promise<Map<string, string>> {
  const stdin = refs.map((ref) => `${ref.commit}:${VAULT_FOLDER}\n`).join('');
  const found = await git.run(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { stdin });
  const lines = found.text.split('\n');
  const trees = new Map<string, string>();
  for (const [i, ref] of refs.entries()) {
    const [, oid] = /^([0-9a-f]+) tree$/.exec(lines[i] ?? '') ?? [];
    if (oid !== undefined) trees.set(ref.name, oid);
  }
  return trees;
}

async function addedTo(
  git: GitRunner,
  base: string,
  refs: readonly Ref[],
  trees: ReadonlyMap<string, string>,
): Promise<BranchMemory[]> {
  const byTree = Map.groupBy(
    refs.filter((ref) => trees.has(ref.name) && trees.get(ref.name) !== base),
    (ref) => trees.get(ref.name) ?? '',
  );
  if (byTree.size === 0) return [];
  const stdin = [...byTree.keys()].map((tree) => `${base} ${tree}\n`).join('');
  const compared = await git.run(['diff-tree', '-r', '--no-renames', '--raw', '-z', '--no-abbrev', '--stdin'], {
    stdin,
  });
  const rows: BranchMemory[] = [];
  let tree = '';
  const fields = compared.stdout.toString('utf8').split('\0');
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const lines = (fields[i] ?? '').split('\n');
    tree = lines.length > 1 ? (lines.at(-2)?.split(' ')[1] ?? '') : tree;
    const [, oid] = /^:\d+ 100(?:644|755) 0+ ([0-9a-f]+) A$/.exec(lines.at(-1) ?? '') ?? [];
    const path = fields[i + 1] ?? '';
    if (oid !== undefined && isVaultMemory(path))
      rows.push({ path, oid, refs: (byTree.get(tree) ?? []).map((ref) => ref.name) });
  }
  return mergeRows(rows);
}

/** The same file on several branches is one row. */
function mergeRows(rows: readonly BranchMemory[]): BranchMemory[] {
  const merged = new Map<string, BranchMemory>();
  for (const row of rows) {
    const key = `${row.path}\0${row.oid}`;
    const refs = [...new Set([...(merged.get(key)?.refs ?? []), ...row.refs])];
    merged.set(key, { ...row, refs });
  }
  return [...merged.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

function cacheFile(stateDir: string): string {
  return join(stateDir, 'branches.json');
}

function readCache(stateDir: string): { readonly digest: string; readonly branches: Branches } | undefined {
  try {
    // Written by this module only, and thrown away when its digest does not fit.
    return JSON.parse(readFileSync(cacheFile(stateDir), 'utf8')) as { digest: string; branches: Branches };
  } catch {
    return undefined;
  }
}
