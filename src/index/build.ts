// Builds a new index beside its place and puts it there in one step: until then, and when anything goes wrong, readers have the old one.

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MemvaultError } from '../model/errors.ts';
import {
  SIDECARS,
  explainWriteFault,
  isBrokenIndex,
  moveIndexAside,
  openExistingIndex,
  wrapDatabase,
} from './database.ts';
import type { IndexDatabase } from './database.ts';
import { INDEXES, SCHEMA } from './schema.ts';
import { finish } from './steps.ts';
import type { Steps } from './steps.ts';

/**
 * Builds an index beside its place and puts it there in one step when `fill` is done: until then, and when anything goes wrong,
 * readers have the old one. `fill` gets a database with tables and no indexes. The caller holds the lock. What cannot serve is
 * moved to `<file>.broken` with its sidecars; one such copy is kept. Throws `unavailable` when the folder cannot be written,
 * `busy` when the old index is being read all the time.
 */
export function* buildIndex<T>(file: string, fill: (database: IndexDatabase) => Steps<T>): Steps<T> {
  const temporary = `${file}.building`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    removeWithSidecars(temporary);
    closeSync(openSync(temporary, 'wx', 0o600));
    const result = yield* fillNew(temporary, fill);
    yield;
    switchToWal(temporary);
    putInPlace(temporary, file);
    return result;
  } catch (error) {
    throw explainWriteFault(error, file);
  } finally {
    removeWithSidecars(temporary);
  }
}

/**
 * Opens the index for reading and writing (WAL, 0600); makes an empty one where none can serve. For one process at a time: the
 * caller holds the lock. Throws `unavailable` when the folder cannot be written.
 */
export function openIndex(file: string): IndexDatabase {
  try {
    const opened = openExistingIndex(file);
    if (opened !== undefined) return opened;
    finish(buildIndex(file, fillWithNothing));
    const made = openExistingIndex(file);
    if (made !== undefined) return { ...made, rebuilt: true };
  } catch (error) {
    throw explainWriteFault(error, file);
  }
  throw new MemvaultError('unavailable', `cannot open the index ${file}: a new one was not accepted`);
}

function* fillNew<T>(temporary: string, fill: (database: IndexDatabase) => Steps<T>): Steps<T> {
  const database = new DatabaseSync(temporary);
  try {
    // Nobody else sees this file, and a half of it is thrown away: no journal, no waiting for the disk before the end.
    database.exec(
      'PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536',
    );
    database.exec(SCHEMA);
    const fullText = database
      .prepare(`SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'`)
      .all()
      .map((row) => String(row['name']));
    for (const table of fullText) configureFullText(database, table, { hashsize: LOAD_HASH_BYTES, automerge: 0 });
    const result = yield* fill(wrapDatabase(temporary, database));
    for (const table of fullText) configureFullText(database, table, { hashsize: HASH_BYTES, automerge: 4 });
    return result;
  } finally {
    database.close();
  }
}

/** So that not the first readers have to, each waiting for the others. */
function switchToWal(temporary: string): void {
  const database = new DatabaseSync(temporary);
  try {
    database.exec('PRAGMA journal_mode = WAL');
  } finally {
    database.close();
  }
}

/** Words that FTS5 gathers before it writes them, and the pieces at which it begins to merge. The defaults are the latter. */
const LOAD_HASH_BYTES = 32 * 1024 * 1024;
const HASH_BYTES = 1024 * 1024;

function configureFullText(database: DatabaseSync, table: string, options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options))
    database.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('${name}', ${value})`);
}

function* fillWithNothing(database: IndexDatabase): Steps<void> {
  for (const statement of INDEXES) {
    yield;
    database.execute(statement);
  }
}

/**
 * Puts a whole index in the place of the old one. Sidecars belong to a path, not to a file: those of the old index go first, so
 * that nobody reads the new file with them. Whoever has the old one open keeps it with its own, and sees by the inode that
 * another took its place.
 */
function putInPlace(temporary: string, file: string): void {
  syncFile(temporary);
  if (isServing(file)) for (const suffix of SIDECARS) rmSync(file + suffix, { force: true });
  else moveIndexAside(file);
  renameSync(temporary, file);
}

/** Whether there is an index that can serve; brought to the state in which it does not need its sidecars, should we be killed. */
function isServing(file: string): boolean {
  const old = openExistingIndex(file);
  if (old === undefined) return false;
  try {
    if (old.getOne<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)').busy === 0) return true;
  } catch (error) {
    if (isBrokenIndex(error)) return false;
    throw error;
  } finally {
    old.close();
  }
  throw new MemvaultError('busy', `cannot replace ${file}: another process keeps reading it`);
}

function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeWithSidecars(file: string): void {
  for (const suffix of ['', ...SIDECARS, '-journal']) rmSync(file + suffix, { recursive: true, force: true });
}
