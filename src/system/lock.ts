// A lock that the operating system holds: an exclusive SQLite transaction, free again at once when its process dies.

import { chmodSync, mkdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

export interface HeldLock {
  /** Gives the lock back; a second call does nothing. */
  release(): void;
  /** Whether the file at the path is still the one that is locked: a folder that was deleted and made anew has another. */
  isCurrent(): boolean;
}

/**
 * Takes the lock of a file, waiting at most `waitMs` milliseconds; undefined when somebody else keeps it.
 * The file's content is SQLite's and means nothing; what else stands in its place is emptied, or moved aside where it is a folder.
 * Works between processes of one machine, not over network file systems.
 */
export function takeLock(file: string, waitMs: number): HeldLock | undefined {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  let database: DatabaseSync | undefined;
  try {
    database = begin(file, waitMs);
  } catch (error) {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      renameSync(file, `${file}.broken-${process.pid}`);
    } else if (isForeign(error)) {
      // Something else was written there. Emptied in place: whoever holds or awaits the lock does so on this very file.
      truncateSync(file);
    } else throw error;
    database = begin(file, waitMs);
  }
  if (database === undefined) return undefined;
  const open = database;
  makePrivate(file);
  const inode = inodeOf(file);
  let held = true;
  return {
    isCurrent: () => held && inodeOf(file) === inode,
    release() {
      if (!held) return;
      held = false;
      open.close();
    },
  };
}

/**
 * The same, while the process goes on with other work: for whoever may wait for something that this very process is at.
 */
export async function awaitLock(file: string, waitMs: number): Promise<HeldLock | undefined> {
  const end = performance.now() + waitMs;
  for (;;) {
    const lock = takeLock(file, 0);
    if (lock !== undefined || performance.now() >= end) return lock;
    await sleep(POLL_MS);
  }
}

const POLL_MS = 50;

function inodeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.ino;
}

function begin(file: string, waitMs: number): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: Math.max(0, Math.trunc(waitMs)) });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
function isForeign(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (error.errcode === 11 || error.errcode === 26);
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    (error.errcode === 5 || error.errcode === 6 || error.errcode === 261)
  );
}

function makePrivate(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // The folder is private already.
  }
}
