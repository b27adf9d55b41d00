// What the index remembers of each file that it saw, and of its last sync.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { MemoryPlace } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import type { MemoryFile } from './memory-table.ts';
import type { PlacedFile } from './sync-plan.ts';

interface FileName {
  readonly place: MemoryPlace;
  readonly path: string;
}

/** Every file as it was when it was last read. */
export function knownFiles(database: IndexDatabase): readonly PlacedFile[] {
  return database.all<PlacedFile>('SELECT place, path, size, mtime_ns AS mtimeNs, inode FROM sources');
}

/** The id that a file claimed when it was last read, with the hash of its memory; nulls when it held none. */
export function findClaim(
  database: IndexDatabase,
  { place, path }: FileName,
): { readonly memory: string | null; readonly hash: string | null } | undefined {
  return database.get<{ memory: string | null; hash: string | null }>(
    'SELECT memory, hash FROM sources WHERE place = ? AND path = ?',
    place,
    path,
  );
}

/** Every file that claims an id. */
export function listClaims(database: IndexDatabase, id: string): readonly MemoryFile[] {
  return database.all<MemoryFile>('SELECT place, path, hash FROM sources WHERE memory = ?', id);
}

/** The file does not hold any more what it claimed: the next sync reads it again. */
export function dropClaim(database: IndexDatabase, { place, path }: FileName): void {
  database.run(
    `UPDATE sources SET memory = NULL, hash = NULL, mtime_ns = '' WHERE place = ? AND path = ?`,
    place,
    path,
  );
}

export function rememberFile(
  database: IndexDatabase,
  file: PlacedFile,
  memory: string | null,
  hash: string | null,
): void {
  database.run(
    `INSERT OR REPLACE INTO sources (place, path, size, mtime_ns, inode, memory, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    file.place,
    file.path,
    file.size,
    file.mtimeNs,
    String(file.inode),
    memory,
    hash,
  );
}

export function forgetFile(database: IndexDatabase, file: FileName): void {
  database.run('DELETE FROM sources WHERE place = ? AND path = ?', file.place, file.path);
  replaceDiagnostics(database, file, []);
}

export function replaceDiagnostics(
  database: IndexDatabase,
  { place, path }: FileName,
  diagnostics: readonly Diagnostic[],
): void {
  database.run('DELETE FROM diagnostics WHERE place = ? AND path = ?', place, path);
  for (const one of diagnostics)
    database.run(
      `INSERT INTO diagnostics (place, path, reported_path, line, rule, severity, message, mend)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      place,
      path,
      one.path,
      one.line ?? null,
      one.rule,
      one.severity,
      one.message,
      one.mend ?? null,
    );
}

/** How many files the index knows. */
export function countFiles(database: IndexDatabase): number {
  return database.getOne<{ files: number }>('SELECT count(*) AS files FROM sources').files;
}

/** `listing`: the digest of the last listing that was taken in whole. `diagnostics`: how many there were then. */
type MetaKey = 'listing' | 'diagnostics';

export function readMeta(database: IndexDatabase, key: MetaKey): string | undefined {
  return database.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key)?.value;
}

export function writeMeta(database: IndexDatabase, key: MetaKey, value: string): void {
  database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
}
