// Bringing the index to the state of the files: what is added, edited, moved, deleted, superseded, claimed twice.

import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildIndex, openIndex } from '../../src/index/build.ts';
import type { IndexDatabase } from '../../src/index/database.ts';
import { listDiagnostics } from '../../src/index/diagnostics.ts';
import { loadIndex } from '../../src/index/load.ts';
import { countRows, getMemories, recentRows } from '../../src/index/rows.ts';
import { searchIndex } from '../../src/index/search.ts';
import { finish } from '../../src/index/steps.ts';
import { syncIndex } from '../../src/index/sync.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

const A = idOf(1);
const B = idOf(2);
const C = idOf(3);

describe('syncIndex', () => {
  it('reads new files once and says afterwards that nothing changed', () => {
    const { vault, sync } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A }));
    vault.write('memories/b.md', makeMemory({ id: B }));
    expect(sync()).toMatchObject({ added: 2, changed: 0, removed: 0, rebuilt: false, stale: false });
    expect(sync()).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 2, rebuilt: false });
  });

  it('finds the new words of an edited file and no longer the old ones', () => {
    const { vault, sync, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A, body: 'The mutex was missing.' }));
    sync();
    vault.write('memories/a.md', makeMemory({ id: A, body: 'The semaphore was missing.' }));
    expect(sync()).toMatchObject({ added: 0, changed: 1, removed: 0 });
    expect(ids('mutex')).toEqual([]);
    expect(ids('semaphore')).toEqual([A]);
  });

  it('does not call a file changed that was only touched', () => {
    const { vault, sync } = setUp();
    const memory = makeMemory({ id: A });
    vault.write('memories/a.md', memory);
    sync();
    vault.write('memories/a.md', memory);
    expect(sync()).toMatchObject({ changed: 0, unchanged: 1 });
  });

  it('looks again at a file that was written in the moment of the sync', () => {
    const { vault, database, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A, body: 'The mutex was missing.' }));
    const written = 1_700_000_000_000;
    const source = frozen(vault.source, written);
    syncIndex(database, [source], { now: written + 5 });
    vault.write('memories/a.md', makeMemory({ id: A, body: 'The latch was missing.' }));
    syncIndex(database, [source], { now: written + 3000 });
    expect(ids('latch')).toEqual([A]);
  });

  it('keeps a memory whose file was moved and tells the new path', () => {
    const { vault, sync, database } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A }));
    sync();
    vault.remove('memories/a.md');
    vault.write('memories/2026/elsewhere.md', makeMemory({ id: A }));
    sync();
    expect(recentRows(database, {}, 10).map((row) => [row.id, row.path])).toEqual([[A, 'memories/2026/elsewhere.md']]);
  });

  it('forgets a memory whose file is gone', () => {
    const { vault, sync, database, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A, title: 'Mutex', files: [{ path: 'a.ts' }], tags: ['lock'] }));
    sync();
    vault.remove('memories/a.md');
    expect(sync()).toMatchObject({ removed: 1 });
    expect(ids('mutex')).toEqual([]);
    expect(getMemories(database, [A]).missing).toEqual([A]);
  });

  it('takes the vault before the outbox, and the outbox again when the vault loses its copy', () => {
    const { vault, outbox, sync, database } = setUp();
    outbox.write('memories/a.md', makeMemory({ id: A, title: 'From the outbox' }));
    sync();
    vault.write('memories/a.md', makeMemory({ id: A, title: 'From the vault' }));
    sync();
    expect(recentRows(database, {}, 10)).toMatchObject([{ title: 'From the vault', place: 'vault' }]);
    vault.remove('memories/a.md');
    sync();
    expect(recentRows(database, {}, 10)).toMatchObject([{ title: 'From the outbox', place: 'outbox' }]);
    expect(listDiagnostics(database)).toEqual([]);
  });

  it('takes of two files with one id in the vault the one that memvault named, and says so', () => {
    const { vault, sync, database } = setUp();
    vault.write('memories/2026/11/22-a-copy.md', makeMemory({ id: A, title: 'The copy' }));
    vault.write(`memories/2026/11/22-the-race-${A}.md`, makeMemory({ id: A, title: 'The original' }));
    sync();
    expect(recentRows(database, {}, 10)).toMatchObject([{ title: 'The original' }]);
    expect(listDiagnostics(database)).toMatchObject([
      { path: 'memories/2026/11/22-a-copy.md', rule: 'duplicate-id', severity: 'warning' },
    ]);
  });

  it('lists what is wrong with a file until it is mended, and keeps the others', () => {
    const { vault, sync, database } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A }));
    vault.write('memories/b.md', 'no frontmatter here');
    expect(sync()).toMatchObject({ diagnostics: 1 });
    expect(listDiagnostics(database)).toMatchObject([{ path: 'memories/b.md', line: 1, rule: 'frontmatter-missing' }]);
    expect(recentRows(database, {}, 10)).toHaveLength(1);
    vault.write('memories/b.md', makeMemory({ id: B }));
    expect(sync()).toMatchObject({ diagnostics: 0 });
    expect(recentRows(database, {}, 10)).toHaveLength(2);
  });

  it('drops a memory whose file no longer reads, and takes it back when it does', () => {
    const { vault, sync, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A, title: 'Mutex' }));
    sync();
    vault.write('memories/a.md', '<<<<<<< conflict');
    sync();
    expect(ids('mutex')).toEqual([]);
    vault.write('memories/a.md', makeMemory({ id: A, title: 'Mutex' }));
    sync();
    expect(ids('mutex')).toEqual([A]);
  });

  it('hides what a tombstone deletes, everywhere, and the tombstone too', () => {
    const { vault, sync, database, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A, title: 'Mutex' }));
    vault.write('memories/t.md', makeMemory({ id: B, kind: 'tombstone', title: 'Deleted: Mutex', deletes: [A] }));
    sync();
    expect(ids('mutex')).toEqual([]);
    expect(recentRows(database, {}, 10)).toEqual([]);
    expect(getMemories(database, [A, B]).missing).toEqual([A, B]);
    expect(countRows(database)).toEqual({ observation: 0, summary: 0, note: 0, tombstone: 0 });
    vault.remove('memories/t.md');
    sync();
    expect(ids('mutex')).toEqual([A]);
  });

  it('gives no force to `deletes` in anything but a tombstone', () => {
    const { vault, sync, ids } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A, title: 'Mutex' }));
    vault.write('memories/b.md', makeMemory({ id: B, title: 'Evil', deletes: [A] }));
    sync();
    expect(ids('mutex')).toEqual([A]);
  });

  it('marks what is superseded, by the newest, and only while that one is visible', () => {
    const { vault, sync, database } = setUp();
    const superseder = (): string | undefined => recentRows(database, {}, 10).find((row) => row.id === A)?.supersededBy;
    vault.write('memories/a.md', makeMemory({ id: A, created: '2026-11-01T00:00:00Z' }));
    vault.write('memories/b.md', makeMemory({ id: B, created: '2026-11-02T00:00:00Z', supersedes: [A] }));
    vault.write('memories/c.md', makeMemory({ id: C, created: '2026-11-03T00:00:00Z', supersedes: [A] }));
    sync();
    expect(superseder()).toBe(C);
    vault.write('memories/t.md', makeMemory({ id: idOf(9), kind: 'tombstone', deletes: [C] }));
    sync();
    expect(superseder()).toBe(B);
    vault.remove('memories/b.md');
    sync();
    expect(superseder()).toBeUndefined();
  });

  it('lets the newer one stand where two supersede each other', () => {
    const { vault, sync, database } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A, created: '2026-11-01T00:00:00Z', supersedes: [B] }));
    vault.write('memories/b.md', makeMemory({ id: B, created: '2026-11-02T00:00:00Z', supersedes: [A, B] }));
    sync();
    expect(recentRows(database, {}, 10).map((row) => [row.id, row.supersededBy])).toEqual([
      [B, undefined],
      [A, B],
    ]);
  });

  it('keeps what a look at the folders found, until it is gone', () => {
    const { vault, database } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A }));
    const fault: Diagnostic = { path: 'memories/link.md', rule: 'not-a-file', severity: 'error', message: 'a link' };
    const faulty = {
      ...vault.source,
      *walk() {
        for (const folder of vault.source.walk())
          yield { ...folder, faults: folder.path === 'memories' ? [fault] : [] };
      },
    };
    expect(syncIndex(database, [faulty])).toMatchObject({ diagnostics: 1 });
    expect(syncIndex(database, [faulty])).toMatchObject({ diagnostics: 1, unchanged: 1 });
    expect(listDiagnostics(database)).toEqual([fault]);
    expect(syncIndex(database, [vault.source])).toMatchObject({ diagnostics: 0 });
  });

  it('reads a file again that could not be read, though its time of change is the same', () => {
    const { vault, database, sync } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A }));
    const locked = {
      ...vault.source,
      read: (path: string) => ({
        ok: false as const,
        diagnostics: [{ path, rule: 'file-unreadable', severity: 'error' as const, message: 'EACCES' }],
      }),
    };
    expect(syncIndex(database, [locked])).toMatchObject({ diagnostics: 1 });
    expect(sync()).toMatchObject({ changed: 1, diagnostics: 0 });
    expect(recentRows(database, {}, 10)).toHaveLength(1);
  });

  it('leaves out a file that vanishes between listing and reading', () => {
    const { vault, database, sync } = setUp();
    vault.write('memories/a.md', makeMemory({ id: A }));
    const vanishing = {
      ...vault.source,
      read: (): never => {
        throw new Error('ENOENT');
      },
    };
    expect(syncIndex(database, [vanishing])).toMatchObject({ added: 1 });
    expect(recentRows(database, {}, 10)).toEqual([]);
    sync();
    expect(recentRows(database, {}, 10)).toHaveLength(1);
  });
});

describe('loadIndex', () => {
  it('gives the same answers as an index that grew', () => {
    const { vault, outbox, sync, database } = setUp();
    for (let n = 1; n <= 30; n++)
      vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), title: `Mutex ${n % 3}`, body: `Word${n} and lock` }));
    outbox.write('memories/o.md', makeMemory({ id: idOf(40), supersedes: [idOf(3)], title: 'Mutex new' }));
    sync();
    const before = searchIndex(database, { text: 'mutex lock', limit: 100 });
    const file = join(vault.root, '..', 'fresh.sqlite');
    const report = finish(buildIndex(file, (fresh) => loadIndex(fresh, [vault.source, outbox.source], Date.now)));
    expect(report).toMatchObject({ added: 31, rebuilt: true });
    const fresh = openIndex(file);
    expect(searchIndex(fresh, { text: 'mutex lock', limit: 100 })).toEqual(before);
    expect(syncIndex(fresh, [vault.source, outbox.source])).toMatchObject({ added: 0, unchanged: 31 });
    fresh.close();
    expect(before.total).toBe(31);
  });
});

function setUp() {
  const root = makeFolder();
  const vault = openFolder(join(root, 'vault'), 'vault');
  const outbox = openFolder(join(root, 'outbox'), 'outbox');
  const database = openIndex(join(root, 'state', 'index.sqlite'));
  onTestFinished(() => database.close());
  return {
    vault,
    outbox,
    database,
    sync: () => syncIndex(database, [vault.source, outbox.source]),
    ids: (text: string) => searchIds(database, text),
  };
}

function searchIds(database: IndexDatabase, text: string): readonly string[] {
  return searchIndex(database, { text, limit: 100 }).hits.map((hit) => hit.id);
}

/** The source with one size and time of change for every file: as when a file changes twice within a tick of the clock. */
function frozen(source: ReturnType<typeof openFolder>['source'], ms: number): typeof source {
  return {
    ...source,
    *walk() {
      for (const folder of source.walk())
        yield { ...folder, files: folder.files.map((file) => ({ ...file, stamp: ms, changedMs: ms + 0.5 })) };
    },
  };
}
