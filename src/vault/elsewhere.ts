// Memories that are committed but not in this work tree: of the fetched default branch, of other branches. Read from a cache.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { idOf, isVaultMemory } from './file-name.ts';
import { parseMemoryFile } from './memory-file.ts';
import type { MemoryFile } from './memory-file.ts';

export interface ElsewhereMemory {
  /** Relative to the vault. */
  readonly path: string;
  /** Blob id; the content lies under this name in the cache. */
  readonly oid: string;
  /** In bytes. */
  readonly size: number;
  /** Full refs whose newest commit holds it. */
  readonly refs: readonly string[];
}

export interface Elsewhere {
  /** The ref that holds the default branch's truth. */
  readonly defaultRef?: string;
  /** Short name of a local branch → full ref of its upstream. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** Short name of a branch → the work tree that has it checked out. */
  readonly worktrees: Readonly<Record<string, string>>;
  readonly memories: readonly ElsewhereMemory[];
}

const NOWHERE: Elsewhere = { upstreams: {}, worktrees: {}, memories: [] };

/** The cache's folder in a clone's state. */
export function elsewhereFolder(stateDir: string): string {
  return join(stateDir, 'elsewhere');
}

export function elsewhereList(stateDir: string): string {
  return join(elsewhereFolder(stateDir), 'list.json');
}

/** What the last look at the branches found; nothing before the first one. */
export function readElsewhere(stateDir: string): Elsewhere {
  const file = elsewhereList(stateDir);
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  if (stats === undefined) return NOWHERE;
  // A search asks several times in one breath.
  const version = `${stats.ino} ${stats.mtimeNs}`;
  const known = lastRead.get(file);
  if (known?.version === version) return known.elsewhere;
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const elsewhere = isElsewhere(parsed) ? parsed : NOWHERE;
    lastRead.set(file, { version, elsewhere });
    return elsewhere;
  } catch {
    return NOWHERE;
  }
}

const lastRead = new Map<string, { readonly version: string; readonly elsewhere: Elsewhere }>();

/** Those of the memories that the fetched default branch or the upstream of the branch has: shown to everybody, marked. */
export function fetchedMemories(elsewhere: Elsewhere, branch: string | undefined): readonly ElsewhereMemory[] {
  const shown = shownRefs(elsewhere, branch);
  return elsewhere.memories.filter((memory) => memory.refs.some((ref) => shown.has(ref)));
}

/** Those that are only on other branches: shown when asked for. */
export function branchMemories(elsewhere: Elsewhere, branch: string | undefined): readonly ElsewhereMemory[] {
  const shown = shownRefs(elsewhere, branch);
  const own = `refs/heads/${branch ?? ''}`;
  return elsewhere.memories.filter((memory) => memory.refs.every((ref) => !shown.has(ref) && ref !== own));
}

/** Ids of memories that another branch holds and this one does not: their copies in the outbox do not wait. */
export function idsOnBranches(elsewhere: Elsewhere, branch: string | undefined): ReadonlySet<string> {
  return new Set(branchMemories(elsewhere, branch).flatMap((memory) => idOf(memory.path) ?? []));
}

/** Short names of the branches that hold the memory at a path. */
export function branchesOf(stateDir: string, path: string): readonly string[] {
  const found = readElsewhere(stateDir).memories.find((memory) => memory.path === path);
  return [...new Set((found?.refs ?? []).map((ref) => ref.replace(/^refs\/(?:heads|remotes)\//, '')))];
}

/** One of them, from the cache. */
export function readElsewhereMemory(stateDir: string, memory: ElsewhereMemory): MemoryFile {
  return parseMemoryFile(memory.path, readFileSync(join(elsewhereFolder(stateDir), memory.oid)));
}

function shownRefs(elsewhere: Elsewhere, branch: string | undefined): ReadonlySet<string | undefined> {
  const upstream = branch === undefined ? undefined : elsewhere.upstreams[branch];
  // A local branch that is not checked out here is another branch, also when it is the default one.
  return new Set([elsewhere.defaultRef, upstream].filter((ref) => ref?.startsWith('refs/remotes/')));
}

function isElsewhere(value: unknown): value is Elsewhere {
  if (typeof value !== 'object' || value === null) return false;
  const { upstreams, worktrees, memories } = value as Partial<Record<keyof Elsewhere, unknown>>;
  return isTexts(upstreams) && isTexts(worktrees) && Array.isArray(memories) && memories.every(isElsewhereMemory);
}

function isElsewhereMemory(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { path, oid, size, refs } = value as Partial<Record<keyof ElsewhereMemory, unknown>>;
  return (
    typeof path === 'string' &&
    isVaultMemory(path) &&
    typeof oid === 'string' &&
    /^[0-9a-f]{40,64}$/.test(oid) &&
    typeof size === 'number' &&
    Array.isArray(refs) &&
    refs.every((ref) => typeof ref === 'string')
  );
}

function isTexts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string');
}
