// Brings the index to the present state of the memory files, in one transaction.

import { createHash } from 'node:crypto';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryPlace, SyncReport } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { countDiagnostics } from './diagnostics.ts';
import type { FileReading, MemoryFileSource } from './file-source.ts';
import {
  clearMemories,
  findMemoryFile,
  hashMemory,
  moveMemory,
  putMemory,
  refreshVisibility,
  removeMemory,
} from './memory-table.ts';
import type { MemoryFile, RelationTargets } from './memory-table.ts';
import { fileKey, planSync } from './sync-plan.ts';
import type { PlacedFile } from './sync-plan.ts';
import { compareClaims } from './winner.ts';

export interface SyncOptions {
  /** Milliseconds since the epoch: files that changed just before are looked at again next time. */
  readonly now?: number;
}

/**
 * Reads what is new or changed and drops what is gone. The caller holds the lock. Where several files claim one id, the vault
 * counts before the outbox, and in one place the file that memvault named. The report counts files.
 */
export function syncIndex(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  options: SyncOptions = {},
): SyncReport {
  const found = listFiles(sources);
  const known = reportIfUnchanged(database, found);
  if (known !== undefined) return known;
  return database.transaction(() => applySync(database, sources, found, options));
}

/** The same from nothing: forgets everything and reads every file. */
export function rebuildIndex(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  options: SyncOptions = {},
): SyncReport {
  const found = listFiles(sources);
  const report = database.transaction(() => {
    clearMemories(database);
    return applySync(database, sources, found, options);
  });
  return { ...report, rebuilt: true };
}

/** The report of a sync that has nothing to do; undefined when there is something. Needs no lock. */
export function checkUnchanged(database: IndexDatabase, sources: readonly MemoryFileSource[]): SyncReport | undefined {
  return reportIfUnchanged(database, listFiles(sources));
}

function listFiles(sources: readonly MemoryFileSource[]): readonly PlacedFile[] {
  return sources.flatMap((source) => source.list().map((file) => ({ ...file, place: source.place })));
}

function applySync(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  found: readonly PlacedFile[],
  { now = Date.now() }: SyncOptions,
): SyncReport {
  const plan = planSync(knownFiles(database), found);
  const readers = new Map(sources.map((source) => [source.place, source]));
  const targets: RelationTargets = new Set();
  const touched = new Set<string>();
  const isFirst = readMeta(database, 'listing') === undefined;
  let changed = 0;
  let settled = true;

  for (const file of plan.removed) {
    const claim = findClaim(database, file);
    if (claim?.memory != null) touched.add(claim.memory);
    forgetFile(database, file);
  }
  for (const file of [...plan.changed, ...plan.added]) {
    const reading = readFile(readers.get(file.place), file.path);
    const before = findClaim(database, file);
    const memory = reading?.ok === true ? reading.memory : undefined;
    const hash = memory === undefined ? null : hashMemory(memory);
    const isSettled = reading !== undefined && !isFresh(file.mtimeNs, now);
    settled &&= isSettled;
    rememberFile(database, isSettled ? file : { ...file, mtimeNs: '' }, memory?.id ?? null, hash);
    replaceDiagnostics(database, file, reading?.diagnostics ?? []);
    if (before !== undefined && (hash === null || before.hash !== hash)) changed++;
    if (before?.memory != null && before.memory !== memory?.id) touched.add(before.memory);
    if (memory !== undefined && hash !== null)
      settle(database, readers, memory.id, targets, { file: { place: file.place, path: file.path, hash }, memory });
  }
  for (const id of touched) settle(database, readers, id, targets);
  refreshVisibility(database, targets);

  const diagnostics = countDiagnostics(database);
  writeMeta(database, {
    listing: settled ? listingDigest(found) : '',
    diagnostics: String(diagnostics),
  });
  return {
    added: plan.added.length,
    changed,
    removed: plan.removed.length,
    unchanged: found.length - plan.added.length - changed,
    diagnostics,
    rebuilt: isFirst,
    stale: false,
  };
}

interface Claimed {
  readonly file: MemoryFile;
  readonly memory: Memory;
}

/** Makes the row of an id say what its winning file says; without any file the memory goes. */
function settle(
  database: IndexDatabase,
  readers: ReadonlyMap<MemoryPlace, MemoryFileSource>,
  id: string,
  targets: RelationTargets,
  read?: Claimed,
): void {
  const claims = database.all<MemoryFile>('SELECT place, path, hash FROM sources WHERE memory = ?', id);
  const winner = [...claims].sort((a, b) => compareClaims(id, a, b))[0];
  if (winner === undefined) return removeMemory(database, id, targets);
  const present = findMemoryFile(database, id);
  if (present?.hash === winner.hash) {
    if (present.path !== winner.path || present.place !== winner.place) moveMemory(database, id, winner);
    return;
  }
  if (read !== undefined && fileKey(read.file) === fileKey(winner))
    return putMemory(database, read.memory, winner, targets);
  // Another file steps in: it was read in an earlier sync.
  const reading = readFile(readers.get(winner.place), winner.path);
  if (reading?.ok === true && reading.memory.id === id)
    return putMemory(database, reading.memory, { ...winner, hash: hashMemory(reading.memory) }, targets);
  // It changed under us: without it for now, and the next sync looks at it again.
  database.run(
    `UPDATE sources SET memory = NULL, hash = NULL, mtime_ns = '' WHERE place = ? AND path = ?`,
    winner.place,
    winner.path,
  );
  writeMeta(database, { listing: '' });
  settle(database, readers, id, targets, read);
}

/**
 * Whether a file changed so shortly before that it may change once more without a new time of change; such a file counts as
 * unknown to the next sync. File systems that keep whole seconds only need longer.
 */
function isFresh(mtimeNs: string, now: number): boolean {
  const ageMs = now - Number(BigInt(mtimeNs) / 1_000_000n);
  // The listing is a little younger than `now`; a time far in the future is a wrong clock, not a fresh file.
  return ageMs > -10_000 && ageMs < (mtimeNs.endsWith('000000000') ? 2500 : 100);
}

/** Undefined when the file cannot be read just now: gone meanwhile, or no right to. */
function readFile(source: MemoryFileSource | undefined, path: string): FileReading | undefined {
  try {
    return source?.read(path);
  } catch {
    return undefined;
  }
}

function knownFiles(database: IndexDatabase): readonly PlacedFile[] {
  return database.all<PlacedFile>('SELECT place, path, size, mtime_ns AS mtimeNs, inode FROM sources');
}

function findClaim(
  database: IndexDatabase,
  { place, path }: { readonly place: MemoryPlace; readonly path: string },
): { readonly memory: string | null; readonly hash: string | null } | undefined {
  return database.get<{ memory: string | null; hash: string | null }>(
    'SELECT memory, hash FROM sources WHERE place = ? AND path = ?',
    place,
    path,
  );
}

function rememberFile(database: IndexDatabase, file: PlacedFile, memory: string | null, hash: string | null): void {
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

function forgetFile(database: IndexDatabase, file: { readonly place: MemoryPlace; readonly path: string }): void {
  database.run('DELETE FROM sources WHERE place = ? AND path = ?', file.place, file.path);
  replaceDiagnostics(database, file, []);
}

const ADD_DIAGNOSTIC = `INSERT INTO diagnostics (place, path, reported_path, line, rule, severity, message, mend)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

function replaceDiagnostics(
  database: IndexDatabase,
  { place, path }: { readonly place: MemoryPlace; readonly path: string },
  diagnostics: readonly Diagnostic[],
): void {
  database.run('DELETE FROM diagnostics WHERE place = ? AND path = ?', place, path);
  for (const one of diagnostics)
    database.run(
      ADD_DIAGNOSTIC,
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

function reportIfUnchanged(database: IndexDatabase, found: readonly PlacedFile[]): SyncReport | undefined {
  if (readMeta(database, 'listing') !== listingDigest(found)) return undefined;
  const known = database.getOne<{ files: number }>('SELECT count(*) AS files FROM sources');
  if (known.files !== found.length) return undefined;
  return {
    added: 0,
    changed: 0,
    removed: 0,
    unchanged: found.length,
    diagnostics: Number(readMeta(database, 'diagnostics')),
    rebuilt: false,
    stale: false,
  };
}

function listingDigest(found: readonly PlacedFile[]): string {
  const lines = found.map((file) => `${fileKey(file)}\0${file.size}\0${file.mtimeNs}\0${file.inode}`).sort();
  return createHash('sha256').update(lines.join('\n')).digest('base64url');
}

function readMeta(database: IndexDatabase, key: string): string | undefined {
  const row = database.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key);
  return row?.value;
}

function writeMeta(database: IndexDatabase, values: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(values))
    database.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
}
