// The journal: one file per batch with its event ids, the compressor's answer, the ids drawn and the step reached, so that a
// redo after a crash asks no model again and writes nothing twice.

import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Compression } from '../model/draft.ts';
import { MemvaultError } from '../model/errors.ts';
import { MEMORY_KINDS, isMemoryId } from '../model/memory.ts';
import type { Memory } from '../model/memory.ts';
import type { BatchClose } from '../model/turn.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';

/**
 * In the order of a cycle. `answered` holds what the compressor said, before anything was made of it; the last one means that the
 * spool no longer has the events.
 */
const JOURNAL_STEPS = ['answered', 'compressed', 'written', 'indexed', 'published', 'acknowledged'] as const;
type JournalStep = (typeof JOURNAL_STEPS)[number];

export interface JournalEntry {
  readonly v: 1;
  /** Id of the batch: the same events always give the same one. */
  readonly batch: string;
  readonly eventIds: readonly string[];
  readonly step: JournalStep;
  /** Why the batch was closed: with its events this makes the same batch again. */
  readonly close?: BatchClose;
  /** The answer; dropped when the batch is acknowledged, to keep old entries small. */
  readonly compression?: Compression;
  /** Whole, with the ids drawn for them; empty for a batch with nothing worth keeping, and once the batch is acknowledged. */
  readonly memories: readonly Memory[];
  /** The session's state after this batch, as the worker keeps it; dropped with the answer. */
  readonly session?: Readonly<Record<string, unknown>>;
  /** UTC of the last step. */
  readonly at: string;
}

export interface Journal {
  read(batch: string): JournalEntry | undefined;
  /** Replaces the batch's entry in one step. */
  write(entry: JournalEntry): void;
  /** Oldest first. */
  list(): JournalEntry[];
  remove(batch: string): void;
  /** Drops acknowledged entries older than `maxAgeDays`, and beyond `maxEntries` the oldest; gives how many went. */
  prune(options: PruneOptions): number;
}

interface PruneOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** 30 when left out. */
  readonly maxAgeDays?: number;
  /** 2000 when left out. */
  readonly maxEntries?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const BATCH_PATTERN = /^[0-9A-Za-z_-]{1,128}$/;

/** The journal of a clone's state folder. A file that cannot be read is set aside as `*.corrupt` and told to `report`. */
export function openJournal(stateDir: string, report: (diagnostic: Diagnostic) => void = () => {}): Journal {
  const folder = join(stateDir, 'journal');
  const read = (batch: string): JournalEntry | undefined => {
    const text = readText(fileOf(folder, batch));
    if (text === undefined) return undefined;
    const entry = parseEntry(text, batch);
    if (entry === undefined) setAside(folder, batch, report);
    return entry;
  };
  const list = (): JournalEntry[] =>
    listBatches(folder)
      .map(read)
      .filter((entry) => entry !== undefined)
      .sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.batch < other.batch ? -1 : 1));
  const remove = (batch: string): void => rmSync(fileOf(folder, batch), { force: true });
  return {
    read,
    list,
    remove,
    write(entry) {
      const { compression: _answer, session: _session, ...rest } = entry;
      const kept = entry.step === 'acknowledged' ? { ...rest, memories: [] } : entry;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileAtomic(fileOf(folder, entry.batch), `${JSON.stringify(kept)}\n`);
    },
    prune(options) {
      const old = planPrune(list(), options);
      for (const entry of old) remove(entry.batch);
      return old.length;
    },
  };
}

function planPrune(entries: readonly JournalEntry[], options: PruneOptions): readonly JournalEntry[] {
  const done = entries.filter((entry) => entry.step === 'acknowledged');
  const oldest = options.now - (options.maxAgeDays ?? 30) * DAY_MS;
  const surplus = done.length - (options.maxEntries ?? 2000);
  return done.filter((entry, at) => at < surplus || Date.parse(entry.at) < oldest);
}

function fileOf(folder: string, batch: string): string {
  if (!BATCH_PATTERN.test(batch))
    throw new MemvaultError('invalid_input', `${JSON.stringify(batch.slice(0, 80))} is not the id of a batch`);
  return join(folder, `${batch}.json`);
}

function listBatches(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((batch) => BATCH_PATTERN.test(batch));
  } catch {
    // No batch was ever written here.
    return [];
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return undefined;
    // A folder of its name holds no entry.
    if (code === 'EISDIR') return '';
    throw new MemvaultError('corrupt', `the journal's ${file} cannot be read`, { cause: error });
  }
}

function setAside(folder: string, batch: string, report: (diagnostic: Diagnostic) => void): void {
  const file = fileOf(folder, batch);
  renameSync(file, `${file}.corrupt`);
  report({
    path: `${file}.corrupt`,
    rule: 'journal-corrupt',
    severity: 'warning',
    message: 'a journal entry could not be read and was set aside; its batch is done anew',
  });
}

function parseEntry(text: string, batch: string): JournalEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isEntry(value) && value.batch === batch ? value : undefined;
}

function isEntry(value: unknown): value is JournalEntry {
  if (!isRecord(value) || value['v'] !== 1 || typeof value['batch'] !== 'string' || typeof value['at'] !== 'string')
    return false;
  const { eventIds, memories, compression, step } = value;
  return (
    JOURNAL_STEPS.some((known) => known === step) &&
    Array.isArray(eventIds) &&
    eventIds.every((id) => typeof id === 'string') &&
    Array.isArray(memories) &&
    memories.every(isMemory) &&
    (compression === undefined || (isRecord(compression) && Array.isArray(compression['observations'])))
  );
}

function isMemory(value: unknown): value is Memory {
  return (
    isRecord(value) &&
    isMemoryId(value['id']) &&
    typeof value['title'] === 'string' &&
    typeof value['created'] === 'string' &&
    typeof value['body'] === 'string' &&
    ['files', 'tags', 'supersedes', 'deletes'].every((key) => Array.isArray(value[key])) &&
    MEMORY_KINDS.some((kind) => kind === value['kind'])
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
