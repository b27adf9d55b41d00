// `memvault doctor` finds and explains what faults leave behind; `--fix` mends what is safe, twice does no harm, and nothing of a person's goes.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendEvent } from '../../src/capture/spool-writer.ts';
import { openSpool } from '../../src/capture/spool.ts';
import { openVaultHere } from '../../src/app.ts';
import { recordDrop } from '../../src/system/drops.ts';
import { takeLock } from '../../src/system/lock.ts';
import { dataPaths } from '../../src/system/paths.ts';
import type { DataPaths } from '../../src/system/paths.ts';
import { writeStaged } from '../../src/vault/git/staged.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { makeEvents, prompt, ran, stop } from '../support/hook-events.ts';
import { memoryOf } from '../support/memories.ts';
import { runCommand } from '../support/run-command.ts';

let repo: TestRepo;
let dataDir: string;
let paths: DataPaths;
let stateDir: string;

beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-doctor-'));
  paths = dataPaths({ CLAUDE_MEM_DATA_DIR: dataDir });
  mkdirSync(paths.home, { recursive: true, mode: 0o700 });
  stateDir = join(repo.root, '.git', 'claude-mem');
});
afterEach(() => {
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

const doctor = async (fix = false): Promise<string> =>
  (await runCommand(repo, dataDir, 'doctor', [], fix ? { fix: true } : {})).text;

function putMemory(): void {
  const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
  vault.outbox.put(memoryOf({ id: '7k2m9qx4hd3a', title: 'Kept whatever happens' }));
  vault.sync();
  vault.close();
}

/** Old enough to be nobody's any more. */
function age(file: string): void {
  utimesSync(file, 1_700_000_000, 1_700_000_000);
}

interface Case {
  readonly name: string;
  readonly make: () => void;
  /** What doctor says. */
  readonly says: RegExp;
  /** What `--fix` says that it did; absent where a person must act. */
  readonly fixes?: RegExp;
}

const CASES: readonly Case[] = [
  {
    name: 'dead letters that are whole events',
    make() {
      const spool = openSpool(paths.spool, paths.deadLetter);
      for (const event of makeEvents([prompt('why?'), stop('so')])) appendEvent(paths.spool, event);
      spool.claim();
      for (const event of makeEvents([prompt('why?'), stop('so')])) spool.giveUp(event.id, 'internal: a fault of old');
      writeFileSync(join(paths.deadLetter, 'torn.json'), '{"v":');
    },
    says: /note {3}dead letters {2}3 events set aside: 2 × internal: a fault of old; 1 × no reason is written/,
    fixes: /fixed {2}dead letters {2}2 dead letters back in the spool/,
  },
  {
    name: 'dropped events',
    make: () =>
      recordDrop(paths.dropsFile, { at: '2026-11-22T10:00:00Z', eventIds: ['a', 'b'], reason: 'more than 200 MB' }),
    says: /note {3}dropped {7}2 events, the last on 2026-11-22: more than 200 MB/,
  },
  {
    name: 'files of killed hooks',
    make() {
      const file = join(paths.spool, 'tmp', '1-2-3.json');
      mkdirSync(join(paths.spool, 'tmp'), { recursive: true, mode: 0o700 });
      writeFileSync(file, '{"v":1,"id');
      age(file);
    },
    says: /1 half-written file of hooks that were killed/,
    fixes: /1 half-written file removed/,
  },
  {
    name: 'a clock that was set back',
    make() {
      const [event] = makeEvents([prompt('why?')]);
      if (event !== undefined) appendEvent(paths.spool, { ...event, id: `${Date.now() + 86_400_000}-7-00000000` });
    },
    says: /note {3}clock {9}1 event from the future/,
  },
  {
    name: 'the file of a dead worker',
    make() {
      writeFileSync(paths.workerFile, '{"pid":4194303,"port":1,"token":"t","startedAt":"x","version":"0"}', {
        mode: 0o600,
      });
    },
    says: /one that died left its file behind/,
    fixes: /the file of the dead worker removed/,
  },
  {
    name: 'a folder where the lock belongs',
    make: () => mkdirSync(paths.workerLock, { mode: 0o700 }),
    says: /note {3}worker .*worker\.lock is no file/,
    fixes: /worker\.lock\.broken/,
  },
  {
    name: 'torn state',
    make() {
      writeFileSync(paths.announcedFile, '{"a', { mode: 0o600 });
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      writeFileSync(join(stateDir, 'published.json'), '', { mode: 0o600 });
    },
    says: /1 file of state cannot be read: announced\.json[\s\S]*1 file of state cannot be read: published\.json/,
    fixes: /1 file moved aside[\s\S]*1 file moved aside/,
  },
  {
    name: 'files that others may read',
    make() {
      writeFileSync(paths.questionsFile, '', { mode: 0o600 });
      chmodSync(paths.questionsFile, 0o644);
    },
    says: /FAULT {2}data folder {3}other users may read or change 1 file, such as .*questions\.sqlite/,
    fixes: /1 file private again/,
  },
  {
    name: 'temporary files of killed processes',
    make() {
      const file = join(stateDir, '.published.json.77.0123456789ab.tmp');
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      writeFileSync(file, '{', { mode: 0o600 });
      age(file);
    },
    says: /1 half-written file of a process that was killed/,
    fixes: /1 half-written file removed/,
  },
  {
    name: 'a journal entry that could not be read',
    make() {
      mkdirSync(join(stateDir, 'journal'), { recursive: true, mode: 0o700 });
      writeFileSync(join(stateDir, 'journal', 'b.json.corrupt'), '{', { mode: 0o600 });
    },
    says: /1 entry of the journal could not be read/,
  },
  {
    name: 'a publish that was cut off',
    make() {
      mkdirSync(stateDir, { recursive: true, mode: 0o700 });
      const commit = repo.head();
      writeStaged(join(repo.root, '.git'), { branch: 'refs/heads/main', commit, step: 'index', entries: {}, laid: [] });
    },
    says: /note {3}publish {7}one was cut off/,
    fixes: /fixed {2}publish {7}(?:cleared up|finished)/,
  },
  {
    name: 'events that wait for long',
    make() {
      const [event] = makeEvents([ran('npm test')]);
      if (event === undefined) return;
      appendEvent(paths.spool, event);
      age(join(paths.spool, 'new', `${event.id}.json`));
    },
    says: /FAULT {2}spool .*1 event waiting, the oldest for \d+ minutes[\s\S]*memvault worker start/,
  },
];

describe('doctor', () => {
  it.each(CASES)('explains $name', async ({ make, says, fixes }) => {
    putMemory();
    make();
    const files = repo.files();
    const found = await doctor();
    expect(found).toMatch(says);
    if (fixes === undefined) expect(found).not.toContain('doctor --fix');
    else {
      expect(found).toContain('`memvault doctor --fix` ');
      expect(await doctor(true)).toMatch(fixes);
    }
    const again = await doctor(true);
    expect(again).not.toMatch(/^(?:fixed|NOT)/m);
    expect(repo.files()).toEqual(files);
    expect(existsSync(join(stateDir, 'outbox'))).toBe(true);
    expect(
      readdirSync(join(stateDir, 'outbox'), { recursive: true }).filter((name) => String(name).endsWith('.md')),
    ).toHaveLength(1);
  });

  it('tells a worker that hangs from one that is gone', async () => {
    const lock = takeLock(paths.workerLock, 0);
    writeFileSync(paths.workerFile, '{"pid":4194303,"port":1,"token":"t","startedAt":"x","version":"0"}', {
      mode: 0o600,
    });
    age(paths.workerFile);
    expect(await doctor()).toMatch(/FAULT {2}worker {8}one holds the lock but shows no sign of life \(pid 4194303\)/);
    lock?.release();
    expect(await doctor()).toContain('one that died left its file behind');
  });

  it('finds damage inside the index that opening it does not show, and makes it anew', async () => {
    putMemory();
    const file = join(stateDir, 'index.sqlite');
    const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
    const before = vault.library.recent({}, 10).map(({ id }) => id);
    vault.close();
    const { default: fs } = await import('node:fs');
    const descriptor = fs.openSync(file, 'r+');
    const { size } = fs.fstatSync(descriptor);
    for (let page = 3; page < size / 4096; page += 2)
      fs.writeSync(descriptor, Buffer.alloc(2048, 0x5a), 0, 2048, page * 4096 + 64);
    fs.closeSync(descriptor);
    const text = await doctor(true);
    expect(text).toMatch(/fixed {2}index .*made anew: 1 memory|ok {5}index {9}whole/);
    expect(await doctor()).toMatch(/ok {5}index {9}whole/);
    const healed = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
    expect(healed.library.recent({}, 10).map(({ id }) => id)).toEqual(before);
    healed.close();
  });

  it('names a data folder where a file stands in the way, and goes on with the rest', async () => {
    rmSync(paths.home, { recursive: true });
    writeFileSync(paths.home, 'mine');
    const text = await doctor(true);
    expect(text).toMatch(/FAULT {2}data folder/);
    expect(text).toMatch(/ok {5}git/);
    expect(text).not.toContain('undefined');
  });
});
