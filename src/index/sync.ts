// Brings the index to the present state of the memory files, in one transaction.

import { createHash } from 'node:crypto';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryPlace, SyncReport } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { countDiagnostics } from './diagnostics.ts';
import { PASSING_FAULTS } from './file-source.ts';
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
import {
  countFiles,
  dropClaim,
  findClaim,
  forgetFile,
  knownFiles,
  listClaims,
  readMeta,
  rememberFile,
  replaceDiagnostics,
  writeMeta,
} from './source-table.ts';
import { fileKey, planSync } from './sync-plan.ts';
import type { PlacedFile } from './sync-plan.ts';
import { refreshTopics } from './topics/topic-store.ts';
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
  const listing = listFiles(sources);
  const known = reportIfUnchanged(database, listing);
  if (known !== undefined) return known;
  return database.transaction(() => applySync(database, sources, listing, options));
}

/** The same from nothing: forgets everything and reads every file. */
export function rebuildIndex(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  options: SyncOptions = {},
): SyncReport {
  const listing = listFiles(sources);
  const report = database.transaction(() => {
    clearMemories(database);
    return applySync(database, sources, listing, options);
  });
  return { ...report, rebuilt: true };
}

/** The report of a sync that has nothing to do; undefined when there is something. Needs no lock. */
export function checkUnchanged(database: IndexDatabase, sources: readonly MemoryFileSource[]): SyncReport | undefined {
  return reportIfUnchanged(database, listFiles(sources));
}

/** What a look at all sources gives. */
interface Listing {
  readonly files: readonly PlacedFile[];
  readonly faults: readonly { readonly place: MemoryPlace; readonly diagnostic: Diagnostic }[];
}

function listFiles(sources: readonly MemoryFileSource[]): Listing {
  const faults: Listing['faults'][number][] = [];
  const files = sources.flatMap((source) => {
    const { place } = source;
    return source.list((diagnostic) => faults.push({ place, diagnostic })).map((file) => ({ ...file, place }));
  });
  return { files, faults };
}

function applySync(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  listing: Listing,
  { now = Date.now() }: SyncOptions,
): SyncReport {
  const found = listing.files;
  const plan = planSync(knownFiles(database), found);
  const run: SyncRun = {
    database,
    readers: new Map(sources.map((source) => [source.place, source])),
    targets: new Set(),
    isSettled: true,
  };
  const touched = new Set<string>();
  const isFirst = readMeta(database, 'listing') === undefined;
  let changed = 0;

  for (const file of plan.removed) {
    const claim = findClaim(database, file);
    if (claim?.memory != null) touched.add(claim.memory);
    forgetFile(database, file);
  }
  for (const file of [...plan.changed, ...plan.added]) {
    const reading = readFile(run, file);
    const before = findClaim(database, file);
    const memory = reading?.ok === true ? reading.memory : undefined;
    const hash = memory === undefined ? null : hashMemory(memory);
    const isSettled = reading !== undefined && !isFresh(file.mtimeNs, now) && !hasPassingFault(reading);
    run.isSettled &&= isSettled;
    rememberFile(database, isSettled ? file : { ...file, mtimeNs: '' }, memory?.id ?? null, hash);
    replaceDiagnostics(database, file, reading?.diagnostics ?? []);
    if (before !== undefined && (hash === null || before.hash !== hash)) changed++;
    if (before?.memory != null && before.memory !== memory?.id) touched.add(before.memory);
    if (memory !== undefined && hash !== null)
      settle(run, memory.id, { file: { place: file.place, path: file.path, hash }, memory });
  }
  for (const id of touched) settle(run, id);
  refreshVisibility(database, run.targets);
  refreshTopics(database);

  // Under an empty path: they belong to no file that the index keeps.
  for (const { place } of sources) {
    const faults = listing.faults.filter((fault) => fault.place === place).map((fault) => fault.diagnostic);
    replaceDiagnostics(database, { place, path: '' }, faults);
  }
  const diagnostics = countDiagnostics(database);
  writeMeta(database, 'listing', run.isSettled ? listingDigest(listing) : '');
  writeMeta(database, 'diagnostics', String(diagnostics));
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

/** One sync on its way. */
interface SyncRun {
  readonly database: IndexDatabase;
  readonly readers: ReadonlyMap<MemoryPlace, MemoryFileSource>;
  readonly targets: RelationTargets;
  /** False as soon as a file must be looked at again by the next sync. */
  isSettled: boolean;
}

/** Makes the row of an id say what its winning file says; without any file the memory goes. `read`: a file just read. */
function settle(run: SyncRun, id: string, read?: { readonly file: MemoryFile; readonly memory: Memory }): void {
  const { database, targets } = run;
  const claims = listClaims(database, id);
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
  const reading = readFile(run, winner);
  if (reading?.ok === true && reading.memory.id === id)
    return putMemory(database, reading.memory, { ...winner, hash: hashMemory(reading.memory) }, targets);
  // It changed under us: without it for now, and the next sync looks at it again.
  dropClaim(database, winner);
  run.isSettled = false;
  settle(run, id, read);
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

function hasPassingFault(reading: FileReading): boolean {
  return reading.diagnostics?.some((diagnostic) => PASSING_FAULTS.has(diagnostic.rule)) === true;
}

/** Undefined when the file cannot be read just now: gone meanwhile, or no right to. */
function readFile(
  { readers }: SyncRun,
  file: { readonly place: MemoryPlace; readonly path: string },
): FileReading | undefined {
  try {
    return readers.get(file.place)?.read(file.path);
  } catch {
    return undefined;
  }
}

function reportIfUnchanged(database: IndexDatabase, listing: Listing): SyncReport | undefined {
  const found = listing.files;
  if (readMeta(database, 'listing') !== listingDigest(listing)) return undefined;
  if (countFiles(database) !== found.length) return undefined;
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

function listingDigest({ files, faults }: Listing): string {
  const lines = files.map((file) => `${fileKey(file)}\0${file.size}\0${file.mtimeNs}\0${file.inode}`).sort();
  return createHash('sha256').update(lines.join('\n')).update(JSON.stringify(faults)).digest('base64url');
}
