// Temporary folders with memory files for the tests of the index.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { drawMemoryId } from '../../src/model/memory.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { MemoryPlace } from '../../src/model/search.ts';
import type { MemoryFileSource } from '../../src/index/file-source.ts';
import { jsonSource } from './json-source.ts';

export interface TestFolder {
  readonly root: string;
  readonly source: MemoryFileSource;
  readonly write: (path: string, memory: Memory | string) => void;
  readonly remove: (path: string) => void;
}

/** A temporary folder, removed when the test is over. */
export function makeFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'memvault-index-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

export function openFolder(root: string, place: MemoryPlace): TestFolder {
  mkdirSync(root, { recursive: true });
  return {
    root,
    source: jsonSource(root, place),
    write(path, memory) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof memory === 'string' ? memory : JSON.stringify(memory));
      settle(file);
    },
    remove(path) {
      rmSync(join(root, path));
    },
  };
}

/** A memory with everything that is not given filled in. */
export function makeMemory(values: Partial<Memory> & Pick<Memory, 'id'>): Memory {
  return {
    kind: 'observation',
    ...(values.kind === undefined || values.kind === 'observation' ? { type: 'bugfix' as const } : {}),
    title: `Memory ${values.id}`,
    created: '2026-11-22T14:32:05Z',
    files: [],
    tags: [],
    supersedes: [],
    deletes: [],
    body: 'Nothing special.',
    ...values,
  };
}

/** The id with this number, the same every time. */
export function idOf(number: number): string {
  let rest = number * 2_654_435_761;
  const bytes = new Uint8Array(12);
  for (let i = 0; i < 12; i++) {
    bytes[i] = rest % 32;
    rest = Math.floor(rest / 32) + number * 7 + i;
  }
  return drawMemoryId(bytes);
}

let minute = 0;

/** Gives the file a time of change of its own in the past, as if it had been written long ago: the tests do not wait. */
function settle(file: string): void {
  minute++;
  const time = 1_700_000_000 + minute * 60 + 0.5;
  utimesSync(file, time, time);
}
