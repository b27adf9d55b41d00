// `memvault search` with a worker running: the worker searches, and nobody can tell by the answer.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpool } from '../../src/capture/spool.ts';
import type { FoundHere } from '../../src/model/delegated-search.ts';
import type { Memory } from '../../src/model/memory.ts';
import { silentLog } from '../../src/system/log.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { environmentName } from '../../src/system/setting-table.ts';
import { VERSION } from '../../src/system/version.ts';
import { STANDPOINT_VARIABLES, askWorkerSearch } from '../../src/system/worker-search.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import type { ViewerSource } from '../../src/model/viewer-source.ts';
import { startViewer } from '../../src/viewer/server.ts';
import type { Viewer } from '../../src/viewer/server.ts';
import { openWorker } from '../../src/worker/worker.ts';
import type { Worker } from '../../src/worker/worker.ts';
import { addRemote, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';
import { runCommand } from '../support/run-command.ts';
import { makeEvents, prompt } from '../support/hook-events.ts';

const TOKEN = 'b2'.repeat(32);
/** A loaded machine must not decide; that a slow worker is not waited for is tested by one that never answers. */
const PATIENT = { proofMs: 10_000, limitMs: 20_000 };
let repo: TestRepo;
let dataDir: string;
let worker: Worker;
let viewer: Viewer;
let answers: (FoundHere | undefined)[];

beforeEach(async () => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
  answers = [];
  write({ id: '7k2m9qx4hd3a', title: 'Two parallel refreshes rotate the same token', tags: ['auth'] });
  write({ id: '7k2mzzzzzzzz', title: 'Session store moved to Redis', type: 'decision', supersedes: [] });
  write({ id: 'c4hd7k2m9qxa', title: 'Token store in files', supersedes: ['7k2mzzzzzzzz'], type: 'decision' });
  worker = openWorker({ paths: paths(), env: env(), clock: { now: () => Date.now() }, log: silentLog, randomBytes });
  viewer = await serve(worker.viewerSource);
  await meetProject();
});
afterEach(async () => {
  await viewer.close();
  await worker.close();
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a search that the worker does', () => {
  it.each([
    ['words', ['token'], {}],
    ['words that stand nowhere', ['quasar'], {}],
    ['a mistyped word', ['sesion', 'stroe'], {}],
    ['a filter alone', [], { since: '2026' }],
    ['a type', ['store'], { type: ['decision'] }],
    ['a tag and a limit', ['token'], { tag: ['auth'], limit: '1' }],
    ['a file that nobody speaks of', ['token'], { file: ['src/none.ts'] }],
    ['something that hides', ['tok\u200Ben\u001b[31m'], {}],
  ])('answers %s as a process does that searches itself', async (_, words, options) => {
    await watched();
    present();
    const before = answered();
    const byWorker = await runCommand(where(), dataDir, 'search', words, options as Record<string, string>);
    rmSync(paths().workerFile);
    const alone = await runCommand(where(), dataDir, 'search', words, options as Record<string, string>);
    expect(byWorker.text).toBe(alone.text);
    expect(JSON.stringify(byWorker.json)).toBe(JSON.stringify(alone.json));
    expect(byWorker.exit).toBe(alone.exit);
    // On a busy machine the worker may be too slow once; the answers above are the same all the same.
    if (answered() === before) expect(await ask({ text: words.join(' '), limit: 10 })).toBeDefined();
  });

  it('names the branches of what is not pulled yet, and whose word it is', async () => {
    const bare = addRemote(repo);
    repo.git('add', '-A');
    repo.commit('three memories');
    repo.git('push', '-q', bare, 'HEAD:refs/heads/main');
    await watched();
    present();
    const byWorker = await runCommand(where(), dataDir, 'search', ['token'], { json: true });
    rmSync(paths().workerFile);
    const alone = await runCommand(where(), dataDir, 'search', ['token'], { json: true });
    expect(JSON.stringify(byWorker.json)).toBe(JSON.stringify(alone.json));
  });

  it('finds what was saved a moment before, changed or new', async () => {
    await watched();
    present();
    let byWorker = 0;
    for (let round = 0; round < 20; round++) {
      const [edited, added] = [`edited${round}`, `added${round}`];
      write({ id: '7k2m9qx4hd3a', title: 'Two parallel refreshes rotate the same token', body: `A ${edited} one.\n` });
      const before = await ask({ text: edited, limit: 5 });
      if (before !== undefined) expect(before.hits.map(({ id }) => id)).toEqual(['7k2m9qx4hd3a']);
      const id = `9qx4hd3a7k${String(round).padStart(2, '0')}`;
      write({ id, title: `Something ${added}` });
      const after = await ask({ text: added, limit: 5 });
      if (after !== undefined) expect(after.hits.map((hit) => hit.id)).toEqual([id]);
      byWorker += Number(before !== undefined) + Number(after !== undefined);
    }
    expect(byWorker).toBeGreaterThan(0);
  });

  it('goes by the settings of the process that asks', async () => {
    await watched();
    present();
    const asked = { query: { text: 'token', limit: 5 }, cwd: repo.root, vaultFlag: undefined };
    const without = { ...env(), CLAUDE_MEM_SEARCH_WITHOUT: 'recency,kind,type' };
    const found = await askWorkerSearch(paths().workerFile, { ...asked, env: without }, PATIENT);
    expect(found?.hits[0]?.why).not.toHaveProperty('recency');
    const personal = { ...env(), CLAUDE_MEM_VAULT: 'personal' };
    expect(await askWorkerSearch(paths().workerFile, { ...asked, env: personal }, PATIENT)).toBeUndefined();
  });
});

describe('the worker leaves a search to the process', () => {
  it('when it has not that vault open', async () => {
    await watched();
    present();
    const other = makeRepo();
    expect(await ask({ text: 'token', limit: 5 }, other.root)).toBeUndefined();
    other.dispose();
  });

  it('when it is of another version', async () => {
    await watched();
    present({ version: '0.0.0' });
    expect(await ask({ text: 'token', limit: 5 })).toBeUndefined();
    expect(answers).toEqual([]);
  });

  it('when it does not answer in time', async () => {
    await viewer.close();
    viewer = await serve({ ...worker.viewerSource, searchFor: () => new Promise(() => undefined) });
    present();
    const { json } = await runCommand(where(), dataDir, 'search', ['token']);
    expect(json).toMatchObject({ total: 2 });
  });

  it('when it does not watch the files any more', async () => {
    await worker.close();
    present();
    expect(await ask({ text: 'token', limit: 5 })).toBeUndefined();
    const { json } = await runCommand(where(), dataDir, 'search', ['token']);
    expect(json).toMatchObject({ total: 2 });
  });

  it('when what it answers is no answer', async () => {
    await viewer.close();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an answer that no worker of ours gives
    viewer = await serve({ ...worker.viewerSource, searchFor: async () => ({ hits: 'x' }) as unknown as FoundHere });
    present();
    const { json } = await runCommand(where(), dataDir, 'search', ['token']);
    expect(json).toMatchObject({ total: 2 });
  });
});

it('tells the worker no more of its environment than what decides where and how is searched', () => {
  const settings = ['vault', 'publish.mode', 'search.without', 'search.embedding'].map(environmentName);
  expect([...STANDPOINT_VARIABLES]).toEqual(['HOME', 'CLAUDE_MEM_DATA_DIR', ...settings]);
});

function env(): Record<string, string> {
  return {
    ...repo.env,
    CLAUDE_MEM_DATA_DIR: dataDir,
    CLAUDE_MEM_PROVIDER: 'extractive',
    CLAUDE_MEM_PUBLISH_MODE: 'off',
  };
}

function where() {
  return { root: repo.root, env: env() };
}

function paths() {
  return dataPaths(env());
}

function write(fields: Partial<Memory>): void {
  const memory = memoryOf(fields);
  repo.write(join('.claude-mem', memoryPath(memory)), serializeMemory(memory));
}

function serve(source: ViewerSource): Promise<Viewer> {
  const counting: ViewerSource = {
    ...source,
    async searchFor(asked) {
      const found = await source.searchFor?.(asked);
      answers.push(found);
      return found;
    },
  };
  const clock = { now: () => Date.now() };
  return startViewer(counting, { port: 0, token: TOKEN, version: VERSION, logger: silentLog, clock, randomBytes });
}

function present({ version = VERSION } = {}): void {
  const file = { pid: process.pid, port: viewer.port, token: TOKEN, startedAt: '2026-11-22T14:00:00Z', version };
  writeFileSync(paths().workerFile, JSON.stringify(file));
}

function answered(): number {
  return answers.filter((found) => found !== undefined).length;
}

function ask(query: { text: string; limit: number }, cwd = repo.root): Promise<FoundHere | undefined> {
  return askWorkerSearch(paths().workerFile, { query, cwd, vaultFlag: undefined, env: env() }, PATIENT);
}

/** A session's first event: the worker opens the vault. */
async function meetProject(): Promise<void> {
  const { spool: spoolDir, deadLetter } = paths();
  const first = {
    id: `${Date.now()}-1-0123abcd`,
    at: new Date().toISOString(),
    project: repo.root,
    worktree: repo.root,
  };
  const spool = openSpool(spoolDir, deadLetter);
  for (const event of makeEvents([{ ...prompt('why?'), ...first }])) spool.append(event);
  await worker.cycle();
}

/** Asks until the watch stands. */
async function watched(): Promise<void> {
  present();
  for (let found; found === undefined;) found = await ask({ text: 'token', limit: 1 });
  rmSync(paths().workerFile);
  answers.length = 0;
}
