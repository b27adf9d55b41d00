// `memvault purge`, looked at as somebody would who searches the disk for the text afterwards.

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { appendReceipt, readSession, sessionFile } from '../../src/inject/session-file.ts';
import { countEmbedded } from '../../src/index/vectors/vector-index.ts';
import { openVectorStore } from '../../src/index/vectors/vector-store.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { openJournal } from '../../src/vault/journal.ts';
import { openSessions } from '../../src/worker/sessions.ts';
import { addRemote, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { memoryOf } from '../support/memories.ts';
import { SESSION, placeOf, publishIn, putMemory } from '../support/publishing.ts';
import { runCommand } from '../support/run-command.ts';

/** In the title, so also in the file's name, and in the text. */
const WORD = 'zanzibarpassphrase';
let repo: TestRepo;
let dataDir: string;
beforeEach(() => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
});
afterEach(() => {
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (name: string, ids: readonly string[] = [], options = {}) => runCommand(repo, dataDir, name, ids, options);
const idOf = (path: string): string => path.slice(-15, -3);
const envOf = (tree: TestRepo) => ({ ...tree.env, CLAUDE_MEM_DATA_DIR: dataDir });

function look(tree: TestRepo): void {
  const vault = openVaultHere({ env: envOf(tree), cwd: tree.root });
  vault.sync();
  vault.branchLibrary().recent({}, 1);
  vault.close();
}

/** Files below a folder whose bytes or name hold the word. */
function filesWith(folder: string, word: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const file = join(folder, name);
    return name.includes(word) || (statSync(file).isFile() && readFileSync(file).includes(word));
  });
}

describe('purge', () => {
  it('leaves the word nowhere in the clone’s state, in its work trees’ states and in the user’s data', async () => {
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'feature');
    const memory = putMemory(placeOf(repo), `The ${WORD} opens it`, { body: `Type ${WORD} at the door.\n` });
    putMemory(placeOf(repo), 'to stay');
    await publishIn(repo);
    const tree = repo.worktree('topic');
    repo.git('switch', '-q', '-c', 'other');
    const id = idOf(memory);
    const title = `The ${WORD} opens it`;
    const { stateDir } = placeOf(repo);
    const paths = dataPaths(envOf(repo));
    look(repo);
    look(tree);
    const vault = openVaultHere({ env: envOf(repo), cwd: repo.root });
    await vault.publish({ now: true, atSessionEnd: false });
    const model = { id: 'test', dimensions: 2 };
    const vectors = openVectorStore(vault.vectorFile, { now: () => Date.now() });
    vectors.put(model, [{ id, fingerprint: 'f', chunks: ['x'] }], new Map([['x', new Float32Array([0.5, 0.25])]]));
    vectors.snapshot(model);
    vectors.close();
    vault.close();
    const known = [{ id, type: 'discovery', title, gist: `Type ${WORD}` } as const];
    const draft = { title, request: [WORD], investigated: [], learned: [], completed: [], nextSteps: [] };
    const session = {
      v: 1,
      sessionId: SESSION,
      project: repo.root,
      place: placeOf(repo),
      lastEventAt: '2026-11-22T14:00:00Z',
      known,
      insideTurn: false,
      summaryDue: false,
    } as const;
    openSessions(paths.sessions).write({ ...session, summaryId: id, written: draft, summary: draft });
    const item = { id, title, rule: 'recent', tokens: 9 };
    const receipt = {
      sessionId: SESSION,
      at: '2026-11-22T14:00:00Z',
      event: 'startup',
      root: repo.root,
      items: [item],
      cut: [{ id, title, reason: 'budget' }],
      tokens: 9,
      budgetTokens: 100,
      leftOut: 0,
    } as const;
    appendReceipt(sessionFile(paths.sessions, SESSION), receipt);
    const observation = { type: 'discovery', title, narrative: WORD, facts: [], files: [], tags: [] } as const;
    openJournal(stateDir).write({
      v: 1,
      batch: 'b1',
      eventIds: ['e1'],
      step: 'written',
      memories: [memoryOf({ id, title })],
      compression: { observations: [observation], summary: draft, by: 'extractive' },
      session: { ...session, summaryId: id, written: draft, summary: draft },
      at: '2026-11-22T14:00:00Z',
    });
    openJournal(stateDir).write({
      v: 1,
      batch: 'b2',
      eventIds: ['e2'],
      step: 'written',
      memories: [],
      session: { ...session },
      at: '2026-11-22T14:00:00Z',
    });
    expect(filesWith(stateDir, WORD).length).toBeGreaterThan(4);
    expect(filesWith(dataDir, WORD).length).toBeGreaterThan(1);

    await run('purge', [id]);
    expect(filesWith(join(repo.root, '.git', 'claude-mem'), WORD)).toEqual([]);
    for (const linked of readdirSync(join(repo.root, '.git', 'worktrees')))
      expect(filesWith(join(repo.root, '.git', 'worktrees', linked, 'claude-mem'), WORD)).toEqual([]);
    expect(filesWith(dataDir, WORD)).toEqual([]);
    expect(countEmbedded(join(stateDir, 'vectors.sqlite'), 'test')).toBe(0);
    expect(readSession(sessionFile(paths.sessions, SESSION)).given()).toContain(id);
    expect(openSessions(paths.sessions).read(SESSION)).toMatchObject({ known: [], summaryDue: false });
    // What waits and is not purged is as it was.
    expect(
      openJournal(stateDir)
        .list()
        .map(({ batch }) => batch)
        .sort(),
    ).toEqual(['b1', 'b2']);
  });

  it('names the work trees and branches that still have the file, and the command for each', async () => {
    const memory = putMemory(placeOf(repo), 'in two places');
    await publishIn(repo);
    const tree = repo.worktree('topic');
    const done = await run('purge', [idOf(memory)]);
    expect(done.json).toMatchObject({ otherWorktrees: [{ root: tree.root, paths: [memory] }] });
    expect(done.text).toContain(`cd ${tree.root} && memvault purge ${idOf(memory)}`);
    expect(done.text).toContain('refs/heads/topic');
  });

  it('finds in the history what people renamed, what only a reflog reaches, and what a stash keeps', async () => {
    const memory = putMemory(placeOf(repo), 'often moved');
    await publishIn(repo);
    repo.git('mv', memory, '.claude-mem/memories/2026/11/by-hand.md');
    repo.git('commit', '-q', '-m', 'rename');
    const done = await run('purge', [idOf(memory)]);
    expect(done.text).toContain(`--path ${memory}`);
    expect(done.text).toContain('--path .claude-mem/memories/2026/11/by-hand.md');

    const gone = putMemory(placeOf(repo), 'on a deleted branch');
    repo.git('switch', '-q', '-c', 'brief');
    await publishIn(repo);
    repo.git('switch', '-q', 'main');
    repo.git('branch', '-q', '-D', 'brief');
    const left = await run('purge', [idOf(gone)]);
    expect(left.json).toMatchObject({ fromOutbox: 1, history: { refs: [], isInReflog: true } });
    expect(left.text).toContain('git reflog expire --expire=now --all && git gc --prune=now');
    expect(left.text).not.toContain('filter-repo');
  });

  it('names the branches, the remote and the stash that hold what was committed, pushed and set aside', async () => {
    // Without which a file of a first commit would be in no log.
    repo.git('config', 'log.showRoot', 'false');
    addRemote(repo);
    const memory = putMemory(placeOf(repo), 'pushed and set aside');
    await publishIn(repo, { defaultBranch: 'commit' });
    repo.git('push', '-q', 'origin', 'HEAD:main', 'HEAD:refs/heads/for-all');
    repo.git('fetch', '-q', 'origin');
    repo.git('switch', '-q', '-c', 'another');
    repo.commit('more', { 'a.txt': 'a' });
    repo.git('tag', 'v1');
    repo.git('switch', '-q', 'main');
    repo.write(memory, `${repo.read(memory)}\nand more\n`);
    repo.git('stash');
    const done = await run('purge', [idOf(memory)]);
    expect(done.json).toMatchObject({
      history: {
        paths: [memory],
        refs: [
          'refs/heads/another',
          'refs/heads/main',
          'refs/remotes/origin/HEAD',
          'refs/remotes/origin/for-all',
          'refs/remotes/origin/main',
          'refs/stash',
          'refs/tags/v1',
        ],
        remotes: ['origin'],
        isInReflog: true,
      },
    });
    for (const name of ['another', 'origin', 'stash']) expect(done.text).toContain(name);
  });

  it('finds what only a stash of new files holds, and what only a merge brought', async () => {
    repo.git('config', 'log.showRoot', 'false');
    const stashed = putMemory(placeOf(repo), 'new and set aside');
    repo.write(
      stashed,
      readFileSync(join(placeOf(repo).stateDir, 'outbox', stashed.replace('.claude-mem/', '')), 'utf8'),
    );
    repo.git('stash', '-u');
    const first = await run('purge', [idOf(stashed)]);
    expect(first.json).toMatchObject({ history: { paths: [stashed], refs: ['refs/stash'] } });
    repo.git('stash', 'drop', '-q');

    const merged = putMemory(placeOf(repo), 'slipped into a merge');
    const text = readFileSync(join(placeOf(repo).stateDir, 'outbox', merged.replace('.claude-mem/', '')), 'utf8');
    repo.git('switch', '-q', '-c', 'side');
    repo.commit('side', { 'b.txt': 'b' });
    repo.git('switch', '-q', 'main');
    repo.commit('main', { 'c.txt': 'c' });
    repo.git('merge', '-q', '--no-ff', '--no-commit', 'side');
    repo.write(merged, text);
    repo.git('add', '-f', merged);
    repo.git('commit', '-q', '-m', 'merge');
    const second = await run('purge', [idOf(merged)]);
    expect(second.json).toMatchObject({ history: { paths: [merged], refs: ['refs/heads/main'] } });
  });

  it('tells of events of the session that wait still and may hold the same', async () => {
    const memory = putMemory(placeOf(repo), 'from a session');
    const { spool, deadLetter } = dataPaths(envOf(repo));
    for (const [folder, name] of [
      [join(spool, 'new'), '1.json'],
      [deadLetter, '2.json'],
    ] as const) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), JSON.stringify({ session: SESSION, text: 'anything' }));
    }
    const done = await run('purge', [idOf(memory)]);
    expect(done.json).toMatchObject({ events: [join(spool, 'new', '1.json'), join(deadLetter, '2.json')] });
    expect(done.text).toContain('2 events');
    expect(done.text).toContain(join(deadLetter, '2.json'));
  });

  it('says where a memory is that lies on another branch only, or in an archive', async () => {
    const memory = putMemory(placeOf(repo), 'elsewhere', { created: '2025-03-10T10:00:00Z' });
    await publishIn(repo);
    repo.git('switch', '-q', '--orphan', 'empty');
    repo.commit('none', { 'a.txt': 'a' });
    rmSync(join(placeOf(repo).stateDir, 'outbox'), { recursive: true, force: true });
    await expect(run('purge', [idOf(memory)])).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('git switch main') as string,
    });
    repo.git('switch', '-q', 'main');
    await run('compact', [], { before: '2026-01' });
    await expect(run('purge', [idOf(memory)])).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringMatching(/Archive of 2025-03.*memvault purge \w{12}/s) as string,
    });
  });
});
