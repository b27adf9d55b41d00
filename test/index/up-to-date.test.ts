// Bringing the index up to date: seldom, under the lock, and said when it could not be done.

import { dirname, join } from 'node:path';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recentRows } from '../../src/index/rows.ts';
import { searchIndex } from '../../src/index/search.ts';
import { openUpToDateIndex } from '../../src/index/up-to-date.ts';
import { takeLock } from '../../src/system/lock.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

const START = 1_800_000_000_000;

describe('an index that is kept up to date', () => {
  it('is made at the first question, then looks again only after two seconds', () => {
    const { vault, index, at, ids, walks } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    expect(ids()).toEqual([idOf(1)]);
    vault.write('memories/b.md', makeMemory({ id: idOf(2) }));
    const before = walks();
    at(1999);
    expect(ids()).toEqual([idOf(1)]);
    expect(walks()).toBe(before);
    at(2000);
    expect(ids()).toHaveLength(2);
    expect(index.sync()).toMatchObject({ added: 0, unchanged: 2, rebuilt: false, stale: false });
  });

  it('looks at once when it is told to', () => {
    const { vault, index, ids } = setUp();
    expect(ids()).toEqual([]);
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    expect(index.sync()).toMatchObject({ added: 1, rebuilt: false });
    expect(ids()).toEqual([idOf(1)]);
  });

  it('looks at once when the index was deleted', () => {
    const { vault, file, index, at, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    ids();
    index.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    at(10);
    expect(ids()).toEqual([idOf(1)]);
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    expect(index.sync()).toMatchObject({ added: 1, rebuilt: true });
  });

  it('says `stale` while another process holds the lock, and nothing is changed', () => {
    const { vault, lockFile, index, at, ids, read } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    ids();
    vault.write('memories/b.md', makeMemory({ id: idOf(2) }));
    const lock = takeLock(lockFile, 0);
    at(3000);
    expect(index.sync()).toMatchObject({ stale: true, added: 0 });
    expect(read()).toMatchObject({ stale: true, value: [{ id: idOf(1) }] });
    lock?.release();
    at(3300);
    expect(read()).toMatchObject({ stale: false, value: [{}, {}] });
  });

  it('answers with nothing, and says `stale`, while another process makes the first index', () => {
    const { vault, file, lockFile, at, read } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    const lock = takeLock(lockFile, 0);
    expect(read()).toEqual({ stale: true, value: [] });
    expect(existsSync(file)).toBe(false);
    lock?.release();
    at(300);
    expect(read()).toMatchObject({ stale: false, value: [{ id: idOf(1) }] });
  });

  it('needs no lock when nothing changed', () => {
    const { vault, lockFile, index, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    ids();
    const lock = takeLock(lockFile, 0);
    expect(index.sync()).toMatchObject({ stale: false, unchanged: 1 });
    lock?.release();
  });

  it('works before there is any memory', () => {
    const { index, file, read } = setUp();
    expect(index.sync()).toMatchObject({ added: 0, unchanged: 0, stale: false });
    expect(read()).toEqual({ stale: false, value: [] });
    expect(existsSync(file)).toBe(true);
  });

  it('reads in one state, whatever another process writes meanwhile', () => {
    const { vault, index, other, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    ids();
    const counts = index.read((database) => {
      const count = () => recentRows(database, {}, 10).length;
      const before = count();
      vault.write('memories/b.md', makeMemory({ id: idOf(2) }));
      expect(other.sync()).toMatchObject({ added: 1 });
      return [before, count()];
    });
    expect(counts.value).toEqual([1, 1]);
    expect(other.read((database) => recentRows(database, {}, 10)).value).toHaveLength(2);
  });

  it('takes changes in while the event loop goes round, and answers from the old state meanwhile', async () => {
    const { vault, index, ids, read } = setUp();
    for (let n = 1; n <= 300; n++)
      vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), body: 'word '.repeat(999) }));
    ids();
    for (let n = 1; n <= 300; n++)
      vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), body: 'text '.repeat(999) }));
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const syncing = index.syncInSlices();
    await new Promise((resolve) => setImmediate(resolve));
    expect(read()).toMatchObject({ stale: true });
    expect(index.sync()).toMatchObject({ stale: true });
    expect(await syncing).toMatchObject({ changed: 300, stale: false });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
    expect(read()).toMatchObject({ stale: false });
  });
});

describe('the revision of an index', () => {
  it('stays while nothing changes, however often it is asked and read', () => {
    const { vault, index, at, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    ids();
    const revision = index.revision();
    at(2000);
    ids();
    at(4000);
    expect([index.revision(), index.revision()]).toEqual([revision, revision]);
  });

  it('is another one after an edit, a deletion, a rebuild, and a new index', () => {
    const { vault, index, other, file, at } = setUp();
    let time = 0;
    const look = (): string => {
      at((time += 2000));
      return index.revision();
    };
    const seen = [look()];
    vault.write('memories/a.md', makeMemory({ id: idOf(1) }));
    seen.push(look());
    vault.write('memories/a.md', makeMemory({ id: idOf(1), title: 'Edited' }));
    seen.push(look());
    other.rebuild();
    seen.push(look());
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
    seen.push(look());
    vault.remove('memories/a.md');
    seen.push(look());
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('a rebuild', () => {
  it('counts every file as added and keeps open readers working', () => {
    const { vault, index, other, file } = setUp();
    for (const n of [1, 2, 3]) vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n) }));
    const rows = () => other.read((database) => recentRows(database, {}, 10)).value;
    const before = rows();
    expect(index.rebuild()).toMatchObject({ added: 3, rebuilt: true, stale: false });
    expect(rows()).toEqual(before);
    expect(readdirSync(dirname(file)).sort()).toEqual([
      'index.lock',
      'index.sqlite',
      'index.sqlite-shm',
      'index.sqlite-wal',
      'vault',
    ]);
  });

  it('takes the place of a sync that is underway in its own process', async () => {
    const { vault, index, ids } = setUp();
    const writeAll = (body: string): void => {
      for (let n = 1; n <= 300; n++) vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), body }));
    };
    writeAll('word '.repeat(999));
    ids();
    writeAll('text '.repeat(999));
    const syncing = index.syncInSlices();
    await new Promise((resolve) => setImmediate(resolve));
    expect(index.sync()).toMatchObject({ stale: true });
    expect(index.rebuild()).toMatchObject({ added: 300, rebuilt: true });
    expect(await syncing).toMatchObject({ changed: 0, stale: true });
    expect(index.sync()).toMatchObject({ unchanged: 300, rebuilt: false, stale: false });
    expect(index.read((database) => searchIndex(database, { text: 'text', limit: 1 }).total).value).toBe(300);
  });

  it('says `busy` when another process keeps the lock', () => {
    const { index, lockFile } = setUp();
    const lock = takeLock(lockFile, 0);
    expect(() => index.rebuild()).toThrow(expect.objectContaining({ code: 'busy' }));
    lock?.release();
  });
});

function setUp() {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  let walked = 0;
  let now = START;
  const source = {
    ...vault.source,
    walk: () => {
      walked++;
      return vault.source.walk();
    },
  };
  const file = join(root, 'index.sqlite');
  const lockFile = join(root, 'index.lock');
  const open = () => {
    const index = openUpToDateIndex({ file, lockFile, sources: [source], maxAgeMs: 2000, now: () => now });
    onTestFinished(() => index.close());
    return index;
  };
  const index = open();
  const read = () => index.read((database) => recentRows(database, {}, 1000));
  return {
    vault,
    file,
    lockFile,
    index,
    /** As another process would have it. */
    other: open(),
    at: (afterMs: number) => void (now = START + afterMs),
    walks: () => walked,
    read,
    ids: () => read().value.map((row) => row.id),
  };
}
