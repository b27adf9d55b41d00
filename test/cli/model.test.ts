// `memvault model` as a person uses it: the built command, a hub on this machine, and the real worker.

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { CATALOGUE } from '../../src/index/embed/catalogue.ts';
import { askQueryVector } from '../../src/system/query-vector.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { startFakeHub } from '../support/fake-hub.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';
import { writeStaticModel } from '../support/static-model.ts';
import { until } from '../support/until.ts';

const CLI = resolve(import.meta.dirname, '../../dist/cli.js');
const FIXTURE = resolve(import.meta.dirname, '../fixtures/models/m2v-test-vq64');
let repo: TestRepo;
let dataDir: string;

beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
});
afterEach(() => {
  run(['worker', 'stop']);
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

describe('memvault model', () => {
  it('lists what there is with size, kind and languages', () => {
    const { stdout, code } = run(['model', 'list']);
    expect(code).toBe(0);
    for (const { name } of CATALOGUE) expect(stdout).toContain(name);
    expect(stdout).toContain('searches go by words alone');
    const json = JSON.parse(run(['model', 'list', '--json']).stdout) as {
      models: { name: string; installed: boolean }[];
    };
    expect(json.models.map(({ installed }) => installed)).toEqual(CATALOGUE.map(() => false));
  });

  it.each([
    [['model', 'instal', 'x'], 2, 'list, install, use, status or remove'],
    [['model', 'install'], 2, 'expects a name'],
    [['model', 'install', 'nope'], 3, 'has no model "nope"'],
    [['model', 'install', 'own', '--from', '/nowhere'], 3, '/nowhere is no folder'],
    [['model', 'use', 'potion-base-8m'], 3, 'is not installed'],
    [['model', 'remove', 'potion-base-8m'], 3, 'is not installed'],
    [['model', 'list', '--from', '/x'], 2, '--from goes with'],
  ] as const)('%j ends with %i and says what to type', (args, code, message) => {
    const result = run([...args]);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
    expect(result.stderr.trim().split('\n').length).toBeGreaterThan(1);
  });

  it('is refused a download while the setting offline is on; from a folder it works', () => {
    run(['config', 'set', 'offline', 'true']);
    const refused = run(['model', 'install', 'potion-base-8m']);
    expect(refused.code).toBe(7);
    expect(refused.stderr).toContain('the setting offline forbids');
    expect(refused.stderr).toContain('--from <folder>');
    expect(run(['model', 'install', 'own', '--from', FIXTURE]).code).toBe(0);
  });

  it('installs from the hub that a setting or HF_ENDPOINT names, chooses, tells, and removes', async () => {
    const hub = await startFakeHub();
    const source = join(dataDir, 'source');
    writeStaticModel(source);
    for (const path of ['config.json', 'tokenizer.json', 'model.safetensors'])
      hub.files.set(`minishlab/potion-base-8M/${path}`, readFileSync(join(source, path)));
    const installed = await runAside(['model', 'install', 'potion-base-8m'], { HF_ENDPOINT: hub.url });
    expect(installed.stderr).toContain('MB of 31 MB');
    expect(installed.stdout).toMatch(
      /^Installed potion-base-8m \(static, .*\) as potion-base-8m@[0-9a-f]{12}\.\nUse it: memvault model use/,
    );
    run(['config', 'set', 'search.modelHub', hub.url]);
    expect((await runAside(['model', 'install', 'potion-base-8m'], { HF_ENDPOINT: 'http://127.0.0.1:1' })).code).toBe(
      0,
    );
    expect(run(['config', 'set', 'search.modelHub', 'hub']).code).toBe(0);
    expect(run(['model', 'install', 'potion-base-8m']).stderr).toContain('search.modelHub: expected an address');
    expect(run(['model', 'use', 'potion-base-8m']).stdout).toContain('potion-base-8m is in use.');
    expect(run(['model', 'list']).stdout).toMatch(/^potion-base-8m .* in use$/m);
    expect(run(['model', 'status']).stdout).toContain('potion-base-8m (set by the settings)');
    expect(run(['status']).stdout).toContain('Vectors      potion-base-8m, 0 of 0 memories embedded');
    expect(run(['model', 'remove', 'potion-base-8m']).stdout).toContain('It is still in the settings');
    expect(run(['status']).stdout).toContain('run `memvault model install potion-base-8m`');
    expect(run(['doctor']).stdout).toContain('is set but not installed');
    expect(run(['model', 'use', 'none']).stdout).toContain('by words alone');
    expect(run(['model', 'status', '--json']).stdout).toContain('"inUse":"none"');
    await hub.close();
  });

  it('has the memories embedded by the worker, which then answers for every search', async () => {
    const vault = openVaultHere({ cwd: repo.root, env: env() });
    vault.outbox.put(memoryOf({ id: '7k2m9qx4hd3a', title: 'The user signs in with a password' }));
    vault.outbox.put(memoryOf({ id: 'c4hd7k2m9qxa', title: 'Bread dough must rest', body: 'An hour at least.' }));
    run(['model', 'install', 'own', '--from', FIXTURE]);
    run(['worker', 'start']);
    expect(run(['model', 'use', 'own']).stdout).toContain('in the background');
    await until(() => run(['model', 'status']).stdout.includes('2 of 2 embedded'), {
      everyMs: 100,
      otherwise: () => `${run(['model', 'status']).stdout}\n${run(['worker', 'logs']).stdout}`,
    });
    vault.takeSettings({ ...vault.settings, 'search.embedding': 'own' });
    const query = await askQueryVector(dataPaths(env()).workerFile, { text: 'how do I log in', model: 'own' }, 10_000);
    expect(query?.model).toMatch(/^own@/);
    expect(vault.vectors.nearest(query ?? { model: '', vector: new Float32Array(0) }, 5)[0]?.id).toBe('7k2m9qx4hd3a');
    vault.close();
    expect(run(['worker', 'stop']).code).toBe(0);
  });

  it('says by `status` and `doctor` that a model in use was changed after it was installed', () => {
    run(['model', 'install', 'own', '--from', FIXTURE]);
    run(['model', 'use', 'own']);
    expect(run(['doctor']).stdout).toContain('own, 0 of 0 memories embedded');
    const file = join(dataPaths(env()).models, 'own', 'config.json');
    chmodSync(file, 0o600);
    writeFileSync(file, readFileSync(file, 'utf8').replace(':', ': '));
    for (const command of [['model', 'status'], ['doctor']]) {
      const { stdout } = run(command);
      expect(stdout).toContain(`${file} is not the file that was installed`);
      expect(stdout).toContain('memvault model install own');
    }
    expect(JSON.parse(run(['model', 'status', '--json']).stdout)).toMatchObject({ fault: { code: 'corrupt' } });
    run(['model', 'install', 'own', '--from', FIXTURE]);
    expect(run(['doctor']).stdout).toContain('own, 0 of 0 memories embedded');
    expect(JSON.parse(run(['model', 'status', '--json']).stdout)).toMatchObject({ fault: null });
  });
});

function run(args: readonly string[], more: Record<string, string> = {}) {
  const result = spawnSync(process.execPath, [CLI, ...args], {
    cwd: repo.root,
    env: { ...env(), ...more },
    encoding: 'utf8',
  });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

/** While this process goes on: the hub lives in it. */
function runAside(args: readonly string[], more: Record<string, string>) {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: repo.root, env: { ...env(), ...more } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

function env(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: dataDir,
    CLAUDE_MEM_PORT: '0',
    CLAUDE_MEM_PROVIDER: 'extractive',
    CLAUDE_MEM_WORKER_IDLE_SECONDS: '60',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}
