// Building and syncing while other processes search, die, run at once, or have no room: nobody sees half of an index.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openIndexLibrary } from '../../src/index/library.ts';
import type { IndexLibrary } from '../../src/index/library.ts';
import type { SyncReport } from '../../src/model/search.ts';
import { idOf, makeFolder, makeMemory, openFolder } from './folder-source.ts';
import type { TestFolder } from './folder-source.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const PROCESS = fileURLToPath(new URL('./index-process.ts', import.meta.url));
const FILES = 1500;

describe('a rebuild', () => {
  it('that is killed leaves the old index as it was, and the next one is whole', async () => {
    const { root, vault, library } = setUp();
    fill(vault, 'mutex');
    const before = answer(library);
    const building = join(root, 'index.sqlite.building');
    for (let kill = 0; kill < 3; kill++) {
      const rebuild = spawn(process.execPath, [PROCESS, vault.root, root, 'rebuild'], { stdio: 'ignore' });
      const ended = new Promise((done) => rebuild.once('exit', done));
      // On a busy machine it may have ended between two looks.
      await until(() => existsSync(building) || rebuild.exitCode !== null, { everyMs: 0 });
      rebuild.kill('SIGKILL');
      await ended;
      expect(answer(library)).toEqual(before);
    }
    expect(library.rebuild()).toMatchObject({ added: FILES, rebuilt: true });
    expect(answer(library)).toEqual(before);
    expect(readdirSync(root).filter((name) => name.includes('building') || name.includes('broken'))).toEqual([]);
  });

  it('goes on beside another one, or says that it is busy, and both leave one whole index', async () => {
    const { root, vault, library } = setUp();
    fill(vault, 'mutex');
    const reports = await Promise.all([start(vault, root, 'rebuild'), start(vault, root, 'rebuild')]);
    for (const report of reports)
      expect('code' in report ? report.code : report.added).toBe('code' in report ? 'busy' : FILES);
    expect(reports.some((report) => 'added' in report)).toBe(true);
    expect(answer(library)).toMatchObject({ total: FILES });
  });

  it('does not stop the searches of other processes', async () => {
    const { root, vault, library } = setUp();
    fill(vault, 'mutex');
    const before = answer(library);
    const rebuilding = start(vault, root, 'rebuild');
    let done = false;
    void rebuilding.finally(() => (done = true));
    let searches = 0;
    while (!done) {
      expect(answer(library)).toEqual(before);
      searches++;
      await new Promise((next) => setImmediate(next));
    }
    expect(searches).toBeGreaterThan(2);
    expect(await rebuilding).toMatchObject({ added: FILES });
  });
});

describe('a large sync in another process', () => {
  it('is seen as a whole or not at all', async () => {
    const { root, vault, library } = setUp();
    fill(vault, 'mutex');
    answer(library);
    fill(vault, 'latch');
    const syncing = start(vault, root, 'sync');
    let done = false;
    void syncing.finally(() => (done = true));
    const seen: { total: number; stale: boolean }[] = [];
    while (!done) {
      const { total, stale } = library.search({ text: 'latch', limit: 1 });
      seen.push({ total, stale });
      await new Promise((next) => setImmediate(next));
    }
    await syncing;
    const isNeither = seen.filter(({ total, stale }) => (total !== 0 || !stale) && total !== FILES);
    expect(isNeither).toEqual([]);
    expect(library.search({ text: 'latch', limit: 1 })).toMatchObject({ total: FILES, stale: false });
    expect(library.search({ text: 'mutex', limit: 1 })).toMatchObject({ total: 0, stale: false });
  });
});

// All files are read again and again, to no avail: a busy machine needs its time.
describe.skipIf(process.getuid?.() !== 0)('a full disk', { timeout: 240_000 }, () => {
  it('leaves the old index, which goes on answering and says `stale`, and an explicit rebuild says what is wrong', async () => {
    const { root, vault, library } = setUp({ sizeKb: 6000 });
    for (let n = 1; n <= 20; n++) vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), body: 'mutex' }));
    expect(answer(library)).toMatchObject({ total: 20, stale: false });
    fill(vault, 'mutex');
    expect(answer(library)).toMatchObject({ total: 20, stale: true });
    expect(await start(vault, root, 'rebuild')).toEqual({
      code: 'unavailable',
      message: `cannot write the index ${join(root, 'index.sqlite')}: the disk is full`,
    });
    expect(() => library.sync()).toThrow(expect.objectContaining({ code: 'unavailable' }));
    expect(answer(library)).toMatchObject({ total: 20, stale: true });
    expect(library.diagnostics()).toMatchObject([
      { rule: 'index-not-written', message: expect.stringContaining('the disk is full') as string },
    ]);
    expect(existsSync(join(root, 'index.sqlite.building'))).toBe(false);
    for (let n = 21; n <= FILES; n++) vault.remove(`memories/${n}.md`);
    expect(await start(vault, root, 'sync')).not.toHaveProperty('code');
    await until(() => !answer(library).stale, { everyMs: 0 });
    expect(library.diagnostics()).toEqual([]);
  });
});

/** Every memory has the word, and words of its own, so that building takes a while. */
function fill(vault: TestFolder, word: string): void {
  for (let n = 1; n <= FILES; n++) {
    const body = Array.from({ length: 300 }, (_, at) => `w${(n * 31 + at * 7) % 20_000}`).join(' ');
    vault.write(`memories/${n}.md`, makeMemory({ id: idOf(n), title: `${word} ${n}`, body: `${word} ${body}` }));
  }
}

function answer(library: IndexLibrary) {
  return library.search({ text: 'mutex', limit: 20 });
}

type Report = SyncReport | { readonly code: string; readonly message: string };

async function start(vault: TestFolder, indexFolder: string, task: 'sync' | 'rebuild'): Promise<Report> {
  const { stdout } = await run(process.execPath, [PROCESS, vault.root, indexFolder, task]);
  return JSON.parse(stdout) as Report;
}

/** `sizeKb`: the folder of the index is a disk of this size. */
function setUp(options: { readonly sizeKb?: number } = {}) {
  const folder = makeFolder();
  const root = join(folder, 'state');
  mkdirSync(root);
  if (options.sizeKb !== undefined) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.sizeKb}k`, 'tmpfs', root]);
    onTestFinished(() => void execFileSync('umount', ['-l', root]));
  }
  const vault = openFolder(join(folder, 'vault'), 'vault');
  const library = openIndexLibrary({
    file: join(root, 'index.sqlite'),
    lockFile: join(root, 'index.lock'),
    sources: [vault.source],
    maxAgeMs: 0,
    now: () => Date.now(),
  });
  onTestFinished(() => library.close());
  return { root, vault, library };
}
