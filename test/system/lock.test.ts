// The lock that the operating system holds, on a file where anything may lie.

import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awaitLock, takeLock } from '../../src/system/lock.ts';

describe('a lock', () => {
  it.each<readonly [string, (file: string) => void]>([
    ['nothing', () => undefined],
    ['an empty file', (file) => writeFileSync(file, '')],
    ['noise', (file) => writeFileSync(file, 'noise '.repeat(1000))],
    ['the beginning of a database', (file) => writeFileSync(file, `SQLite format 3\0${'\xff'.repeat(3000)}`, 'latin1')],
    ['a folder', (file) => mkdirSync(join(file, 'inner'), { recursive: true })],
  ])('is taken where %s lies, by one at a time', (_, put) => {
    const file = join(mkdtempSync(join(tmpdir(), 'memvault-lock-')), 'a.lock');
    put(file);
    const first = takeLock(file, 0);
    expect(first?.isCurrent()).toBe(true);
    expect(takeLock(file, 0)).toBeUndefined();
    first?.release();
    const next = takeLock(file, 0);
    expect(next).toBeDefined();
    next?.release();
    expect(readdirSync(join(file, '..')).filter((name) => !/^a\.lock(?:\.broken-\d+)?$/.test(name))).toEqual([]);
  });

  it('is waited for without holding up the process, which may itself be who has it', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'memvault-lock-')), 'a.lock');
    const first = takeLock(file, 0);
    expect(await awaitLock(file, 60)).toBeUndefined();
    setTimeout(() => first?.release(), 60);
    const next = await awaitLock(file, 30_000);
    expect(next?.isCurrent()).toBe(true);
    next?.release();
  });
});
