// The index of a session's start: it looks at the vault's folders and at what is to be shown, not at every file.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPlaceIndex } from '../../src/app/place-index.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { folderPlace } from '../../src/vault/place.ts';
import { idOf, makeMemory } from '../index/folder-source.ts';

const OLD = 'memories/2024/03/a.md';

describe('an index that is opened in a hurry', () => {
  it('knows files that came, went, or were put in the place of others since', () => {
    const vault = setUp();
    vault.write('memories/2024/04/c.md', 'A third');
    expect(vault.titles()).toEqual(['A third', 'One', 'Two']);
    rmSync(vault.path('memories/2024/04/c.md'));
    expect(vault.titles()).toEqual(['One', 'Two']);
    vault.write('memories/2024/03/new.md', 'Other words', 1);
    renameSync(vault.path('memories/2024/03/new.md'), vault.path(OLD));
    expect(vault.titles()).toEqual(['Other words', 'Two']);
    // The first file of a folder that was not there before.
    vault.write('sessions/2024/03/s.md', 'A fourth');
    expect(vault.titles()).toEqual(['A fourth', 'Other words', 'Two']);
  });

  it('misses a file that was written in place, until that one is to be shown', () => {
    const vault = setUp();
    vault.write(OLD, 'One, mended');
    const hurried = vault.open({ isHurried: true });
    const rows = hurried.library.recent({}, 9);
    expect(rows.map(({ title }) => title).sort()).toEqual(['One', 'Two']);
    expect(hurried.lookAgain(rows.filter(({ title }) => title === 'Two'))).toBe(false);
    expect(hurried.lookAgain(rows)).toBe(true);
    expect(hurried.library.recent({}, 9).map(({ title }) => title)).toContain('One, mended');
    expect(hurried.lookAgain(hurried.library.recent({}, 9))).toBe(false);
  });

  it('sees it at once where anybody looked at all files meanwhile', () => {
    const vault = setUp();
    vault.write(OLD, 'One, mended');
    vault.open({}).library.sync();
    expect(vault.titles()).toContain('One, mended');
  });

  it('looks at every file when a folder changed so shortly before that it may have changed once more', () => {
    const vault = setUp();
    vault.now = Date.now();
    vault.write('memories/2024/04/c.md', 'A third');
    expect(vault.titles()).toContain('A third');
    vault.write(OLD, 'One, mended');
    expect(vault.titles()).toContain('One, mended');
  });

  it.each([
    ['broken', (file: string) => writeFileSync(file, '{"index":')],
    ['gone', (file: string) => rmSync(file)],
    ['of another index', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(/\d+ /, '1 '))],
  ])('looks at every file when what was noted is %s', (_, spoil) => {
    const vault = setUp();
    spoil(vault.noted);
    vault.write(OLD, 'One, mended');
    expect(vault.titles()).toContain('One, mended');
  });
});

/** A vault of two old files, looked at once; the clock is ten seconds ahead, so that no folder is young. */
function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'memvault-hurried-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const place = folderPlace(root);
  const ids = new Map<string, number>();
  const vault = {
    now: Date.now() + 10_000,
    noted: join(place.stateDir, 'folders.json'),
    path: (path: string): string => join(place.vaultDir, path),
    write(path: string, title: string, number?: number): void {
      const id = number ?? ids.get(path) ?? ids.size + 1;
      if (number === undefined) ids.set(path, id);
      mkdirSync(dirname(vault.path(path)), { recursive: true });
      writeFileSync(vault.path(path), serializeMemory(makeMemory({ id: idOf(id), title })));
    },
    open: (options: { readonly isHurried?: boolean }) => {
      const index = openPlaceIndex({
        place,
        paths: dataPaths({ HOME: root }),
        outboxRoot: join(place.stateDir, 'outbox'),
        now: () => vault.now,
        ...options,
      });
      onTestFinished(() => index.library.close());
      return index;
    },
    titles: (): readonly string[] =>
      vault
        .open({ isHurried: true })
        .library.recent({}, 9)
        .map(({ title }) => title)
        .sort(),
  };
  vault.write(OLD, 'One');
  vault.write('memories/2024/03/b.md', 'Two');
  vault.open({}).library.sync();
  return vault;
}
