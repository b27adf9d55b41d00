// Makes the index anew from the files alone, under the clone's lock.

import { MemvaultError } from '../model/errors.ts';
import type { SyncReport } from '../model/search.ts';
import { takeLock } from '../system/lock.ts';
import { isBrokenIndex, moveIndexAside, openIndex } from './database.ts';
import { rebuildIndex } from './sync.ts';
import type { UpToDateOptions } from './up-to-date.ts';

/** A rebuild is asked for by a person, who can wait a little for a running sync. */
const LOCK_WAIT_MS = 5000;

/** Reads every file again; readers see the old index until it is done. Throws `busy` when another process keeps the lock. */
export function rebuildUnderLock(options: Omit<UpToDateOptions, 'maxAgeMs'>): SyncReport {
  const lock = takeLock(options.lockFile, LOCK_WAIT_MS);
  if (lock === undefined)
    throw new MemvaultError('busy', `cannot rebuild ${options.file}: another process is writing the index`);
  try {
    return rebuildFile(options);
  } catch (error) {
    if (!isBrokenIndex(error)) throw error;
    moveIndexAside(options.file);
    return rebuildFile(options);
  } finally {
    lock.release();
  }
}

function rebuildFile({ file, sources, now }: Omit<UpToDateOptions, 'maxAgeMs'>): SyncReport {
  const database = openIndex(file);
  try {
    return rebuildIndex(database, sources, { now });
  } finally {
    database.close();
  }
}
