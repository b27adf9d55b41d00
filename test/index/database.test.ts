// Opening the index file: new, whole, broken, foreign, of another version.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openIndex } from '../../src/index/build.ts';
import { openExistingIndex } from '../../src/index/database.ts';
import { searchIndex } from '../../src/index/search.ts';
import { syncIndex } from '../../src/index/sync.ts';
import { openUpToDateIndex } from '../../src/index/up-to-date.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';

describe('openIndex', () => {
  it('makes a private file and opens it again as it was', () => {
    const file = join(makeFolder(), 'deep', 'index.sqlite');
    const made = openIndex(file);
    expect(made.rebuilt).toBe(true);
    made.run(`INSERT INTO duplicates (memory) VALUES ('a')`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    made.close();
    const again = openIndex(file);
    expect(again.rebuilt).toBe(false);
    expect(again.getOne('SELECT memory FROM duplicates')).toEqual({ memory: 'a' });
    again.close();
  });

  it('leaves nothing beside the index but its sidecars', () => {
    const folder = makeFolder();
    openIndex(join(folder, 'index.sqlite')).close();
    expect(readdirSync(folder)).toEqual(['index.sqlite']);
  });

  const faults: readonly (readonly [string, (file: string) => void])[] = [
    ['text', (file) => writeFileSync(file, 'this is no database at all, but a long enough text'.repeat(100))],
    ['an emptied file', (file) => truncateSync(file, 0)],
    ['a file cut in the middle', (file) => truncateSync(file, 8192)],
    ['a header of zeros', (file) => overwrite(file, 0, 100)],
    ['a folder', (file) => mkdirSync(replace(file))],
    ['a link', (file) => symlinkSync('/dev/null', replace(file))],
    ['a foreign database', (file) => makeForeign(replace(file))],
    ['another version', (file) => change(file, 'PRAGMA user_version = 99')],
    ['a missing table', (file) => change(file, 'DROP TABLE bodies')],
    ['missing words', (file) => change(file, `INSERT INTO words (words) VALUES ('delete-all')`)],
  ];
  it.each(faults)('moves %s aside and finds everything again', (_, damage) => {
    const folder = makeFolder();
    const file = join(folder, 'index.sqlite');
    const { source } = vaultOf(folder);
    const first = openIndex(file);
    syncIndex(first, [source]);
    first.close();
    damage(file);
    const database = openIndex(file);
    expect(database.rebuilt).toBe(true);
    expect(syncIndex(database, [source])).toMatchObject({ added: 3 });
    expect(searchIndex(database, { text: 'mutex', limit: 10 }).total).toBe(3);
    database.close();
    expect(existsSync(`${file}.broken`)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
  });

  it('moves the sidecars of a broken file with it and keeps one copy', () => {
    const file = join(makeFolder(), 'index.sqlite');
    for (const text of ['first', 'second']) {
      openIndex(file).close();
      writeFileSync(file, text.repeat(50));
      writeFileSync(`${file}-wal`, text);
      writeFileSync(`${file}-shm`, text);
      openIndex(file).close();
    }
    expect(readdirSync(join(file, '..')).sort()).toEqual([
      'index.sqlite',
      'index.sqlite.broken',
      'index.sqlite.broken-shm',
      'index.sqlite.broken-wal',
    ]);
    expect(execFileSync('head', ['-c', '6', `${file}.broken`], { encoding: 'utf8' })).toBe('second');
  });

  it('says `unavailable` when the folder is a file', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'state'), '');
    expect(() => openIndex(join(folder, 'state', 'index.sqlite'))).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
  });
});

describe('openExistingIndex', () => {
  it('touches nothing that is not an index', () => {
    const file = join(makeFolder(), 'index.sqlite');
    expect(openExistingIndex(file)).toBeUndefined();
    writeFileSync(file, 'text');
    expect(openExistingIndex(file)).toBeUndefined();
    expect(readdirSync(join(file, '..'))).toEqual(['index.sqlite']);
  });
});

describe('a reader', () => {
  const losses = ['sources', 'memories', 'bodies'] as const;
  it.each(losses)('notices at the next look that the table %s was emptied, and finds everything again', (table) => {
    const folder = makeFolder();
    const file = join(folder, 'index.sqlite');
    const { source } = vaultOf(folder);
    const index = openUpToDateIndex({
      file,
      lockFile: join(folder, 'index.lock'),
      sources: [source],
      maxAgeMs: 0,
      now: () => 1_000_000,
    });
    const search = () => index.read((database) => searchIndex(database, { text: 'mutex', limit: 10 })).value;
    const before = search();
    change(file, `DELETE FROM ${table}`);
    expect(search()).toEqual(before);
    expect(before.total).toBe(3);
    index.close();
  });

  it('makes the index anew when it breaks in the middle of the work', () => {
    const folder = makeFolder();
    const file = join(folder, 'index.sqlite');
    const { source, write } = vaultOf(folder);
    for (let n = 10; n < 200; n++) write(`memories/${n}.md`, makeMemory({ id: idOf(n), body: `mutex `.repeat(n) }));
    const now = { value: 1_000_000 };
    const reader = openUpToDateIndex({
      file,
      lockFile: join(folder, 'index.lock'),
      sources: [source],
      maxAgeMs: 2000,
      now: () => now.value,
    });
    const search = () => reader.read((database) => searchIndex(database, { text: 'mutex', limit: 100 }));
    const before = search();
    reader.close();
    openIndex(file).close();
    // The first pages stay as they are: the file opens, and fails when it is read.
    overwrite(file, 4096 * 3, statSync(file).size - 4096 * 3);
    const after = search();
    reader.close();
    expect(after.value).toEqual(before.value);
    expect(before.value.total).toBe(193);
  });

  it('follows when another process replaces the file', () => {
    const folder = makeFolder();
    const file = join(folder, 'index.sqlite');
    const { source, write } = vaultOf(folder);
    const reader = openUpToDateIndex({
      file,
      lockFile: join(folder, 'index.lock'),
      sources: [source],
      maxAgeMs: 0,
      now: () => 1_000_000,
    });
    const total = () => reader.read((database) => searchIndex(database, { text: 'mutex', limit: 10 })).value.total;
    expect(total()).toBe(3);
    const copy = join(folder, 'copy.sqlite');
    const other = openIndex(copy);
    write('memories/9.md', makeMemory({ id: idOf(9), title: 'Mutex nine' }));
    syncIndex(other, [source]);
    other.close();
    copyFileSync(copy, replace(file));
    expect(total()).toBe(4);
    reader.close();
  });
});

function vaultOf(folder: string): ReturnType<typeof openFolder> {
  const vault = openFolder(join(folder, 'vault'), 'vault');
  for (const n of [1, 2, 3]) vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), title: `Mutex ${n}` }));
  return vault;
}

/** Removes the index with its sidecars, so that something else can take its place. */
function replace(file: string): string {
  execFileSync('rm', ['-f', file, `${file}-wal`, `${file}-shm`]);
  return file;
}

function overwrite(file: string, from: number, length: number): void {
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, Buffer.alloc(length, 0x5a), 0, length, from);
  closeSync(descriptor);
}

function makeForeign(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('CREATE TABLE customers (name TEXT)');
  database.close();
}

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}
