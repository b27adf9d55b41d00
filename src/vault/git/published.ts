// The record of what this clone has published, and where: it tells a deletion by the user from a branch that went away.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../system/atomic-file.ts';

interface PublishedMemory {
  /** Commit that brought it; absent when mode `manual` only wrote the file. */
  readonly commit?: string;
  /** Full ref of the branch at that time. */
  readonly branch?: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

/** By path below the vault. */
export type PublishedRecord = Readonly<Record<string, PublishedMemory>>;

/** Reads the record of a clone; one that is missing or damaged is empty, which costs nothing but a doubled file at worst. */
export function readPublished(stateDir: string): PublishedRecord {
  try {
    const parsed: unknown = JSON.parse(readFileSync(fileOf(stateDir), 'utf8'));
    const memories = isRecord(parsed) && isRecord(parsed['memories']) ? parsed['memories'] : {};
    const rows: Record<string, PublishedMemory> = {};
    for (const [path, row] of Object.entries(memories)) if (isPublished(row)) rows[path] = row;
    return rows;
  } catch {
    return {};
  }
}

/** Adds and removes rows. The caller holds the clone's publish lock. */
export function updatePublished(
  stateDir: string,
  changes: { readonly add?: PublishedRecord; readonly remove?: Iterable<string> },
): void {
  const memories: Record<string, PublishedMemory> = { ...readPublished(stateDir), ...changes.add };
  for (const path of changes.remove ?? []) delete memories[path];
  writeFileAtomic(fileOf(stateDir), `${JSON.stringify({ memories }, null, 1)}\n`);
}

function fileOf(stateDir: string): string {
  return join(stateDir, 'published.json');
}

function isPublished(value: unknown): value is PublishedMemory {
  if (!isRecord(value)) return false;
  const { commit, branch, at } = value;
  const isCommit = commit === undefined || (typeof commit === 'string' && /^[0-9a-f]{40,64}$/.test(commit));
  const isBranch = branch === undefined || (typeof branch === 'string' && branch.startsWith('refs/'));
  return isCommit && isBranch && typeof at === 'number';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
