// Does several steps in a SQLite file as one: all of them are there afterwards, or none.

import type { DatabaseSync } from 'node:sqlite';

/** Gives what `work` gives. What it throws takes everything back. Takes the file for writing at once, so that it waits at the beginning. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // Some faults have ended it already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
