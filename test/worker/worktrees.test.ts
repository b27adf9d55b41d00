// One worker and the linked work trees of one clone: each session's memories go to the work tree in which it ran.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSpool } from '../../src/capture/spool.ts';
import { silentLog } from '../../src/system/log.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { openWorker } from '../../src/worker/worker.ts';
import type { Worker } from '../../src/worker/worker.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { ended, makeEvents, prompt, stop } from '../support/hook-events.ts';

let main: TestRepo;
let linked: TestRepo;
let dataDir: string;
let worker: Worker;

beforeEach(() => {
  main = makeRepo();
  linked = main.worktree('feature');
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
  const env = { ...main.env, CLAUDE_MEM_DATA_DIR: dataDir, CLAUDE_MEM_PROVIDER: 'extractive' };
  worker = openWorker({
    paths: dataPaths(env),
    env,
    clock: { now: () => Date.now() },
    log: silentLog,
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  });
});
afterEach(async () => {
  await worker.close();
  main.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

it('commits the memories of each session on the branch of its own work tree', async () => {
  await work(main, 'Why does the importer drop the last row?');
  await work(linked, 'Why does the exporter write the header twice?');
  expect(memoriesOf(main)).toMatch(/importer/);
  expect(memoriesOf(main)).not.toMatch(/exporter/);
  expect(memoriesOf(linked)).toMatch(/exporter/);
  expect(memoriesOf(linked)).not.toMatch(/importer/);
  expect([main.status(), linked.status()]).toEqual(['', '']);
});

it('finds in each work tree what its branch has, however often they take turns', async () => {
  await work(main, 'Why does the importer drop the last row?');
  await work(linked, 'Why does the exporter write the header twice?');
  const found = (repo: TestRepo, text: string): number => {
    const summary = worker.viewerSource.vaults().find((vault) => vault.root === repo.root);
    return worker.viewerSource.library(summary?.key ?? '')?.search({ text, limit: 5 }).hits.length ?? -1;
  };
  for (let turn = 0; turn < 3; turn++) {
    expect(found(main, 'importer')).toBeGreaterThan(0);
    expect(found(linked, 'exporter')).toBeGreaterThan(0);
    expect(found(linked, 'importer')).toBe(0);
  }
});

/** A session of one prompt in a work tree, worked off. */
async function work(repo: TestRepo, question: string): Promise<void> {
  const paths = dataPaths({ CLAUDE_MEM_DATA_DIR: dataDir });
  const spool = openSpool(paths.spool, paths.deadLetter);
  const reply = `${question.replace('Why does', 'Because of a wrong bound').replace('?', '')}. The cause is in src/app.ts.`;
  for (const event of makeEvents([prompt(question), stop(reply), ended()]))
    spool.append({
      ...event,
      id: event.id.replace('-7-', `-${repo === main ? 1 : 2}-`),
      sessionId: repo === main ? 'in-main' : 'in-linked',
      project: repo.root,
      worktree: repo.root,
    });
  while ((await worker.cycle()).busy);
}

/** The titles of the memories that the work tree's branch has. */
function memoriesOf(repo: TestRepo): string {
  const paths = repo.git('ls-tree', '-r', '--name-only', 'HEAD', '.claude-mem');
  return paths
    .split('\n')
    .filter((path) => /\/\d\d-/.test(path))
    .map((path) => repo.git('show', `HEAD:${path}`))
    .join('\n');
}
