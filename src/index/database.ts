// Opens the index file; one that is broken, foreign, emptied or of another version is moved aside and made anew.

import { chmodSync, closeSync, linkSync, lstatSync, mkdirSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { MemvaultError } from '../model/errors.ts';
import { loadCrypto } from '../system/builtin.ts';
import { APPLICATION_ID, SCHEMA, SCHEMA_VERSION, TABLES } from './schema.ts';

type SqlValue = string | number | null | Uint8Array;

/* oxlint-disable typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-parameters -- the caller names the shape of the rows that its statement selects */

export interface IndexDatabase {
  readonly file: string;
  /** The file was not there or of no use: this one is new and empty until the next sync. */
  readonly rebuilt: boolean;
  /** Every row; the caller names the shape that its statement gives. Statements are prepared once and kept. */
  all<Row>(sql: string, ...values: readonly SqlValue[]): readonly Row[];
  /** The first row. */
  get<Row>(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  /** The one row of a statement that always gives one. */
  getOne<Row>(sql: string, ...values: readonly SqlValue[]): Row;
  /** Answers the rowid of the last insert. */
  run(sql: string, ...values: readonly SqlValue[]): number;
  /** Runs the work in one transaction; anything thrown undoes it. */
  transaction<T>(work: () => T): T;
  /** Whether the file at the path is still the one that was opened. */
  isCurrent(): boolean;
  /** A second call does nothing. */
  close(): void;
}

/**
 * Opens the index for reading and writing (WAL, 0600). What cannot serve is moved to `<file>.broken` with its sidecars; one such
 * copy is kept. Throws `unavailable` when the folder cannot be written.
 */
export function openIndex(file: string): IndexDatabase {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const opened = tryOpen(file);
    if (opened !== undefined) return wrap(file, opened, false);
    makeNew(file);
    const made = tryOpen(file);
    if (made !== undefined) return wrap(file, made, true);
  } catch (error) {
    throw new MemvaultError('unavailable', `cannot open the index ${file}: ${describe(error)}`, { cause: error });
  }
  throw new MemvaultError('unavailable', `cannot open the index ${file}: a new one was not accepted`);
}

/** Opens the index as it is; undefined when there is none, or none that can serve. Changes no file. */
export function openExistingIndex(file: string): IndexDatabase | undefined {
  const opened = tryOpen(file);
  return opened === undefined ? undefined : wrap(file, opened, false);
}

/** Moves the index and its sidecars to `<file>.broken*`, replacing what lay there. Does nothing when there is none. */
export function moveIndexAside(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) {
    const aside = `${file}.broken${suffix}`;
    rmSync(aside, { recursive: true, force: true });
    if (lstatSync(file + suffix, { throwIfNoEntry: false }) !== undefined) renameSync(file + suffix, aside);
  }
}

/** Whether an error says that the file itself is no good (and not that a statement is wrong or the file busy). */
export function isBrokenIndex(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  const primary = error.errcode & 0xff;
  return primary === CORRUPT || primary === NOT_A_DATABASE || /no such (table|column)/.test(error.message);
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const BUSY_TIMEOUT_MS = 2000;

/** The opened database, or undefined when the file is missing or cannot serve. */
function tryOpen(file: string): DatabaseSync | undefined {
  if (!hasOurHeader(file)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 8388608',
    );
    if (isWhole(database)) return database;
  } catch (error) {
    if (!isBrokenIndex(error)) {
      database?.close();
      throw error;
    }
  }
  database?.close();
  return undefined;
}

/** Looks into the first 100 bytes, so that a foreign database is not even opened. */
function hasOurHeader(file: string): boolean {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  try {
    if (readSync(descriptor, header, 0, 100, 0) < 100) return false;
  } finally {
    closeSync(descriptor);
  }
  return (
    header.toString('latin1', 0, 16) === 'SQLite format 3\0' &&
    header.readUInt32BE(60) === SCHEMA_VERSION &&
    header.readUInt32BE(68) === APPLICATION_ID
  );
}

/** Tables are there, can be read, and the words belong to the memories. */
function isWhole(database: DatabaseSync): boolean {
  const names = new Set(
    database
      .prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`)
      .all()
      .map((row) => row['name']),
  );
  if (!TABLES.every((table) => names.has(table))) return false;
  // The newest memory has its words and its text; and there are no words where there is no memory.
  const newest = database
    .prepare(
      `SELECT w.id IS NOT NULL AND b.key IS NOT NULL AS whole
       FROM (SELECT key FROM memories WHERE hidden = 0 ORDER BY created DESC LIMIT 1) m
       LEFT JOIN words_docsize w ON w.id = m.key LEFT JOIN bodies b ON b.key = m.key`,
    )
    .get();
  if (newest !== undefined) return newest['whole'] === 1;
  return database.prepare('SELECT 1 FROM words_docsize LIMIT 1').get() === undefined;
}

/** Makes an empty index beside the place and links it in: nobody ever sees half of one, and of two makers one wins. */
function makeNew(file: string): void {
  const before = lstatSync(file, { throwIfNoEntry: false });
  const temporary = `${file}.${process.pid}.${loadCrypto().randomBytes(6).toString('hex')}.tmp`;
  closeSync(openSync(temporary, 'wx', 0o600));
  try {
    const database = new DatabaseSync(temporary);
    try {
      database.exec(SCHEMA);
    } finally {
      database.close();
    }
    chmodSync(temporary, 0o600);
    const now = lstatSync(file, { throwIfNoEntry: false });
    if (now?.ino === before?.ino) moveIndexAside(file);
    try {
      linkSync(temporary, file);
    } catch (error) {
      if (!isExisting(error)) {
        // A file system without hard links: take the place all the same.
        renameSync(temporary, file);
      }
    }
  } finally {
    rmSync(temporary, { force: true });
  }
}

function wrap(file: string, database: DatabaseSync, rebuilt: boolean): IndexDatabase {
  const statements = new Map<string, StatementSync>();
  const inode = lstatSync(file, { throwIfNoEntry: false })?.ino;
  let open = true;
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = database.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  };
  return {
    file,
    rebuilt,
    all<Row>(sql: string, ...values: readonly SqlValue[]) {
      return prepare(sql).all(...values) as Row[];
    },
    get<Row>(sql: string, ...values: readonly SqlValue[]) {
      return prepare(sql).get(...values) as Row | undefined;
    },
    getOne<Row>(sql: string, ...values: readonly SqlValue[]) {
      return prepare(sql).get(...values) as Row;
    },
    run(sql, ...values) {
      return Number(prepare(sql).run(...values).lastInsertRowid);
    },
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    isCurrent() {
      return inode !== undefined && lstatSync(file, { throwIfNoEntry: false })?.ino === inode;
    },
    close() {
      if (!open) return;
      open = false;
      statements.clear();
      database.close();
    },
  };
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
