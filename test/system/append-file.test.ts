// Lines are appended to files of our own, whatever stands in their place.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendPrivately } from '../../src/system/append-file.ts';
import { readDrops, recordDrop } from '../../src/system/drops.ts';
import { openConfirmations } from '../../src/vault/confirmations.ts';
import { openJournal } from '../../src/vault/journal.ts';
import type { MemoryId } from '../../src/model/memory.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'memvault-append-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('makes a private file, and goes on in one that is there', () => {
  const file = join(folder, 'lines');
  appendPrivately(file, 'one\n');
  appendPrivately(file, 'two\n');
  expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('moves a folder of that name aside, with what it holds', () => {
  const file = join(folder, 'lines');
  mkdirSync(join(file, 'inner'), { recursive: true });
  appendPrivately(file, 'one\n');
  expect(readFileSync(file, 'utf8')).toBe('one\n');
  expect(statSync(join(`${file}.broken`, 'inner')).isDirectory()).toBe(true);
});

it('counts drops, confirmations and batches where their files became folders', () => {
  const drops = join(folder, 'drops.jsonl');
  for (const name of ['drops.jsonl', 'confirmed.jsonl', 'journal/b1.json'])
    mkdirSync(join(folder, name, 'inner'), { recursive: true });
  recordDrop(drops, { at: '2026-11-29T10:00:00Z', eventIds: ['e1'], reason: 'r' });
  expect(readDrops(drops)).toEqual([{ reason: 'r', events: 1, last: '2026-11-29T10:00:00Z' }]);
  expect([...openConfirmations(folder).add('000000000001' as MemoryId, 's1')]).toEqual(['s1']);
  const told: string[] = [];
  expect(openJournal(folder, ({ rule }) => told.push(rule)).list()).toEqual([]);
  expect(told).toEqual(['journal-corrupt']);
});
