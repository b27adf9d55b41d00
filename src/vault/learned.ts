// What this clone has learned: one line a memory, kept when the memory itself is gone, so that it is not learned again.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Memory, MemoryId } from '../model/memory.ts';
import { appendPrivately } from '../system/append-file.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';

export interface LearnedMemory {
  readonly id: MemoryId;
  readonly title: string;
  /** The first characters of its text. */
  readonly gist: string;
}

export interface Learned {
  list(): readonly LearnedMemory[];
  /** Notes memories; those that are noted already change nothing. */
  add(memories: readonly Memory[]): void;
  /** Takes lines out for good: what they say must not be kept anywhere. */
  remove(ids: ReadonlySet<MemoryId>): void;
}

const MAX_GIST = 400;
/** Beyond twice as many lines the oldest half goes. */
const MOST = 5_000;

/** The record of a clone's state folder; makes nothing before the first `add`. */
export function openLearned(stateDir: string): Learned {
  const file = join(stateDir, 'learned.jsonl');
  const list = (): readonly LearnedMemory[] => readLines(file).flatMap((line) => parseLine(line) ?? []);
  return {
    list,
    remove(ids) {
      const before = list();
      const kept = before.filter(({ id }) => !ids.has(id));
      if (kept.length < before.length)
        writeFileAtomic(file, kept.map((memory) => `${JSON.stringify(memory)}\n`).join(''));
    },
    add(memories) {
      const before = list();
      const known = new Set(before.map(({ id }) => id));
      const fresh = memories
        .filter((memory) => memory.kind === 'observation' && !known.has(memory.id))
        .map(({ id, title, body }) => ({ id, title, gist: gistOf(body).slice(0, MAX_GIST) }));
      if (fresh.length === 0) return;
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      const lines = fresh.map((memory) => `${JSON.stringify(memory)}\n`).join('');
      if (before.length <= MOST * 2) appendPrivately(file, lines);
      else
        writeFileAtomic(
          file,
          before
            .slice(-MOST)
            .map((memory) => `${JSON.stringify(memory)}\n`)
            .join('') + lines,
        );
    },
  };
}

/** A memory's text as lines, without headings and list marks. */
export function gistOf(body: string): string {
  return body
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/^[-*]\s+/, ''))
    .join('\n');
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    // Nothing was learned here yet.
    return [];
  }
}

/** A line that a crash tore is no line. */
function parseLine(line: string): LearnedMemory | undefined {
  try {
    const value = JSON.parse(line) as Partial<LearnedMemory>;
    return typeof value.id === 'string' && typeof value.title === 'string'
      ? { id: value.id, title: value.title, gist: typeof value.gist === 'string' ? value.gist : '' }
      : undefined;
  } catch {
    return undefined;
  }
}
