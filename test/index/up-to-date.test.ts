// Bringing the index up to date: seldom, under the lock, and said when it could not be done.

import { join } from 'node:path';
import { existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openIndex } from '../../src/index/database.ts';
import { rebuildUnderLock } from '../../src/index/rebuild.ts';
import { recentRows } from '../../src/index/rows.ts';
import { bringUpToDate, openIndexReader } from '../../src/index/up-to-date.ts';
import { takeLock } from '../../src/system/lock.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

const START = 1_800_000_000_000;

describe('bringUpToDate', () => {
  it('makes the index, then looks again only after two seconds', () => {
    const { vault, bring, listings } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    expect(bring(0)).toMatchObject({ added: 1, rebuilt: true, stale: false });
    vault.write('memories/b.md', makeMemory({ id: idOf(2) }));
    const before = listings();
    expect(bring(1999)).toMatchObject({ added: 0, changed: 0, removed: 0, rebuilt: false, stale: false });
    expect(listings()).toBe(before);
    expect(bring(2000)).toMatchObject({ added: 1, unchanged: 1 });
  });

  it('looks at once when the index was deleted', () => {
    const { vault, file, bring } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    bring(0);
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    expect(bring(10)).toMatchObject({ added: 1, rebuilt: true });
  });

  it('says `stale` while another process holds the lock, and nothing is changed', () => {
    const { vault, lockFile, bring, rows } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    bring(0);
    vault.write('memories/b.md', makeMemory({ id: idOf(2) }));
    const lock = takeLock(lockFile, 0);
    expect(bring(3000)).toMatchObject({ stale: true, added: 0 });
    expect(rows()).toHaveLength(1);
    lock?.release();
    expect(bring(3001)).toMatchObject({ stale: false, added: 1 });
  });

  it('needs no lock when nothing changed', () => {
    const { vault, lockFile, bring } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    bring(0);
    const lock = takeLock(lockFile, 0);
    expect(bring(3000)).toMatchObject({ stale: false, unchanged: 1 });
    lock?.release();
  });

  it('works before there is any memory', () => {
    const { bring, file } = setUp();
    expect(bring(0)).toMatchObject({ added: 0, unchanged: 0, stale: false });
    expect(existsSync(file)).toBe(true);
  });
});

describe('the revision of a reader', () => {
  it('stays while nothing changes, however often it is asked and read', () => {
    const { vault, options } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    let now = START;
    const reader = openIndexReader({ ...options, now: () => (now += 2000) });
    reader.read((database) => recentRows(database, {}, 10));
    const revision = reader.revision();
    reader.read((database) => recentRows(database, {}, 10));
    expect([reader.revision(), reader.revision()]).toEqual([revision, revision]);
    reader.close();
  });

  it('is another one after an edit, a deletion, a rebuild, and a new index', () => {
    const { vault, options, file } = setUp();
    let now = START;
    const reader = openIndexReader({ ...options, now: () => (now += 2000) });
    const seen = [reader.revision()];
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    seen.push(reader.revision());
    vault.write('memories/a.md', makeMemory({ id: idOf(1), title: 'Edited' }));
    seen.push(reader.revision());
    rebuildUnderLock({ ...options, now });
    seen.push(reader.revision());
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    seen.push(reader.revision());
    vault.remove('memories/a.md');
    seen.push(reader.revision());
    expect(new Set(seen).size).toBe(seen.length);
    reader.close();
  });
});

describe('rebuildUnderLock', () => {
  it('counts every file as added and keeps open readers working', () => {
    const { vault, options, file } = setUp();
    for (const n of [1, 2, 3]) vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n) }));
    const reader = openIndexReader({ ...options, now: () => START });
    const ids = () => reader.read((database) => recentRows(database, {}, 10).map((row) => row.id)).value;
    const before = ids();
    expect(rebuildUnderLock({ ...options, now: START })).toMatchObject({ added: 3, rebuilt: true, stale: false });
    expect(ids()).toEqual(before);
    reader.close();
    openIndex(file).close();
  });
});

function setUp() {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  let listed = 0;
  const source = {
    ...vault.source,
    list: (report: Parameters<typeof vault.source.list>[0]) => {
      listed++;
      return vault.source.list(report);
    },
  };
  const file = join(root, 'index.sqlite');
  const lockFile = join(root, 'index.lock');
  const options = { file, lockFile, sources: [source], maxAgeMs: 2000 };
  return {
    vault,
    file,
    lockFile,
    options,
    listings: () => listed,
    bring: (afterMs: number) => bringUpToDate({ ...options, now: START + afterMs }),
    rows: () => {
      const database = openIndex(file);
      try {
        return recentRows(database, {}, 100);
      } finally {
        database.close();
      }
    },
  };
}
