// What is kept of other people's memories: who brought which, and which nobody merged. Read without Git.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { readRefId } from './ref-id.ts';

export interface OthersMemories {
  /** Name of the person by path below the vault, where that is not the user; a claim of the commit. */
  readonly authors: ReadonlyMap<string, string>;
  /** Paths below the vault that a commit which was not made here brought or changed, and the default branch does not have. */
  readonly pending: ReadonlySet<string>;
}

export interface KeptOthers {
  /** HEAD's commit. */
  readonly head: string;
  /** The default branch's ref, and its commit. */
  readonly base?: { readonly ref: string; readonly commit: string };
  readonly authors: Readonly<Record<string, string>>;
  readonly pending: readonly string[];
}

const NO_OTHERS: OthersMemories = { authors: new Map(), pending: new Set() };

/**
 * What was kept, as long as nothing came to HEAD since but commits that were made here, and nothing that is pending can have been
 * merged; undefined otherwise.
 */
export function readOthers(place: VaultPlace): OthersMemories | undefined {
  if (place.kind !== 'repository') return NO_OTHERS;
  const kept = readKeptOthers(place);
  if (kept === undefined || !holdsOnlyOwnSince(place, kept.head)) return undefined;
  return kept.pending.length === 0 || isBaseCurrent(place, kept) ? toOthers(kept) : undefined;
}

/** Whether neither HEAD nor the default branch has moved since. */
export function isCurrent(place: VaultPlace, kept: KeptOthers): boolean {
  return refId(place, 'HEAD') === kept.head && isBaseCurrent(place, kept);
}

function isBaseCurrent(place: VaultPlace, { base }: KeptOthers): boolean {
  return base === undefined || refId(place, base.ref) === base.commit;
}

function refId({ gitDir, commonDir }: VaultPlace, ref: string): string | undefined {
  return gitDir === undefined || commonDir === undefined ? undefined : readRefId(ref, { gitDir, commonDir });
}

function holdsOnlyOwnSince(place: VaultPlace, head: string): boolean {
  const now = refId(place, 'HEAD');
  if (now === undefined || now === head) return now === head;
  const log = readReflog(place);
  const since = log.findLastIndex(({ commit }) => commit === head);
  return since >= 0 && log.at(-1)?.commit === now && log.slice(since + 1).every(({ action }) => MADE_HERE.test(action));
}

/** Actions that make a commit; the others only bring one here. A merge makes one too, but not those that it merges. */
export const MADE_HERE = /^(?:commit|cherry-pick|rebase|revert|am\b|claude-mem)/;

export interface ReflogEntry {
  readonly commit: string;
  /** Of the person at this machine. */
  readonly email: string;
  readonly action: string;
}

/** HEAD's reflog, oldest first; empty where none is kept. */
export function readReflog({ gitDir }: VaultPlace): readonly ReflogEntry[] {
  if (gitDir === undefined) return [];
  let text: string;
  try {
    text = readFileSync(join(gitDir, 'logs', 'HEAD'), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [, commit, email, action] = /^[0-9a-f]+ ([0-9a-f]+) .*?<([^>]*)> \d+ [+-]\d{4}(?:\t(.*))?$/.exec(line) ?? [];
    return commit === undefined || email === undefined ? [] : [{ commit, email, action: action ?? '' }];
  });
}

export function toOthers({ authors, pending }: KeptOthers): OthersMemories {
  return { authors: new Map(Object.entries(authors)), pending: new Set(pending) };
}

/** Of the work tree, not of the clone: each has a HEAD of its own. */
export function othersFile({ stateDir, gitDir, commonDir }: VaultPlace): string {
  const folder = gitDir === undefined || gitDir === commonDir ? stateDir : join(gitDir, STATE_FOLDER);
  return join(folder, 'others.json');
}

export function readKeptOthers(place: VaultPlace): KeptOthers | undefined {
  try {
    const kept = JSON.parse(readFileSync(othersFile(place), 'utf8')) as KeptOthers;
    return typeof kept.head === 'string' && Array.isArray(kept.pending) ? kept : undefined;
  } catch {
    return undefined;
  }
}
