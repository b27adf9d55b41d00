// Opens the index file as it is; one that is broken, foreign, emptied or of another version does not serve.

import { lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { MemvaultError } from '../model/errors.ts';
import { APPLICATION_ID, INDEXES, SCHEMA, SCHEMA_VERSION, TABLES } from './schema.ts';
import type { Steps } from './steps.ts';
import { hasMark } from './sqlite-header.ts';

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
  /** Runs a statement that gives nothing and is not kept. */
  execute(sql: string): void;
  /** Reads in one state of the index, whatever others write meanwhile. */
  snapshot<T>(work: () => T): T;
  /** Takes the steps in one transaction; anything thrown, and steps that are given up, undo it. */
  inTransaction<T>(steps: Steps<T>): Steps<T>;
  /** Another number when another connection has written since. */
  version(): number;
  /** Whether the file at the path is still the one that was opened. */
  isCurrent(): boolean;
  /** A second call does nothing. */
  close(): void;
}

/** Opens the index as it is; undefined when there is none, or none that can serve. Changes no file. */
export function openExistingIndex(file: string): IndexDatabase | undefined {
  const opened = tryOpen(file);
  return opened === undefined ? undefined : wrapDatabase(file, opened);
}

/** An index in memory that holds nothing: what is answered from while the first real one is made. */
export function openEmptyIndex(): IndexDatabase {
  const database = new DatabaseSync(':memory:');
  database.exec([SCHEMA, ...INDEXES].join(';'));
  return wrapDatabase(':memory:', database);
}

/** What SQLite keeps beside a database file, by what follows its name. */
export const SIDECARS = ['-wal', '-shm'] as const;

/** Moves the index and its sidecars to `<file>.broken*`, replacing what lay there. Does nothing when there is none. */
export function moveIndexAside(file: string): void {
  for (const suffix of ['', ...SIDECARS]) {
    const aside = `${file}.broken${suffix}`;
    rmSync(aside, { recursive: true, force: true });
    if (lstatSync(file + suffix, { throwIfNoEntry: false }) !== undefined) renameSync(file + suffix, aside);
  }
}

/** Whether an error says that the file itself is no good (and not that a statement is wrong or the file busy). */
export function isBrokenIndex(error: unknown): boolean {
  if (error instanceof MemvaultError) return error.code === 'corrupt';
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false;
  const primary = error.errcode & 0xff;
  return primary === CORRUPT || primary === NOT_A_DATABASE || /no such (table|column)/.test(error.message);
}

/** Whether an error says that nothing can be written: no room, no right, a disk that fails. */
export function isWriteFault(error: unknown): boolean {
  if (error instanceof MemvaultError) return error.code === 'unavailable';
  if (!(error instanceof Error)) return false;
  if ('errcode' in error && typeof error.errcode === 'number') return WRITE_FAULTS.has(error.errcode & 0xff);
  return (
    'code' in error && ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'ENOTDIR'].includes(String(error.code))
  );
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;
const FULL = 13;
/** SQLITE_PERM, READONLY, IOERR, FULL, CANTOPEN. */
const WRITE_FAULTS: ReadonlySet<number> = new Set([3, 8, 10, FULL, 14]);
const BUSY_TIMEOUT_MS = 2000;

/** The opened database, or undefined when the file is missing or cannot serve. */
function tryOpen(file: string): DatabaseSync | undefined {
  if (!hasMark(file, { applicationId: APPLICATION_ID, schemaVersion: SCHEMA_VERSION })) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192; PRAGMA journal_size_limit = 8388608',
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

/** The error `unavailable` that says why the index cannot be written, if that is what went wrong; else the error as it is. */
export function explainWriteFault(error: unknown, file: string): unknown {
  if (error instanceof MemvaultError || !isWriteFault(error)) return error;
  const isFull = error instanceof Error && 'errcode' in error && error.errcode === FULL;
  const isNoSpace = error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  return new MemvaultError(
    'unavailable',
    `cannot write the index ${file}: ${isFull || isNoSpace ? 'the disk is full' : describe(error)}`,
    { cause: error, ...(isFull || isNoSpace ? { hint: `Make room on the disk that holds ${dirname(file)}.` } : {}) },
  );
}

/** The connection of a file, which the caller has opened, as the index speaks with it. */
export function wrapDatabase(file: string, database: DatabaseSync): IndexDatabase {
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
    rebuilt: false,
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
    execute(sql) {
      database.exec(sql);
    },
    snapshot(work) {
      database.exec('BEGIN');
      try {
        return work();
      } finally {
        if (database.isTransaction) database.exec('COMMIT');
      }
    },
    *inTransaction(steps) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = yield* steps;
        database.exec('COMMIT');
        return result;
      } finally {
        if (database.isTransaction) database.exec('ROLLBACK');
      }
    },
    version() {
      return Number(prepare('PRAGMA data_version').get()?.['data_version']);
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

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
