// Watching files: both ways to do it tell of every change, in whatever folder.

import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { watchFew, watchMany } from '../../src/worker/file-watch.ts';
import { until } from '../support/until.ts';

describe.each([
  ['few', watchFew],
  ['many', watchMany],
])('a watch on %s files', (_, watchFiles) => {
  const changes: readonly (readonly [what: string, told: string, change: (at: (path: string) => string) => void])[] = [
    ['a new file', 'memories/2026/11/new.md', (at) => writeFileSync(at('memories/2026/11/new.md'), 'x')],
    ['an edit in place', 'memories/2026/11/a.md', (at) => appendFileSync(at('memories/2026/11/a.md'), 'x')],
    ['an edit of an old file', 'memories/2019/01/old.md', (at) => appendFileSync(at('memories/2019/01/old.md'), 'x')],
    ['a removed file', 'memories/2026/11/a.md', (at) => rmSync(at('memories/2026/11/a.md'))],
    [
      'a save by a rename',
      'memories/2026/11/a.md',
      (at) => {
        writeFileSync(at('memories/2026/11/.a.md.swp'), 'new');
        renameSync(at('memories/2026/11/.a.md.swp'), at('memories/2026/11/a.md'));
      },
    ],
    ['a hand-made file at the top', 'memories/by-hand.md', (at) => writeFileSync(at('memories/by-hand.md'), 'x')],
    ['a new folder', 'memories/2027', (at) => mkdirSync(at('memories/2027/01'), { recursive: true })],
    ['a moved folder', 'memories/2019', (at) => renameSync(at('memories/2019'), at('memories/2018'))],
    ['a removed folder', 'memories/2019/01', (at) => rmSync(at('memories/2019'), { recursive: true })],
  ];
  it.each(changes)('tells of %s', async (_what, told, change) => {
    const { at, seen } = await setUp(watchFiles);
    change(at);
    await until(() => seen.has(told));
  });

  it('tells of files in folders that came after it began, and came back', async () => {
    const { at, seen } = await setUp(watchFiles);
    for (const _ of [1, 2]) {
      mkdirSync(at('memories/2027/02'), { recursive: true });
      await until(() => seen.has('memories/2027'));
      await until(() => {
        writeFileSync(at('memories/2027/02/a.md'), String(Math.random()));
        return seen.has('memories/2027/02/a.md');
      });
      rmSync(at('memories/2027'), { recursive: true });
      await until(() => seen.has('memories/2027/02') || seen.has('memories/2027'));
      seen.clear();
    }
  });

  it('tells that the root went away', async () => {
    const { root, seen } = await setUp(watchFiles);
    rmSync(root, { recursive: true });
    await until(() => seen.has(''));
  });

  it('says nothing of hidden files and of the cache', async () => {
    const { at, seen } = await setUp(watchFiles);
    writeFileSync(at('memories/.hidden.md'), 'x');
    writeFileSync(at('cache/index.sqlite'), 'x');
    writeFileSync(at('memories/last.md'), 'x');
    await until(() => seen.has('memories/last.md'));
    expect([...seen].filter((path) => path.includes('hidden') || path.startsWith('cache/'))).toEqual([]);
  });

  it('says nothing after it was closed', async () => {
    const { root, at, seen, close } = await setUp(watchFiles);
    const witness = await listen(watchFiles, root);
    await close();
    writeFileSync(at('memories/late.md'), 'x');
    await until(() => witness.seen.has('memories/late.md'));
    expect([...seen]).toEqual([]);
  });
});

async function setUp(watchFiles: typeof watchFew) {
  const root = join(mkdtempSync(join(tmpdir(), 'memvault-watch-')), '.claude-mem');
  onTestFinished(() => rmSync(dirname(root), { recursive: true, force: true }));
  const at = (path: string): string => join(root, path);
  for (const path of ['memories/2026/11/a.md', 'memories/2019/01/old.md', 'cache/index.lock']) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), 'x');
  }
  return { root, at, ...(await listen(watchFiles, root)) };
}

async function listen(watchFiles: typeof watchFew, root: string) {
  const seen = new Set<string>();
  const watch = await watchFiles(root, {
    changed: (path) => void seen.add(path),
    lost(reason) {
      throw new Error(reason);
    },
  });
  onTestFinished(() => watch.close());
  return { seen, close: () => watch.close() };
}
