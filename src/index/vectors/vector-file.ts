// Opens the file of vectors; one that is broken, foreign, emptied or of another version is moved aside and made anew.

import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { loadCrypto } from '../../system/builtin.ts';
import { MemvaultError } from '../../model/errors.ts';
import { isBrokenIndex, moveIndexAside } from '../database.ts';
import { hasMark } from '../sqlite-header.ts';

/** "MVVC": tells the file of vectors from the index and from any other SQLite database. */
const APPLICATION_ID = 0x4d565643;
/** Raised when the tables, or what a text's vector is made of, change: vectors of another version are made anew. */
const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 2000;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  -- "seq" counts changes of "memories"; "generation" is drawn anew when a reader cannot follow by them.
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE models (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    dimensions INTEGER NOT NULL,
    used_at INTEGER NOT NULL
  ) STRICT;

  -- One row a text and model: what was embedded once is not embedded again, wherever the text turns up.
  CREATE TABLE vectors (
    key INTEGER PRIMARY KEY,
    model INTEGER NOT NULL,
    hash BLOB NOT NULL,
    vector BLOB NOT NULL,
    unused_since INTEGER,
    UNIQUE (model, hash)
  ) STRICT;

  -- Which vectors a memory has: keys of "vectors" as 32-bit numbers; none for a memory that is gone.
  CREATE TABLE memories (
    model INTEGER NOT NULL,
    memory TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    seq INTEGER NOT NULL,
    chunks BLOB NOT NULL,
    PRIMARY KEY (model, memory)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memories_seq ON memories (model, seq);

  -- All vectors of a model as they were at "seq", one after the other: reading one long row is many times faster than reading
  -- a row a vector. "ids" has a line a memory, "counts" how many vectors each has, as 16-bit numbers.
  CREATE TABLE snapshots (
    model INTEGER PRIMARY KEY,
    generation TEXT NOT NULL,
    seq INTEGER NOT NULL,
    ids TEXT NOT NULL,
    counts BLOB NOT NULL,
    vectors BLOB NOT NULL
  ) STRICT;

  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;
const TABLES = ['meta', 'models', 'vectors', 'memories', 'snapshots'] as const;

/**
 * Opens the file for writing, making it when there is none that can serve; what was there is kept as one `<file>.broken`.
 * Throws `unavailable` when the folder cannot be written.
 */
export function openVectorFile(file: string): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const opened = tryOpen(file, 'write');
    if (opened !== undefined) return opened;
    makeNew(file);
    const made = tryOpen(file, 'write');
    if (made !== undefined) return made;
  } catch (error) {
    throw new MemvaultError('unavailable', `cannot open the vectors ${file}: ${messageOf(error)}`, { cause: error });
  }
  throw new MemvaultError('unavailable', `cannot open the vectors ${file}: a new file was not accepted`);
}

/** Opens the file for reading; undefined when there is none that can serve. Changes nothing. */
export function openExistingVectorFile(file: string): DatabaseSync | undefined {
  try {
    return tryOpen(file, 'read');
  } catch {
    // Whoever reads makes do without vectors; whoever writes says what is wrong.
    return undefined;
  }
}

/** Whether an error says that the file is no good. */
export const isBrokenVectorFile = isBrokenIndex;
/** Puts a file that is no good out of the way. */
export const moveVectorFileAside = moveIndexAside;

function tryOpen(file: string, mode: 'read' | 'write'): DatabaseSync | undefined {
  if (!hasMark(file, { applicationId: APPLICATION_ID, schemaVersion: SCHEMA_VERSION })) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS, readOnly: mode === 'read' });
    if (mode === 'write') database.exec('PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 8388608');
    const rows = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all();
    const names = new Set(rows.map((row) => row['name']));
    if (TABLES.every((table) => names.has(table))) return database;
  } catch (error) {
    if (!isBrokenIndex(error)) {
      database?.close();
      throw error;
    }
  }
  database?.close();
  return undefined;
}

/** Makes an empty file beside the place and renames it: nobody ever sees half of one. */
function makeNew(file: string): void {
  const temporary = `${file}.${process.pid}.${loadCrypto().randomBytes(6).toString('hex')}.tmp`;
  closeSync(openSync(temporary, 'wx', 0o600));
  try {
    const database = new DatabaseSync(temporary);
    try {
      database.exec(SCHEMA);
      database
        .prepare(`INSERT INTO meta (key, value) VALUES ('seq', '0'), ('generation', ?)`)
        .run(loadCrypto().randomBytes(8).toString('hex'));
    } finally {
      database.close();
    }
    chmodSync(temporary, 0o600);
    moveIndexAside(file);
    renameSync(temporary, file);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(temporary + suffix, { force: true });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
