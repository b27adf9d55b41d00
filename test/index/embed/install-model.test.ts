// Installing models: from a hub that fails in every way, and from folders that hold the wrong things.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/index/embed/catalogue.ts';
import { installFromFolder, installFromHub } from '../../../src/index/embed/install-model.ts';
import type { HubParts } from '../../../src/index/embed/install-model.ts';
import { listInstalled, modelId, readInstalled, removeInstalled } from '../../../src/index/embed/installed.ts';
import { openInstalled } from '../../../src/index/embed/open-installed.ts';
import { takeLock } from '../../../src/system/lock.ts';
import { startFakeHub } from '../../support/fake-hub.ts';
import type { FakeHub } from '../../support/fake-hub.ts';
import { writeRandomBert } from '../../support/random-bert.ts';
import { writeStaticModel } from '../../support/static-model.ts';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/models/m2v-test-vq64');
const NAME = 'potion-base-8m';
const REPOSITORY = 'minishlab/potion-base-8M';
let root: string;
let models: string;
let source: string;
let hub: FakeHub;
let said: string[];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'memvault-models-'));
  models = join(root, 'models');
  source = join(root, 'source');
  writeStaticModel(source, { rows: manyWords(200) });
  hub = await startFakeHub();
  offer(REPOSITORY, source, ['config.json', 'tokenizer.json', 'model.safetensors']);
  said = [];
});
afterEach(async () => {
  await hub.close();
  rmSync(root, { recursive: true, force: true });
});

describe('the catalogue', () => {
  it('pins every model to a commit and says what is needed to choose', () => {
    expect(new Set(CATALOGUE.map(({ name }) => name)).size).toBe(CATALOGUE.length);
    for (const entry of CATALOGUE) {
      expect(entry.name).toMatch(/^[a-z0-9-]+$/);
      expect(entry.revision).toMatch(/^[0-9a-f]{40}$/);
      expect(entry.repository).toMatch(/^[\w-]+\/[\w.-]+$/);
      expect(entry.licence).toBe('MIT');
      expect(entry.kind === 'transformer').toBe(entry.recipe !== undefined);
      expect(entry.files.every(({ bytes }) => bytes > 0)).toBe(true);
    }
  });
});

describe('from the hub', () => {
  it('downloads the pinned revision, says how far it is, and can be opened', async () => {
    const model = await installFromHub(NAME, parts());
    expect(model).toMatchObject({ name: NAME, kind: 'static', source: `${REPOSITORY}@${CATALOGUE[0]?.revision}` });
    expect(said[0]).toContain('Downloading potion-base-8m (31 MB)');
    expect(said.at(-1)).toMatch(/^ {2}\S+ MB of 31 MB \(\d+ %\)$/);
    expect(leftovers()).toEqual([]);
    const embedder = await openInstalled(models, NAME, { runtimeDir: root, threads: 1 });
    expect(embedder.id).toBe(modelId(model));
    expect((await embedder.embed(['word3'], 'query'))[0]).toHaveLength(8);
    await embedder.close();
  });

  it('goes on where a broken connection stopped', async () => {
    hub.breakAfter = (path, attempt) => (path.endsWith('.safetensors') && attempt <= 2 ? 2000 : undefined);
    await installFromHub(NAME, parts());
    const ranges = hub.requests.filter((line) => line.includes('safetensors')).map((line) => line.split(' ')[2]);
    expect(ranges).toEqual([undefined, 'bytes=2000-', 'bytes=4000-']);
    expect(installedFile('model.safetensors')).toEqual(readFileSync(join(source, 'model.safetensors')));
  });

  it('goes on with the next command where a killed one stopped, and leaves what is whole', async () => {
    hub.breakAfter = (path) => (path.endsWith('.safetensors') ? 1500 : undefined);
    await expect(installFromHub(NAME, parts())).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('Run the command again') as string,
    });
    expect(readInstalled(models, NAME)).toBeUndefined();
    hub.breakAfter = undefined;
    const before = hub.requests.length;
    await installFromHub(NAME, parts());
    expect(hub.requests.slice(before)).toEqual([`GET ${REPOSITORY}/model.safetensors bytes=6000-`]);
    expect(installedFile('model.safetensors')).toEqual(readFileSync(join(source, 'model.safetensors')));
  });

  it('begins anew when the file has changed meanwhile', async () => {
    hub.breakAfter = (path) => (path.endsWith('.safetensors') ? 1500 : undefined);
    await expect(installFromHub(NAME, parts())).rejects.toThrow('cannot download');
    hub.breakAfter = undefined;
    writeStaticModel(source, { rows: manyWords(200), kind: 'F64' });
    offer(REPOSITORY, source, ['model.safetensors']);
    await installFromHub(NAME, parts());
    expect(installedFile('model.safetensors')).toEqual(readFileSync(join(source, 'model.safetensors')));
  });

  it('begins anew when what lies there is longer than the file', async () => {
    const stage = join(models, `.${NAME}.partial`);
    mkdirSync(stage, { recursive: true });
    writeFileSync(join(stage, 'model.safetensors.part'), Buffer.alloc(1_000_000));
    await installFromHub(NAME, parts());
    expect(installedFile('model.safetensors')).toEqual(readFileSync(join(source, 'model.safetensors')));
  });

  it('refuses what does not have the hash that the hub says, and keeps none of it', async () => {
    hub.lie = { sha256: 'ab'.repeat(32) };
    await expect(installFromHub(NAME, parts())).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('model.safetensors') as string,
    });
    expect(existsSync(join(models, `.${NAME}.partial`, 'model.safetensors.part'))).toBe(false);
    expect(readInstalled(models, NAME)).toBeUndefined();
    hub.lie = {};
    await installFromHub(NAME, parts());
  });

  it('checks small files by the id that Git gives them', async () => {
    const good = hub.files.get(`${REPOSITORY}/config.json`) ?? Buffer.alloc(0);
    const fetchAndAlter: typeof fetch = async (address, init) => {
      const response = await fetch(address, init);
      if (!response.url.endsWith('config.json')) return response;
      return new Response(Buffer.alloc(good.length, 'x'), { headers: response.headers });
    };
    await expect(installFromHub(NAME, { ...parts(), fetch: fetchAndAlter })).rejects.toThrow('config.json');
  });

  it.each([
    [{ commit: 'f'.repeat(40) }, 'corrupt', 'answered from revision ffff'],
    [{ status: 404 }, 'unavailable', 'status 404'],
    [{ status: 401 }, 'unavailable', 'status 401'],
    [{ status: 503 }, 'unavailable', 'status 503'],
    [{ plainHttpElsewhere: true }, 'denied', 'without encryption'],
  ] as const)('says what is wrong with a hub that answers %j', async (lie, code, message) => {
    hub.lie = lie;
    await expect(installFromHub(NAME, parts())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it('says that nobody answers, and the ways out', async () => {
    await hub.close();
    await expect(installFromHub(NAME, parts())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('cannot download http://127.0.0.1') as string,
      hint: expect.stringMatching(/--from <folder>.*search\.modelHub/) as string,
    });
  });

  it('refuses a file without end', async () => {
    hub.files.set(`${REPOSITORY}/config.json`, Buffer.alloc(3_000_000));
    await expect(installFromHub(NAME, parts())).rejects.toThrow('much larger than the 202 bytes');
  });

  it('makes no connection when the setting offline forbids it', async () => {
    await expect(installFromHub(NAME, { ...parts(), offline: true })).rejects.toMatchObject({
      code: 'denied',
      hint: expect.stringContaining('--from') as string,
    });
    expect(hub.requests).toEqual([]);
    expect(existsSync(models)).toBe(false);
  });

  it('downloads nothing that is there and whole, and again what has changed', async () => {
    const first = await installFromHub(NAME, parts());
    const before = hub.requests.length;
    expect(await installFromHub(NAME, { ...parts(), offline: true })).toEqual(first);
    expect(hub.requests).toHaveLength(before);
    writeFileSync(join(models, NAME, 'config.json'), 'changed');
    expect((await installFromHub(NAME, parts())).hash).toBe(first.hash);
    expect(hub.requests.length).toBeGreaterThan(before);
  });

  it('says that the disk is full, and what to do', async () => {
    const full: typeof fetch = () => {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    };
    await expect(installFromHub(NAME, { ...parts(), fetch: full })).rejects.toThrow('the disk is full');
  });

  it('knows no other names', async () => {
    await expect(installFromHub('potion', parts())).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('memvault model list') as string,
    });
    await expect(installFromHub('../x', parts())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('lets one install at a time', async () => {
    mkdirSync(models);
    const lock = takeLock(join(models, '.lock'), 0);
    await expect(installFromHub(NAME, parts())).rejects.toMatchObject({ code: 'busy' });
    lock?.release();
    await installFromHub(NAME, parts());
  });
});

describe('from a folder', () => {
  it('installs a model of the catalogue as the hub would, under the same id', async () => {
    const fromHub = await installFromHub(NAME, parts());
    removeInstalled(models, NAME);
    await hub.close();
    const fromFolder = await installFromFolder(NAME, source, parts());
    expect(modelId(fromFolder)).toBe(modelId(fromHub));
    expect(readdirSync(join(models, NAME)).sort()).toEqual([
      'config.json',
      'model.json',
      'model.safetensors',
      'tokenizer.json',
    ]);
  });

  it('recognizes static tables and transformers of any name', async () => {
    const bert = join(root, 'bert');
    writeRandomBert(bert);
    mkdirSync(join(bert, '1_Pooling'));
    writeFileSync(join(bert, '1_Pooling', 'config.json'), '{"pooling_mode_cls_token": true}');
    writeFileSync(join(bert, 'config_sentence_transformers.json'), '{"prompts": {"query": "q: ", "document": "d: "}}');
    await installFromFolder('own-table', FIXTURE, parts());
    await installFromFolder('own-bert', bert, parts());
    expect(listInstalled(models).map(({ name, kind, recipe }) => ({ name, kind, recipe }))).toEqual([
      { name: 'own-bert', kind: 'transformer', recipe: { pooling: 'cls', queryPrefix: 'q: ', documentPrefix: 'd: ' } },
      { name: 'own-table', kind: 'static', recipe: undefined },
    ]);
    const runtimeDir = resolve(import.meta.dirname, '../../..');
    const embedder = await openInstalled(models, 'own-bert', { runtimeDir, threads: 1 });
    expect(embedder.dimensions).toBe(32);
    await embedder.close();
  });

  it('replaces an older one only when the new one is whole', async () => {
    const first = await installFromFolder('own', source, parts());
    cpSync(source, join(root, 'broken'), { recursive: true });
    writeFileSync(join(root, 'broken', 'model.safetensors'), 'x');
    await expect(installFromFolder('own', join(root, 'broken'), parts())).rejects.toMatchObject({ code: 'corrupt' });
    expect(readInstalled(models, 'own')).toEqual(first);
    const second = await installFromFolder('own', FIXTURE, parts());
    expect(modelId(second)).not.toBe(modelId(first));
    expect(readInstalled(models, 'own')).toEqual(second);
    expect(leftovers()).toEqual([]);
  });

  it.each([
    ['nowhere', () => nothing(), 'not_found', 'is no folder'],
    ['an empty folder', () => empty(), 'invalid_input', 'holds no model that memvault can read'],
    ['half a model', () => half(), 'invalid_input', 'holds no model that memvault can read'],
    ['a clone without its large files', () => pointer(), 'invalid_input', 'only a pointer of Git LFS'],
    ['a tokenizer of another kind', () => foreignTokenizer(), 'invalid_input', 'WordPiece or Unigram'],
  ] as const)('says what is wrong with %s', async (_, make, code, message) => {
    make();
    await expect(installFromFolder('own', join(root, 'x'), parts())).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(listInstalled(models)).toEqual([]);
  });

  it('names the missing files of a model of the catalogue', async () => {
    rmSync(join(source, 'tokenizer.json'));
    await expect(installFromFolder(NAME, source, parts())).rejects.toMatchObject({
      message: expect.stringContaining('tokenizer.json missing') as string,
      hint: expect.stringContaining(REPOSITORY) as string,
    });
  });

  it.each(['none', '', 'Über', '../up', '.hidden', 'a/b', 'x'.repeat(65)])(
    'does not take "%s" for a name',
    async (name) => {
      await expect(installFromFolder(name, source, parts())).rejects.toMatchObject({ code: 'invalid_input' });
    },
  );
});

describe('an installed model', () => {
  it('is not opened when a file has changed since', async () => {
    await installFromFolder('own', source, parts());
    const open = () => openInstalled(models, 'own', { runtimeDir: root, threads: 1 });
    await (await open()).close();
    writeFileSync(
      join(models, 'own', 'tokenizer.json'),
      readFileSync(join(source, 'tokenizer.json'), 'utf8').replace('word1', 'word0'),
    );
    await expect(open()).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('tokenizer.json is not the file that was installed') as string,
      hint: 'Run `memvault model install own` again.',
    });
    const manifest = join(models, 'own', 'model.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"sha256": "[0-9a-f]{8}/, '"sha256": "00000000'));
    await expect(open()).rejects.toThrow('model.json was changed');
  });

  it.each([
    '{',
    '{}',
    '[]',
    '{"v":2}',
    '{"v":1,"name":"own","kind":"static","source":"","hash":"","files":[{"path":"../x","bytes":1,"sha256":""}]}',
  ])('with the manifest %s counts as none', async (text) => {
    await installFromFolder('own', source, parts());
    writeFileSync(join(models, 'own', 'model.json'), text);
    expect(readInstalled(models, 'own')).toBeUndefined();
    expect(listInstalled(models)).toEqual([]);
    await expect(openInstalled(models, 'own', { runtimeDir: root, threads: 1 })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('memvault model install own') as string,
    });
  });

  it('is removed with everything; removing it again says that it is not there', async () => {
    await installFromFolder('own', source, parts());
    removeInstalled(models, 'own');
    expect(existsSync(join(models, 'own'))).toBe(false);
    expect(() => removeInstalled(models, 'own')).toThrow('not installed');
  });
});

function parts(): HubParts {
  return {
    modelsDir: models,
    clock: { now: () => Date.parse('2026-11-22T14:00:00Z') },
    say: (line) => void said.push(line),
    hub: `${hub.url}/`,
    offline: false,
    fetch,
    pause: () => Promise.resolve(),
  };
}

/** What an install should have cleared away. */
function leftovers(): readonly string[] {
  return readdirSync(models).filter((name) => name.startsWith('.') && name !== '.lock');
}

function offer(repository: string, folder: string, paths: readonly string[]): void {
  for (const path of paths) hub.files.set(`${repository}/${path}`, readFileSync(join(folder, path)));
}

function installedFile(path: string): Buffer {
  return readFileSync(join(models, NAME, path));
}

function manyWords(count: number): Record<string, readonly number[]> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, row) => [
      `word${row}`,
      Array.from({ length: 8 }, (_, at) => Math.sin(row * 8 + at)),
    ]),
  );
}

function nothing(): void {}

function empty(): void {
  mkdirSync(join(root, 'x'));
}

function half(): void {
  cpSync(source, join(root, 'x'), { recursive: true });
  rmSync(join(root, 'x', 'tokenizer.json'));
}

function pointer(): void {
  cpSync(source, join(root, 'x'), { recursive: true });
  writeFileSync(
    join(root, 'x', 'model.safetensors'),
    'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n',
  );
}

function foreignTokenizer(): void {
  cpSync(source, join(root, 'x'), { recursive: true });
  writeFileSync(join(root, 'x', 'tokenizer.json'), '{"model": {"type": "BPE", "vocab": {}, "merges": []}}');
}
