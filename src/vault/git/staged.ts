// The note of what a publish is about to stage, written before: after a crash it tells our entries from the user's.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../../model/place.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';

const STEPS = ['index', 'files', 'back'] as const;

export interface Staged {
  readonly branch: string;
  readonly commit: string;
  /** `index`: entries and files may be there. `files`: every file was laid down. `back`: they are being taken away again. */
  readonly step: (typeof STEPS)[number];
  /** Path from the work tree's top → object id. */
  readonly entries: Readonly<Record<string, string>>;
  /** Those of them that no file stood for before: only these are ours to remove. */
  readonly laid: readonly string[];
}

/** Private folder of one work tree inside its Git directory. */
export function scratchFolder(gitDir: string): string {
  return join(gitDir, STATE_FOLDER);
}

/** The note of a publish that did not end; undefined when there is none. */
export function readStaged(gitDir: string): Staged | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(fileOf(gitDir), 'utf8'));
    return isStaged(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

export function writeStaged(gitDir: string, staged: Staged): void {
  writeFileAtomic(fileOf(gitDir), `${JSON.stringify(staged)}\n`);
}

export function removeStaged(gitDir: string): void {
  rmSync(fileOf(gitDir), { force: true });
}

function fileOf(gitDir: string): string {
  return join(scratchFolder(gitDir), 'staged.json');
}

function isStaged(value: unknown): value is Staged {
  if (!isRecord(value)) return false;
  const { branch, commit, step, entries, laid } = value;
  if (typeof branch !== 'string' || typeof commit !== 'string' || !STEPS.some((known) => known === step)) return false;
  if (!isRecord(entries)) return false;
  if (!Array.isArray(laid) || !laid.every((path) => typeof path === 'string')) return false;
  return Object.values(entries).every((oid) => typeof oid === 'string' && /^[0-9a-f]{40,64}$/.test(oid));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
