// Brings the index up to date under the clone's lock, at most every so often per process; and reads it in that state.

import { lstatSync } from 'node:fs';
import type { SyncReport } from '../model/search.ts';
import { takeLock } from '../system/lock.ts';
import { isBrokenIndex, moveIndexAside, openExistingIndex, openIndex } from './database.ts';
import type { IndexDatabase } from './database.ts';
import type { MemoryFileSource } from './file-source.ts';
import { checkUnchanged, syncIndex } from './sync.ts';

export interface UpToDateOptions {
  readonly file: string;
  /** Whoever writes the index holds this lock. */
  readonly lockFile: string;
  readonly sources: readonly MemoryFileSource[];
  /** A check that is younger counts for this process. */
  readonly maxAgeMs: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How long a caller waits for the lock before it makes do with what is there. */
const LOCK_WAIT_MS = 50;

/**
 * Looks whether files changed and takes the changes in. Without changes, or shortly after the last look, no lock is taken.
 * When another process holds the lock, nothing is done and the report says `stale`.
 */
export function bringUpToDate(options: UpToDateOptions): SyncReport {
  const { file, now, maxAgeMs } = options;
  const last = checks.get(file);
  if (last !== undefined && now >= last.at && now - last.at < maxAgeMs && last.inode === inodeOf(file))
    return { ...last.report, added: 0, changed: 0, removed: 0, rebuilt: false };
  const report = findUnchanged(options) ?? syncUnderLock(options);
  if (report.stale) checks.delete(file);
  else checks.set(file, { at: now, inode: inodeOf(file), report });
  return report;
}

export interface IndexReader {
  /** Brings the index up to date, then reads; an index that turns out broken meanwhile is made anew and read again, once. */
  read<T>(work: (database: IndexDatabase) => T): { readonly value: T; readonly report: SyncReport };
  /** Another text whenever what can be read may have changed; comparable with others of this reader only. */
  revision(): string;
  close(): void;
}

export type IndexReaderOptions = Omit<UpToDateOptions, 'now'> & { readonly now: () => number };

/** A reader that keeps the index open between calls and follows when the file is replaced. */
export function openIndexReader(options: IndexReaderOptions): IndexReader {
  let database: IndexDatabase | undefined;
  let openings = 0;
  const close = (): void => {
    database?.close();
    database = undefined;
  };
  const readOnce = <T>(work: (database: IndexDatabase) => T): { value: T; report: SyncReport } => {
    let report = bringUpToDate({ ...options, now: options.now() });
    if (database?.isCurrent() !== true) {
      close();
      database = openExistingIndex(options.file);
      openings++;
    }
    if (database === undefined) {
      // It broke since the last look.
      checks.delete(options.file);
      report = bringUpToDate({ ...options, now: options.now() });
      database = openIndex(options.file);
    }
    return { value: work(database), report };
  };
  const read = <T>(work: (database: IndexDatabase) => T): { value: T; report: SyncReport } => {
    try {
      return readOnce(work);
    } catch (error) {
      if (!isBrokenIndex(error)) throw error;
      close();
      discard(options);
      return readOnce(work);
    }
  };
  return {
    read,
    revision() {
      // SQLite counts, for each connection, what others have committed; only this reader's own connection is asked.
      const { value } = read((current) => current.getOne<{ data_version: number }>('PRAGMA data_version'));
      return `${openings}.${value.data_version}`;
    },
    close,
  };
}

interface Check {
  readonly at: number;
  readonly inode: number | undefined;
  readonly report: SyncReport;
}

/** The last look of this process at each index. */
const checks = new Map<string, Check>();

/** Undefined when there is work, or no index to be trusted. */
function findUnchanged({ file, sources }: UpToDateOptions): SyncReport | undefined {
  const database = openExistingIndex(file);
  if (database === undefined) return undefined;
  try {
    return checkUnchanged(database, sources);
  } catch (error) {
    if (isBrokenIndex(error)) return undefined;
    throw error;
  } finally {
    database.close();
  }
}

function syncUnderLock({ file, lockFile, sources, now }: UpToDateOptions): SyncReport {
  const lock = takeLock(lockFile, LOCK_WAIT_MS);
  if (lock === undefined)
    return { added: 0, changed: 0, removed: 0, unchanged: 0, diagnostics: 0, rebuilt: false, stale: true };
  try {
    return syncFile(file, sources, now);
  } catch (error) {
    if (!isBrokenIndex(error)) throw error;
    moveIndexAside(file);
    return { ...syncFile(file, sources, now), rebuilt: true };
  } finally {
    lock.release();
  }
}

function syncFile(file: string, sources: readonly MemoryFileSource[], now: number): SyncReport {
  const database = openIndex(file);
  try {
    return syncIndex(database, sources, { now });
  } finally {
    database.close();
  }
}

/** Puts a broken index out of the way, unless another process is at it. */
function discard({ file, lockFile }: Pick<UpToDateOptions, 'file' | 'lockFile'>): void {
  const lock = takeLock(lockFile, LOCK_WAIT_MS);
  if (lock === undefined) return;
  try {
    checks.delete(file);
    moveIndexAside(file);
  } finally {
    lock.release();
  }
}

function inodeOf(file: string): number | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.ino;
}
