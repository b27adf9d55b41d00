// Real Git under a watched vault: thousands of files change at once, everybody goes on searching, and the index ends at the truth.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { openVaultHere } from '../../src/app.ts';

import type { Memory } from '../../src/model/memory.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { silentLog } from '../../src/system/log.ts';
import { watchVault } from '../../src/worker/vault-watch.ts';
import { idOf, makeMemory } from '../index/folder-source.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { until } from '../support/until.ts';

const FILES = 2000;

// Two processes search all the while: on a busy machine that takes its time.
it(
  'stays true and answers through a checkout, a merge and a rebase of two thousand files',
  { timeout: 240_000 },
  async () => {
    const { repo, vault } = setUp();
    const searchers = [startSearcher(repo), startSearcher(repo)];
    const contentOf = (): unknown => [
      vault.library.recent({}, FILES * 2),
      vault.library.search({ text: 'mutex latch', limit: 100 }),
      vault.library.search({ text: 'latch', limit: 1 }).total,
    ];

    const steps: readonly (readonly string[])[] = [
      ['switch', '-q', 'other'],
      ['switch', '-q', 'main'],
      ['merge', '-q', '--no-edit', 'other'],
      ['switch', '-q', 'apart'],
      ['rebase', '-q', 'main'],
    ];
    const totals: number[] = [];
    for (const step of steps) {
      await runGit(repo, step);
      const expected = countWords(repo, 'latch');
      await until(() => vault.library.search({ text: 'latch', limit: 1 }).total === expected);
      totals.push(expected);
    }
    expect(totals).toEqual([FILES / 2, 0, FILES / 2, 0, FILES / 2]);
    for (const searcher of searchers) {
      const { searches, faults } = await searcher.stop();
      expect(faults).toEqual([]);
      expect(searches).toBeGreaterThan(0);
    }
    // The count of one word is right before the last file is taken in.
    expect(await vault.syncInSlices()).toMatchObject({ rebuilt: false, stale: false });
    const grown = contentOf();
    vault.rebuild();
    expect(contentOf()).toEqual(grown);
  },
);

/** `main`: half of the memories; `other`: all changed, some gone, more added; `apart`: one commit beside main's. */
function setUp() {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  for (let n = 0; n < FILES; n++) write(repo, memoryOf(n, 'mutex'));
  commit(repo, 'memories');
  repo.git('branch', 'apart');
  repo.git('switch', '-q', '-c', 'other');
  for (let n = 0; n < FILES / 2; n++) write(repo, memoryOf(n, 'latch'));
  for (let n = FILES / 2; n < FILES * 0.75; n++) rmSync(fileOf(repo, memoryOf(n, '')));
  for (let n = FILES; n < FILES * 1.25; n++) write(repo, memoryOf(n, 'semaphore'));
  commit(repo, 'other memories');
  repo.git('switch', '-q', 'apart');
  write(repo, memoryOf(9000, 'apart'));
  commit(repo, 'apart');
  repo.git('switch', '-q', 'main');
  const vault = openVaultHere({ env: repo.env, cwd: repo.root, projectDir: repo.root });
  const watch = watchVault({ vault, log: silentLog, clock: { now: () => Date.now() }, changed: () => undefined });
  const ticking = setInterval(() => watch.tick(), 500);
  onTestFinished(async () => {
    clearInterval(ticking);
    await watch.close();
    vault.close();
  });
  vault.sync();
  watch.use();
  return { repo, vault };
}

function memoryOf(n: number, word: string): Memory {
  const created = `2026-${String(1 + (n % 12)).padStart(2, '0')}-01T00:00:00Z`;
  return makeMemory({ id: idOf(n), title: `memory ${n}`, created, body: `${word} and more about number ${n}\n` });
}

function fileOf(repo: TestRepo, memory: Memory): string {
  return join(repo.root, '.claude-mem', memoryPath(memory));
}

function write(repo: TestRepo, memory: Memory): void {
  repo.write(join('.claude-mem', memoryPath(memory)), serializeMemory(memory));
}

function commit(repo: TestRepo, message: string): void {
  repo.git('add', '-A');
  repo.commit(message);
}

function countWords(repo: TestRepo, word: string): number {
  const { stdout } = repo.tryGit('grep', '-l', '--no-index', '-w', word, '--', '.claude-mem');
  return stdout.split('\n').filter(Boolean).length;
}

/** Git beside the event loop, as in life. */
async function runGit(repo: TestRepo, args: readonly string[]): Promise<void> {
  const git = spawn('git', args, { cwd: repo.root, env: repo.env, stdio: 'ignore' });
  expect(await new Promise((done) => git.once('exit', done))).toBe(0);
}

function startSearcher(repo: TestRepo) {
  const script = fileURLToPath(new URL('./searcher.ts', import.meta.url));
  const child = spawn(process.execPath, [script, repo.root, 'mutex', 'latch'], {
    env: repo.env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((done) => child.once('exit', done));
  return {
    async stop() {
      child.stdin.end();
      await ended;
      return JSON.parse(output) as { searches: number; slowest: number; faults: string[] };
    },
  };
}
