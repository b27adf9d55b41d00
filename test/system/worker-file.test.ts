// The heartbeat that hooks look at.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STALE_MS, isWorkerAlive, processBirth, readWorkerFile } from '../../src/system/worker-file.ts';

const file = join(mkdtempSync(join(tmpdir(), 'memvault-worker-')), 'worker.json');
const worker = { pid: process.pid, port: 37777, token: 't', startedAt: '2026-11-22T09:00:00Z', version: '0.1.0' };

function write(content: unknown, age = 0): number {
  const now = Date.now();
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  utimesSync(file, (now - age) / 1000, (now - age) / 1000);
  return now;
}

describe('the worker file', () => {
  it('tells of a worker that touched it lately and lives', () => {
    expect(isWorkerAlive(file, Date.now())).toBe(false);
    const now = write(worker);
    expect(readWorkerFile(file, now)).toEqual(worker);
    expect(isWorkerAlive(file, now + STALE_MS - 1000)).toBe(true);
  });

  it('takes an old file, a file from the future, and a dead process for no worker', () => {
    expect(isWorkerAlive(file, write(worker, STALE_MS + 1000))).toBe(false);
    expect(isWorkerAlive(file, write(worker, -STALE_MS - 1000))).toBe(false);
    const dead = spawnSync(process.execPath, ['-e', '0']).pid;
    expect(isWorkerAlive(file, write({ ...worker, pid: dead }))).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')('takes another process that got the number for no worker', () => {
    const born = processBirth(process.pid);
    expect(born).toMatch(/^\d+$/);
    expect(isWorkerAlive(file, write({ ...worker, born }))).toBe(true);
    expect(isWorkerAlive(file, write({ ...worker, born: `${born}0` }))).toBe(false);
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"pid":1}',
    JSON.stringify({ ...worker, pid: -1 }),
    JSON.stringify({ ...worker, pid: '1' }),
  ])('takes %j for no worker', (content) => {
    expect(isWorkerAlive(file, write(content))).toBe(false);
  });
});
