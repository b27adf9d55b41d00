// What HEAD's reflogs tell: which commits this machine made, and which it only brought here. Read without Git.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { VaultPlace } from '../../model/place.ts';

export interface ReflogEntry {
  /** What HEAD was before; zeros at the beginning. */
  readonly before: string;
  readonly commit: string;
  /** Of the person at this machine. */
  readonly email: string;
  readonly action: string;
}

/**
 * Actions that make a commit out of what a person, or memvault, wrote here. Not those that make one out of somebody else's: a
 * cherry-pick, a rebase or `git am` gives a stranger's text a commit of this machine. A merge counts by what was settled in it.
 */
export function isMadeHere({ action }: ReflogEntry): boolean {
  return /^(?:commit(?: \((?:initial|amend|merge)\))?|claude-mem): /.test(action);
}

/** Actions that add nothing but what was written here: no look at Git is needed after them. */
export function addsOnlyOwn({ action }: ReflogEntry): boolean {
  return /^(?:commit(?: \((?:initial|amend)\))?|claude-mem): /.test(action);
}

/** HEAD's reflog of the work tree, oldest first; empty where none is kept. */
export function readReflog({ gitDir }: VaultPlace): readonly ReflogEntry[] {
  return gitDir === undefined ? [] : readLog(join(gitDir, 'logs', 'HEAD'));
}

/** HEAD's reflogs of all work trees of the clone, by file. */
export function readAllReflogs({ gitDir, commonDir }: VaultPlace): ReadonlyMap<string, readonly ReflogEntry[]> {
  const folders = new Set([gitDir, commonDir, ...linkedGitDirs(commonDir)].filter((folder) => folder !== undefined));
  return new Map([...folders].map((folder) => [folder, readLog(join(folder, 'logs', 'HEAD'))]));
}

function linkedGitDirs(commonDir: string | undefined): readonly string[] {
  if (commonDir === undefined) return [];
  const folder = join(commonDir, 'worktrees');
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readLog(file: string): readonly ReflogEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [, before, commit, email, action] =
      /^([0-9a-f]+) ([0-9a-f]+) .*?<([^>]*)> \d+ [+-]\d{4}(?:\t(.*))?$/.exec(line) ?? [];
    return before === undefined || commit === undefined || email === undefined
      ? []
      : [{ before, commit, email, action: action ?? '' }];
  });
}
