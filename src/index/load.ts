// Reads every memory file into an empty index, without looking up what cannot be there yet.

import type { SyncReport } from '../model/search.ts';
import type { IndexDatabase } from './database.ts';
import { countDiagnostics } from './diagnostics.ts';
import type { MemoryFileSource } from './file-source.ts';
import { hashMemory, loadMemory, refreshVisibility } from './memory-table.ts';
import { INDEXES } from './schema.ts';
import { replaceDiagnostics } from './source-table.ts';
import type { Steps } from './steps.ts';
import { refreshTopics } from './topics/topic-store.ts';
import { isSettled, readFile, settle, startRun } from './sync.ts';

/** Fills an index that has its tables and nothing else. What it holds then is what a sync from nothing would give. */
export function loadIndex(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  now: () => number,
): Steps<SyncReport> {
  return database.inTransaction(loadSteps(database, sources, now));
}

function* loadSteps(
  database: IndexDatabase,
  sources: readonly MemoryFileSource[],
  now: () => number,
): Steps<SyncReport> {
  const run = startRun(database, sources);
  const { table, targets } = run;
  const seen = new Set<string>();
  /** Ids that more than one file claims: who counts is decided when all are known. */
  const contested = new Set<string>();
  for (const source of sources) {
    const { place } = source;
    for (const folder of source.walk()) {
      for (const found of folder.files) {
        yield;
        const file = { ...found, place };
        const reading = readFile(run, file);
        const memory = reading?.ok === true ? reading.memory : undefined;
        const hash = memory === undefined ? null : hashMemory(memory);
        const stamp = isSettled(file, reading, now()) ? file.stamp : null;
        table.remember({ place, path: file.path, stamp }, { memory: memory?.id ?? null, hash }, undefined);
        if (reading?.diagnostics !== undefined && reading.diagnostics.length > 0)
          replaceDiagnostics(database, file, reading.diagnostics);
        if (memory === undefined || hash === null) continue;
        if (seen.has(memory.id)) contested.add(memory.id);
        else loadMemory(database, memory, { place, path: file.path, hash }, targets);
        seen.add(memory.id);
      }
      if (folder.faults.length > 0) table.replaceFaults({ place, path: folder.path }, folder.faults);
    }
  }
  table.save();
  for (const statement of INDEXES) {
    yield;
    database.execute(statement);
  }
  for (const id of contested) {
    yield;
    settle(run, id);
  }
  refreshVisibility(database, targets);
  yield* refreshTopics(database);
  table.save();
  const added = table.countFiles();
  const diagnostics = countDiagnostics(database);
  return { added, changed: 0, removed: 0, unchanged: 0, diagnostics, rebuilt: true, stale: false };
}
