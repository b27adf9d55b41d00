// Opens a small SQLite file on this user's side: private, waiting for others, set aside and made anew when it is broken.

import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MemvaultError } from '../model/errors.ts';

export interface DatabaseOptions {
  /** Statements that make the tables; run whenever the file's version is not this one. */
  readonly schema: string;
  /** Positive; a file of another version is set aside. */
  readonly version: number;
}

const WAIT_MS = 2_000;

/**
 * The file at the path with the schema's tables, mode 0600. One that cannot be read, or of another version, is moved to
 * `<file>.broken` and a new one takes its place. Throws `unavailable` when the folder cannot be written.
 */
export function openPrivateDatabase(file: string, options: DatabaseOptions): DatabaseSync {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return tryOpen(file, options) ?? openAnew(file, options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MemvaultError('unavailable', `cannot open ${file}: ${reason}`, { cause: error });
  }
}

function openAnew(file: string, options: DatabaseOptions): DatabaseSync {
  renameSync(file, `${file}.broken`);
  for (const ending of ['-journal', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
  const made = tryOpen(file, options);
  if (made === undefined) throw new Error('a new file was not accepted');
  return made;
}

/** Undefined when the file holds something else. */
function tryOpen(file: string, { schema, version }: DatabaseOptions): DatabaseSync | undefined {
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: WAIT_MS });
  try {
    const found = database.prepare('PRAGMA user_version').get() as { readonly user_version: number };
    const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { readonly count: number };
    if (found.user_version === version) return database;
    if (found.user_version === 0 && tables.count === 0) {
      database.exec(`BEGIN IMMEDIATE; ${schema}; PRAGMA user_version = ${version}; COMMIT`);
      return database;
    }
  } catch (error) {
    if (isLocked(error)) {
      database.close();
      throw error;
    }
  }
  database.close();
  return undefined;
}

/** Another process is at work there: the file is whole. */
function isLocked(error: unknown): boolean {
  return error instanceof Error && /locked|busy/i.test(error.message);
}
