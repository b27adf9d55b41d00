// Brings the index to the present state of the memory files: looks for what differs, then reads that, in one transaction.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryPlace, SyncReport } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { countDiagnostics, noteDuplicate } from './diagnostics.ts';
import { PASSING_FAULTS } from './file-source.ts';
import type { FileReading, MemoryFileSource } from './file-source.ts';
import type { Look } from './look.ts';
import { lookForChanges } from './look.ts';
import { findMemoryFile, hashMemory, moveMemory, putMemory, refreshVisibility, removeMemory } from './memory-table.ts';
import type { MemoryFile, RelationTargets } from './memory-table.ts';
import { listClaims, openSourceTable, replaceDiagnostics } from './source-table.ts';
import type { SourceTable } from './source-table.ts';
import type { Steps } from './steps.ts';
import { finish } from './steps.ts';
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
  { now = Date.now() }: SyncOptions = {},
): SyncReport {
  const look = finish(lookForChanges(database, sources));
  return look.isNothing ? reportUnchanged(database, look) : finish(takeIn(database, sources, look, () => now));
}

/** The report of a look that found nothing to do. */
export function reportUnchanged(database: IndexDatabase, { files }: Look): SyncReport {
  const diagnostics = countDiagnostics(database);
  return { added: 0, changed: 0, removed: 0, unchanged: files, diagnostics, rebuilt: false, stale: false };
}

/** Takes into the index what a look found, in one transaction. The index must be as the look saw it. */
export function takeIn(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  look: Look,
  now: () => number,
): Steps<SyncReport> {
  return database.inTransaction(takeInSteps(database, sources, look, now));
}

function* takeInSteps(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  look: Look,
  now: () => number,
): Steps<SyncReport> {
  const plan = planSync(look.known, look.found);
  const run = startRun(database, sources);
  const { table } = run;
  const touched = new Set<string>();
  let changed = 0;

  for (const file of plan.removed) {
    yield;
    const before = table.find(file);
    if (before === undefined) continue;
    if (before.memory !== null) touched.add(before.memory);
    table.forget(file, before);
  }
  for (const file of [...plan.changed, ...plan.added]) {
    yield;
    const reading = readFile(run, file);
    const before = table.find(file);
    const memory = reading?.ok === true ? reading.memory : undefined;
    const hash = memory === undefined ? null : hashMemory(memory);
    table.remember(
      { ...file, stamp: isSettled(file, reading, now()) ? file.stamp : null },
      { memory: memory?.id ?? null, hash },
      before,
    );
    replaceDiagnostics(database, file, reading?.diagnostics ?? []);
    // A broken file has no hash to compare; one that is merely read again is not called changed.
    if (before !== undefined && (before.hash !== hash || (hash === null && before.stamp !== null))) changed++;
    if (before?.memory != null && before.memory !== memory?.id) touched.add(before.memory);
    if (memory !== undefined && hash !== null)
      settle(run, memory.id, { file: { place: file.place, path: file.path, hash }, memory });
  }
  for (const id of touched) {
    yield;
    settle(run, id);
  }
  refreshVisibility(database, run.targets);
  yield* refreshTopics(database);
  for (const folder of look.faults) table.replaceFaults(folder, folder.faults);
  table.save();
  return {
    added: plan.added.length,
    changed,
    removed: plan.removed.length,
    unchanged: table.countFiles() - plan.added.length - changed,
    diagnostics: countDiagnostics(database),
    rebuilt: false,
    stale: false,
  };
}

/** One sync on its way. */
export interface SyncRun {
  readonly database: IndexDatabase;
  readonly table: SourceTable;
  readonly sources: ReadonlyMap<MemoryPlace, MemoryFileSource>;
  readonly targets: RelationTargets;
}

export function startRun(database: IndexDatabase, sources: readonly MemoryFileSource[]): SyncRun {
  return {
    database,
    table: openSourceTable(database),
    sources: new Map(sources.map((source) => [source.place, source])),
    targets: new Set(),
  };
}

/** Undefined when the file cannot be read just now: gone meanwhile, or no right to. */
export function readFile(
  { sources }: SyncRun,
  file: { readonly place: MemoryPlace; readonly path: string },
): FileReading | undefined {
  try {
    return sources.get(file.place)?.read(file.path);
  } catch {
    return undefined;
  }
}

/** Whether the file need not be read again before its stamp changes. */
export function isSettled(file: PlacedFile, reading: FileReading | undefined, now: number): boolean {
  return reading !== undefined && !isFresh(file.changedMs, now) && !hasPassingFault(reading.diagnostics ?? []);
}

/** Makes the row of an id say what its winning file says; without any file the memory goes. `read`: a file just read. */
export function settle(run: SyncRun, id: string, read?: { readonly file: MemoryFile; readonly memory: Memory }): void {
  const { database, targets } = run;
  const claims = listClaims(database, id);
  noteDuplicate(database, id, claims.filter((claim) => claim.place === 'vault').length > 1);
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
  run.table.dropClaim(winner);
  settle(run, id, read);
}

/**
 * Whether a file changed so shortly before that it may change once more without a new time of change. File systems that keep
 * whole seconds only need longer.
 */
function isFresh(changedMs: number, now: number): boolean {
  const age = now - changedMs;
  // The look is a little younger than `now`; a time far in the future is a wrong clock, not a fresh file.
  return age > -10_000 && age < (changedMs % 1000 === 0 ? 2500 : 100);
}

function hasPassingFault(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => PASSING_FAULTS.has(diagnostic.rule));
}
