// The worker's background embedding on a real vault and real model files: beside the cycles, through every change.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import type { OpenVault } from '../../src/app.ts';
import { openSpool } from '../../src/capture/spool.ts';
import { installFromFolder } from '../../src/index/embed/install-model.ts';
import { modelId, readInstalled, removeInstalled } from '../../src/index/embed/installed.ts';
import type { Logger } from '../../src/model/ports.ts';
import { takeLock } from '../../src/system/lock.ts';
import { silentLog } from '../../src/system/log.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { writeSetting } from '../../src/system/settings.ts';
import { openWorker } from '../../src/worker/worker.ts';
import type { Worker } from '../../src/worker/worker.ts';
import { makeEvents, prompt } from '../support/hook-events.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';
import { writeRandomBert } from '../support/random-bert.ts';
import { writeStaticModel } from '../support/static-model.ts';

const FIXTURE = resolve(import.meta.dirname, '../fixtures/models/m2v-test-vq64');
const IDS = ['7k2m9qx4hd3a', 'c4hd7k2m9qxa', '0000000000zz'] as const;
let repo: TestRepo;
let dataDir: string;
let now: number;
let worker: Worker;
let vault: OpenVault;
let warnings: string[];

beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
  now = Date.parse('2026-11-22T14:00:00Z');
  warnings = [];
  worker = open();
  vault = openVaultHere({ cwd: repo.root, env: env(), clock: { now: () => now } });
  remember(0, 'The user signs in with a password', 'Login asks the account service.');
  remember(1, 'Bread dough must rest before it is baked', 'An hour at least.');
});
afterEach(async () => {
  await worker.close();
  vault.close();
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a worker with a model', () => {
  it('embeds the memories of the vaults it knows, and what comes later', async () => {
    await install('m2v');
    use('m2v');
    await meetProject();
    await embedded(2);
    expect(await find('how do I log in')).toEqual([IDS[0], IDS[1]]);
    remember(2, 'The oven bakes loaves at 240 degrees', 'Then less.');
    await embedded(3);
    expect((await find('loaves in the oven'))[0]).toBe(IDS[2]);
    expect(await status()).toEqual({ model: 'm2v', installed: true, memories: 3, embedded: 3 });
  });

  it('goes on with its cycles while it embeds, and says so', async () => {
    await install('m2v');
    use('m2v');
    expect((await meetProject()).embedding).toBe(true);
    await embedded(2);
    expect((await worker.cycle()).embedding).toBe(false);
  });

  it('embeds what another process took into the index', async () => {
    await install('m2v');
    use('m2v');
    await meetProject();
    await embedded(2);
    remember(2, 'Redis holds the sessions', 'Since March.');
    vault.sync();
    now += 3000;
    await worker.cycle();
    await settled();
    expect((await status())?.embedded).toBe(3);
  });

  it('does not take a vault for done whose index was just being written', async () => {
    await install('m2v');
    use('m2v');
    const lock = takeLock(join(vault.place.stateDir, 'index.lock'), 1000);
    await meetProject();
    await settled();
    expect((await status())?.embedded).toBe(0);
    lock?.release();
    vault.sync();
    now += 3000;
    await worker.cycle();
    await settled();
    expect((await status())?.embedded).toBe(2);
  });

  it('goes on where a killed one stopped', async () => {
    await install('m2v');
    use('m2v');
    await meetProject();
    await embedded(2);
    await worker.close();
    remember(2, 'Redis holds the sessions', 'Since March.');
    worker = open();
    await meetProject();
    await embedded(3);
  });

  it('makes the vectors again when their file is gone', async () => {
    await install('m2v');
    use('m2v');
    await meetProject();
    await embedded(2);
    await settled();
    for (const suffix of ['', '-wal', '-shm']) rmSync(vault.vectorFile + suffix, { force: true });
    await embedded(2);
  });

  it('embeds by a transformer, with the runtime in the data folder', async () => {
    const { models, runtime } = dataPaths(env());
    mkdirSync(runtime, { recursive: true });
    symlinkSync(resolve(import.meta.dirname, '../../node_modules'), join(runtime, 'node_modules'));
    writeRandomBert(join(dataDir, 'bert'));
    await install('bert', join(dataDir, 'bert'));
    use('bert');
    await meetProject();
    await embedded(2);
    const query = await ask('hello token');
    expect(query?.model).toBe(modelId(readInstalled(models, 'bert') ?? { name: '', hash: '' }));
    expect(vault.vectors.nearest(query ?? { model: '', vector: new Float32Array(0) }, 5)).toHaveLength(2);
  });

  it('changes to another model: no answer mixes the two', async () => {
    await install('m2v');
    use('m2v');
    await meetProject();
    await embedded(2);
    const before = (await ask('log in')) ?? { model: '', vector: new Float32Array(0) };
    writeStaticModel(join(dataDir, 'other'));
    await install('other', join(dataDir, 'other'));
    use('other');
    now += 6000;
    expect(vault.vectors.nearest(before, 5)).toHaveLength(2);
    await meetProject();
    await embedded(2);
    const after = await ask('request');
    expect(after?.model).not.toBe(before.model);
    expect(after?.vector).toHaveLength(8);
    expect(vault.vectors.nearest(before, 5)).toHaveLength(2);
  });

  it('leaves a model in the middle when another one is wanted', async () => {
    rememberMany();
    await install('m2v');
    writeStaticModel(join(dataDir, 'other'));
    await install('other', join(dataDir, 'other'));
    use('m2v');
    await meetProject();
    use('other');
    await embedded(402);
    // It may rest by now: who asks for it wakes it.
    await ask('request');
    expect((await ask('request'))?.vector).toHaveLength(8);
    use('m2v');
    expect((await status())?.embedded).toBeLessThan(402);
  });

  it('keeps a model that is at work, however long it is, and closes it when it has rested', async () => {
    rememberMany();
    await install('m2v');
    use('m2v');
    expect((await meetProject()).embedding).toBe(true);
    now += 11 * 60_000;
    expect((await worker.cycle()).embedding).toBe(true);
    await settled();
    expect((await status())?.embedded).toBe(402);
    expect(warnings).toEqual([]);
    expect(await ask('log in')).toBeDefined();
    now += 11 * 60_000;
    await worker.cycle();
    await settled();
    now += 11 * 60_000;
    await worker.cycle();
    expect(await ask('log in')).toBeUndefined();
  });

  it('takes up a model that was replaced under its name', async () => {
    await install('m2v');
    use('m2v');
    await meetProject();
    await embedded(2);
    const first = (await ask('log in'))?.model;
    writeStaticModel(join(dataDir, 'other'));
    await install('m2v', join(dataDir, 'other'));
    await meetProject();
    await embedded(2);
    expect((await ask('request'))?.model).toBe(
      modelId(readInstalled(dataPaths(env()).models, 'm2v') ?? { name: '', hash: '' }),
    );
    expect((await ask('request'))?.model).not.toBe(first);
  });
});

describe('a worker without a usable model', () => {
  it('does nothing while the setting says none', async () => {
    await install('m2v');
    await meetProject();
    expect((await worker.cycle()).embedding).toBe(false);
    expect(await status()).toBeUndefined();
    expect(await vault.queryVector('log in')).toBeUndefined();
  });

  it('waits for a model that is not installed, and begins when it is', async () => {
    use('m2v');
    await meetProject();
    await settled();
    expect(await status()).toEqual({ model: 'm2v', installed: false, memories: 2, embedded: 0 });
    expect(await ask('log in')).toBeUndefined();
    await install('m2v');
    now += 6000;
    await embedded(2);
  });

  it('says once what is wrong with a model, and goes on by words', async () => {
    await install('m2v');
    writeFileSync(join(dataPaths(env()).models, 'm2v', 'config.json'), 'changed');
    use('m2v');
    await meetProject();
    await settled();
    now += 6000;
    await worker.cycle();
    await settled();
    for (let minute = 0; minute < 3; minute++) {
      now += 61_000;
      await worker.cycle();
      await settled();
    }
    expect(warnings).toEqual(['a model could not be opened; searches go by words']);
    expect(await ask('log in')).toBeUndefined();
    expect(vault.library.search({ text: 'password', limit: 5 }).hits.map(({ id }) => id)).toEqual([IDS[0]]);
    await install('m2v');
    now += 6000;
    await embedded(2);
  });

  it('goes by words when the model is removed', async () => {
    await install('m2v');
    use('m2v');
    await meetProject();
    await embedded(2);
    removeInstalled(dataPaths(env()).models, 'm2v');
    expect(await ask('log in')).toBeUndefined();
    await worker.cycle();
    await settled();
    expect(warnings).toEqual([]);
  });
});

function open(): Worker {
  const log: Logger = { ...silentLog, warn: (message) => void warnings.push(message) };
  return openWorker({
    paths: dataPaths(env()),
    env: env(),
    clock: { now: () => now },
    log,
    randomBytes: (length) => new Uint8Array(length),
  });
}

function env(): Record<string, string> {
  return { HOME: dataDir, CLAUDE_MEM_PROVIDER: 'extractive', CLAUDE_MEM_PUBLISH_MODE: 'off' };
}

function remember(at: number, title: string, body: string): void {
  vault.outbox.put(memoryOf({ id: IDS[at] ?? '', title, body }));
}

/** So many that they are not embedded between two cycles. */
function rememberMany(): void {
  for (let at = 0; at < 400; at++)
    vault.outbox.put(
      memoryOf({
        id: `1234567${String(at).padStart(5, '0')}`,
        title: `Memory ${at}`,
        body: 'A sentence with words. '.repeat(40),
      }),
    );
}

async function install(name: string, folder = FIXTURE): Promise<void> {
  await installFromFolder(name, folder, {
    modelsDir: dataPaths(env()).models,
    clock: { now: () => now },
    say: () => undefined,
  });
}

function use(name: string): void {
  writeSetting(dataPaths(env()).settingsFile, 'search.embedding', name);
}

/** A session's event makes the worker open the project's vault. */
async function meetProject() {
  const paths = dataPaths(env());
  const first = {
    id: `${now}-1-${Math.random().toString(16).slice(2, 10).padEnd(8, '0')}`,
    at: new Date(now).toISOString(),
    project: repo.root,
    worktree: repo.root,
  };
  const spool = openSpool(paths.spool, paths.deadLetter);
  for (const event of makeEvents([{ ...prompt('why?'), ...first }])) spool.append(event);
  now += 6000;
  return worker.cycle();
}

/** Cycles until so many memories have vectors; real work ends, so no time is asserted. */
async function embedded(count: number): Promise<void> {
  for (let round = 0; (await status())?.embedded !== count; round++) {
    if (round > 200) throw new Error(`not embedded: ${JSON.stringify(await status())}, ${warnings.join('; ')}`);
    now += 61_000;
    await worker.cycle();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await settled();
}

async function settled(): Promise<void> {
  for (let round = 0; (await worker.cycle()).embedding; round++) {
    if (round > 200) throw new Error('the worker does not come to rest');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** As another process sees it, with the settings as they are now. */
async function status() {
  const fresh = openVaultHere({ cwd: repo.root, env: env() });
  try {
    return (await fresh.status()).embedding;
  } finally {
    fresh.close();
  }
}

async function ask(text: string) {
  return worker.viewerSource.queryVector?.({ text, model: (await status())?.model ?? 'none' });
}

async function find(text: string): Promise<readonly string[]> {
  const query = await ask(text);
  return query === undefined ? [] : vault.vectors.nearest(query, 5).map(({ id }) => id);
}
