// What is kept of sessions is bounded: old ones go, and of many only the newest stay.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pruneSessions } from '../../src/worker/prune-sessions.ts';

const NOW = Date.UTC(2026, 10, 22);
const DAY = 86_400_000;

describe('what is kept of sessions', () => {
  it('goes when the session was quiet for three months, by its newest file', () => {
    const { folder, session } = setUp();
    session('old', { 'receipts.jsonl': 91, 'state.json': 120 });
    session('resumed', { 'receipts.jsonl': 200, 'state.json': 89 });
    session('new', { 'receipts.jsonl': 0 });
    expect(pruneSessions(folder, { now: NOW })).toBe(1);
    expect(readdirSync(folder).toSorted()).toEqual(['new', 'resumed']);
    expect(pruneSessions(folder, { now: NOW })).toBe(0);
  });

  it('stays for the newest when there are many', () => {
    const { folder, session } = setUp();
    for (let age = 0; age < 12; age++) session(`s${String(age).padStart(2, '0')}`, { 'receipts.jsonl': age });
    expect(pruneSessions(folder, { now: NOW, most: 5 })).toBe(7);
    expect(readdirSync(folder).toSorted()).toEqual(['s00', 's01', 's02', 's03', 's04']);
  });

  it('follows no link and touches no stray file', () => {
    const { folder, session } = setUp();
    const elsewhere = mkdtempSync(join(tmpdir(), 'memvault-elsewhere-'));
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
    writeFileSync(join(elsewhere, 'mine.txt'), 'mine');
    session('linked', {});
    symlinkSync(elsewhere, join(folder, 'link'));
    writeFileSync(join(folder, 'stray'), '');
    expect(pruneSessions(folder, { now: NOW, keepMs: -1e12, most: 0 })).toBe(1);
    expect(readdirSync(folder).toSorted()).toEqual(['link', 'stray']);
    expect(existsSync(join(elsewhere, 'mine.txt'))).toBe(true);
  });

  it('is nothing where no session was', () => {
    expect(pruneSessions(join(setUp().folder, 'none'), { now: NOW })).toBe(0);
  });
});

function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-sessions-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    /** Its files by name, each so many days old; the folder is as old as the oldest. */
    session: (name: string, files: Readonly<Record<string, number>>): void => {
      const path = join(folder, name);
      mkdirSync(path);
      for (const [file, age] of Object.entries(files)) {
        writeFileSync(join(path, file), '{}\n');
        const time = new Date(NOW - age * DAY);
        utimesSync(join(path, file), time, time);
      }
      const oldest = new Date(NOW - Math.max(0, ...Object.values(files)) * DAY);
      utimesSync(path, oldest, oldest);
    },
  };
}
