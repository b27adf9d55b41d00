// Takes away what is kept of old sessions on this user's side: their receipts and checkpoints. Their memories stand in the vault.

import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface PruneLimits {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A session that was quiet for so long goes. */
  readonly keepMs?: number;
  /** Of the others, the newest so many stay. */
  readonly most?: number;
}

const DAY_MS = 86_400_000;
const KEEP_MS = 90 * DAY_MS;
const MOST = 1_000;

/** Answers how many sessions went. What cannot be looked at or removed stays, and is tried again next time. */
export function pruneSessions(folder: string, { now, keepMs = KEEP_MS, most = MOST }: PruneLimits): number {
  const sessions = names(folder)
    .flatMap((name) => {
      const at = lastWritten(join(folder, name));
      return at === undefined ? [] : [{ path: join(folder, name), at }];
    })
    .sort((a, b) => b.at - a.at);
  const old = sessions.filter(({ at }, order) => order >= most || now - at > keepMs);
  return old.filter(({ path }) => remove(path)).length;
}

/** When any of a session's files was written last; undefined for what is no session's folder. */
function lastWritten(folder: string): number | undefined {
  const own = timeOf(folder, 'isDirectory');
  if (own === undefined) return undefined;
  return Math.max(own, ...names(folder).map((name) => timeOf(join(folder, name), 'isFile') ?? 0));
}

function timeOf(path: string, kind: 'isDirectory' | 'isFile'): number | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.[kind]() === true ? stats.mtimeMs : undefined;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function remove(path: string): boolean {
  try {
    rmSync(path, { recursive: true });
    return true;
  } catch {
    return false;
  }
}
