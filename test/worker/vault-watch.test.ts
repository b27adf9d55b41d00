// Watching a vault: what is saved gets into the index by itself, and whoever asks right after a save is told the truth.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { openExistingIndex } from '../../src/index/database.ts';
import { searchIndex } from '../../src/index/search.ts';
import { followWatcher } from '../../src/index/watcher.ts';
import type { Memory } from '../../src/model/memory.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { watchFew, watchMany } from '../../src/worker/file-watch.ts';
import type { WatchListener } from '../../src/worker/file-watch.ts';
import { watchVault } from '../../src/worker/vault-watch.ts';
import { idOf, makeMemory } from '../index/folder-source.ts';
import { makeRepo } from '../support/git.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

describe('a watched vault', () => {
  it('gets an edit of an old memory into its index by itself, and takes it out again', async () => {
    const { write, remove, indexed, use } = setUp();
    write(oldMemory('mutex'));
    use();
    await until(() => indexed('mutex') === 1);
    write(oldMemory('semaphore'));
    await until(() => indexed('semaphore') === 1 && indexed('mutex') === 0);
    remove(oldMemory(''));
    await until(() => indexed('semaphore') === 0);
  });

  it('gets a thousand files at once', async () => {
    const { write, indexed, use } = setUp();
    write(oldMemory('mutex'));
    use();
    await until(() => indexed('mutex') === 1);
    for (let n = 1; n <= 1000; n++) write(makeMemory({ id: idOf(n), body: 'checkout' }));
    await until(() => indexed('checkout') === 1000);
  });

  it('tells that the index took changes in', async () => {
    const { write, indexed, use, reports } = setUp();
    use();
    write(oldMemory('mutex'));
    await until(() => indexed('mutex') === 1);
    write(oldMemory('latch'));
    await until(() => reports() > 0);
  });

  it('is watched anew when its folder was replaced', async () => {
    const { vaultDir, write, indexed, use, tick } = setUp();
    write(oldMemory('mutex'));
    use();
    await until(() => indexed('mutex') === 1);
    renameSync(vaultDir, `${vaultDir}.away`);
    write(oldMemory('latch'));
    await until(() => {
      tick();
      return indexed('latch') === 1;
    });
    write(oldMemory('semaphore'));
    await until(() => indexed('semaphore') === 1);
  });

  it('is watched as soon as it is made', async () => {
    const { vaultDir, write, indexed, use, tick } = setUp();
    rmSync(join(vaultDir, 'memories'), { recursive: true, force: true });
    use();
    write(oldMemory('mutex'));
    await until(() => {
      tick();
      return indexed('mutex') === 1;
    });
  });
});

describe('whoever asks the watch', () => {
  it.each([
    ['few', watchFew],
    ['many', watchMany],
  ])('right after an edit finds it in the index, with %s files', async (_, watch) => {
    const { write, indexFolder, fileOf, use, tick } = setUp({ watch });
    write(oldMemory('mutex'));
    use();
    await until(() => isAnswered(indexFolder, tick));
    const args = [fileURLToPath(new URL('./asker.ts', import.meta.url)), indexFolder, fileOf(oldMemory('')), '30'];
    const beat = setInterval(tick, 500);
    const { stdout } = await run(process.execPath, args);
    clearInterval(beat);
    const answers = JSON.parse(stdout) as { answered: boolean; found: boolean }[];
    expect(answers.filter(({ answered, found }) => answered && !found)).toEqual([]);
    // On a busy machine some answers come too late; then the asker looks for itself.
    expect(answers.some(({ answered }) => answered)).toBe(true);
  });

  it('gets no answer when nobody watches', async () => {
    const { write, indexFolder, use, tick, close } = setUp();
    write(oldMemory('mutex'));
    expect(followWatcher(indexFolder, Date.now).take()).toBeUndefined();
    use();
    await until(() => isAnswered(indexFolder, tick));
    await close();
    expect(followWatcher(indexFolder, Date.now).take()).toBeUndefined();
  });

  it('is told nothing any more by a watch that missed a change', async () => {
    const { write, indexed, indexFolder, use, tick, later, warnings } = setUp({
      watch: async () => ({ close: async () => undefined }),
    });
    write(oldMemory('mutex'));
    use();
    await until(() => isAnswered(indexFolder, tick));
    write(makeMemory({ id: idOf(1), body: 'A latch.' }));
    later(31_000);
    await until(() => {
      tick();
      return warnings().length > 0;
    });
    expect(warnings()).toEqual(['the files of a vault cannot be watched']);
    expect(existsSync(join(indexFolder, 'questions', 'watching'))).toBe(false);
    expect(indexed('latch')).toBe(1);
  });
});

describe('a vault that no session uses', () => {
  it('is brought up to date after a checkout, without a watch', async () => {
    const repo = makeRepo();
    onTestFinished(() => repo.dispose());
    const { write, indexed, use, tick, later } = setUp({ root: repo.root });
    write(oldMemory('mutex'));
    repo.git('add', '-A');
    repo.commit('a memory');
    repo.git('switch', '-q', '-c', 'other');
    write(oldMemory('latch'));
    repo.git('add', '-A');
    repo.commit('another');
    use();
    await until(() => indexed('latch') === 1);
    later(3_700_000);
    tick();
    await until(() => {
      later(6_000);
      tick();
      return indexed('latch') === 1;
    });
    repo.git('switch', '-q', 'main');
    await until(() => {
      later(6_000);
      tick();
      return indexed('mutex') === 1 && indexed('latch') === 0;
    });
  });
});

function oldMemory(word: string): Memory {
  return makeMemory({
    id: idOf(5000),
    title: 'old',
    created: '2019-03-04T05:06:07Z',
    body: `It was about a ${word}.\n`,
  });
}

function setUp(
  options: {
    readonly root?: string;
    readonly watch?: (root: string, listener: WatchListener) => Promise<{ close(): Promise<void> }>;
  } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-vault-watch-'));
  const root = options.root ?? join(folder, 'project');
  const vaultDir = join(root, '.claude-mem');
  mkdirSync(join(vaultDir, 'memories'), { recursive: true });
  const vault = openVaultHere({ env: { HOME: folder, PATH: process.env['PATH'] }, cwd: root, vaultFlag: root });
  let shift = 0;
  let reports = 0;
  const warnings: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message: string) => void warnings.push(message),
    error: (message: string) => void warnings.push(message),
  };
  const watch = watchVault({
    vault,
    log,
    clock: { now: () => Date.now() + shift },
    changed: () => void reports++,
    ...(options.watch === undefined ? {} : { watch: options.watch }),
  });
  const close = async (): Promise<void> => {
    await watch.close();
    vault.close();
  };
  onTestFinished(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });
  const indexFolder = vault.place.stateDir;
  const fileOf = (memory: Memory): string => join(vaultDir, memoryPath(memory));
  return {
    vaultDir,
    indexFolder,
    fileOf,
    write: (memory: Memory): void => {
      mkdirSync(dirname(fileOf(memory)), { recursive: true });
      writeFileSync(fileOf(memory), serializeMemory(memory));
    },
    remove: (memory: Memory) => rmSync(fileOf(memory)),
    use: () => watch.use(),
    tick: () => watch.tick(),
    later: (ms: number) => void (shift += ms),
    reports: () => reports,
    warnings: () => warnings,
    close,
    /** How many memories of the index, as it stands, have the word: looks at no file. */
    indexed: (word: string): number => {
      const database = openExistingIndex(join(indexFolder, 'index.sqlite'));
      try {
        return database === undefined ? 0 : searchIndex(database, { text: word, limit: 1 }).total;
      } finally {
        database?.close();
      }
    },
  };
}

/** Puts a question and sees whether it was taken away, without holding up the process that must answer. */
function isAnswered(indexFolder: string, tick: () => void): boolean {
  tick();
  const question = join(indexFolder, 'questions', 'of-the-test');
  if (!existsSync(join(indexFolder, 'questions', 'watching'))) return false;
  if (asked.has(indexFolder)) return !existsSync(question);
  asked.add(indexFolder);
  writeFileSync(question, '');
  return false;
}
const asked = new Set<string>();
