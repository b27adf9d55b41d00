// Forgetting, purging and compacting: what is gone, where, and what comes back never.

import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../../src/app.ts';
import { openJournal } from '../../../src/vault/journal.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { memoryOf } from '../../support/memories.ts';
import { outboxPaths, placeOf, publishIn, putMemory } from '../../support/publishing.ts';
import { runCommand } from '../../support/run-command.ts';

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

function titles(tree: TestRepo = repo): string[] {
  const vault = openVaultHere({ env: { ...tree.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: tree.root });
  vault.sync();
  const rows = vault.library.recent({}, 50).map((row) => row.title);
  vault.close();
  return rows.sort();
}

describe('forget', () => {
  it('hides a memory at once, in other clones after a pull, and for good', async () => {
    const bare = addRemote(repo);
    const memory = putMemory(placeOf(repo), 'best forgotten');
    putMemory(placeOf(repo), 'to stay');
    await publishIn(repo, { now: true });
    repo.git('push', '-q', 'origin', 'main');
    const other = cloneRepo(bare, 'other');
    await run('forget', [idOf(memory).slice(0, 6)]);
    expect(titles()).toEqual(['to stay']);
    await publishIn(repo, { now: true });
    repo.git('push', '-q', 'origin', 'main');
    expect(titles(other)).toEqual(['best forgotten', 'to stay']);
    other.git('pull', '-q', '--ff-only');
    expect(titles(other)).toEqual(['to stay']);
    // The same memory again, as an import or a redone batch would bring it.
    putMemory(placeOf(other), 'best forgotten');
    expect(titles(other)).toEqual(['to stay']);
  });

  it('is not learned again under another id', async () => {
    const memory = putMemory(placeOf(repo), 'The token is rotated twice');
    await publishIn(repo);
    await run('forget', [idOf(memory)]);
    const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
    expect(vault.forgotten().find((title) => title === 'The token is rotated twice')?.id).toBe(idOf(memory));
    expect(vault.forgotten().find((title) => title === 'The token is rotated once')).toBeUndefined();
    vault.close();
  });

  it('never commits what only waited, and takes the versions along that a memory had replaced', async () => {
    const first = putMemory(placeOf(repo), 'first version');
    await publishIn(repo);
    const second = putMemory(placeOf(repo), 'second version', { supersedes: [idOf(first)] });
    await run('forget', [idOf(second)]);
    expect(titles()).toEqual([]);
    await publishIn(repo);
    expect(repo.git('log', '-p', '--all')).not.toContain('second version');
  });

  it('takes the second time for done', async () => {
    const memory = putMemory(placeOf(repo), 'best forgotten');
    await run('forget', [idOf(memory)]);
    const tombstones = outboxPaths(placeOf(repo));
    expect((await run('forget', [idOf(memory)])).text).toContain(`Forgotten already: ${idOf(memory)}`);
    expect(outboxPaths(placeOf(repo))).toEqual(tombstones);
  });

  it('says what it does not know', async () => {
    await expect(run('forget', ['zzzz'])).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('purge', () => {
  it('removes the file, the outbox copy, the journal’s copy and the index, commits that, and tells of the history', async () => {
    addRemote(repo);
    repo.git('switch', '-q', '-c', 'feature');
    const memory = putMemory(placeOf(repo), 'a secret slipped in');
    const other = putMemory(placeOf(repo), 'to stay');
    await publishIn(repo);
    repo.git('push', '-q', 'origin', 'feature');
    openJournal(placeOf(repo).stateDir).write({
      v: 1,
      batch: 'b1',
      eventIds: ['e1'],
      step: 'written',
      memories: [memoryOf({ id: idOf(memory), title: 'a secret slipped in' })],
      at: '2026-11-22T14:00:00Z',
    });
    repo.write('src/app.ts', 'work in progress\n');
    repo.git('add', 'src/app.ts');
    expect(titles()).toHaveLength(2);
    const done = await run('purge', [idOf(memory).slice(0, 8)]);
    expect(repo.exists(memory)).toBe(false);
    expect(repo.exists(other)).toBe(true);
    expect(repo.git('show', '--format=%s', '--name-status', 'HEAD')).toBe(
      `chore(memory): remove 1 memory\n\nD\t${memory}`,
    );
    expect(repo.status()).toBe('M  src/app.ts');
    expect(done.text).toContain(`git filter-repo --invert-paths --path ${memory}`);
    expect(done.text).toContain('refs/remotes/origin/feature');
    expect(filesWith(placeOf(repo).stateDir, 'a secret slipped in')).toEqual([]);
    await publishIn(repo);
    expect(titles()).toEqual(['to stay']);
    expect(repo.git('grep', '-c', '', 'HEAD', '--', '.claude-mem')).not.toContain(memory);
  });

  it('works for a memory that is forgotten already, and for one that only waits', async () => {
    const memory = putMemory(placeOf(repo), 'forgotten first');
    await publishIn(repo);
    await run('forget', [idOf(memory)]);
    expect((await run('purge', [idOf(memory)])).text).toContain(`Removed ${memory}`);
    const waiting = putMemory(placeOf(repo), 'only waits');
    const done = await run('purge', [idOf(waiting)]);
    expect(done.json).toMatchObject({ fromOutbox: 1, history: { commits: [] } });
    expect(outboxPaths(placeOf(repo))).not.toContain(waiting);
    await expect(run('purge', ['000000000000'])).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leaves a file with changes of the user’s and says how to remove it', async () => {
    const memory = putMemory(placeOf(repo), 'edited by hand');
    await publishIn(repo);
    repo.write(memory, `${repo.read(memory)}\nMine.\n`);
    const done = await run('purge', [idOf(memory)]);
    expect(done.text).toContain('NOT removed from the branch');
    expect(repo.read(memory)).toContain('Mine.');
  });
});

describe('compact', () => {
  it('folds old months into archives, in one commit that can be taken back', async () => {
    const old = { created: '2025-03-10T10:00:00Z' };
    const one = putMemory(placeOf(repo), 'old one', { ...old, files: [{ path: 'src/app.ts', blob: '9c1e0b2d44aa' }] });
    const two = putMemory(placeOf(repo), 'old two', { ...old, supersedes: [idOf(one)] });
    const gone = putMemory(placeOf(repo), 'old three', old);
    const pinned = putMemory(placeOf(repo), 'old and pinned', { ...old, tags: ['pinned'] });
    putMemory(placeOf(repo), 'forgotten', { ...old, kind: 'tombstone', deletes: [idOf(gone)] });
    const fresh = putMemory(placeOf(repo), 'fresh');
    await publishIn(repo);
    expect(titles()).toEqual(['fresh', 'old and pinned', 'old one', 'old two']);
    const head = repo.head();
    expect((await run('compact', [], { before: '2026-01', 'dry-run': true })).json).toMatchObject({
      folded: 1,
      dropped: 2,
    });
    expect(repo.head()).toBe(head);
    const done = await run('compact', [], { before: '2026-01' });
    expect(done.json).toMatchObject({ months: ['2025-03'], folded: 1, dropped: 2, archives: 2 });
    expect(repo.git('rev-parse', 'HEAD~1')).toBe(head);
    for (const path of [one, two, gone]) expect(repo.exists(path)).toBe(false);
    for (const path of [pinned, fresh]) expect(repo.exists(path)).toBe(true);
    expect(repo.status()).toBe('');
    expect(titles()).toEqual(['Archive of 2025-03', 'fresh', 'old and pinned']);
    const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
    expect(vault.library.search({ text: 'old two', limit: 5 }).hits[0]?.title).toBe('Archive of 2025-03');
    expect(vault.diagnostics()).toEqual([]);
    vault.close();
    // A branch that still has the old files brings them back hidden.
    repo.git('switch', '-q', '-c', 'old-branch', head);
    repo.git('checkout', '-q', 'main', '--', '.claude-mem/memories');
    expect(titles()).not.toContain('old three');
    expect((await run('compact', [], { before: '2026-01' }).catch((error: unknown) => error)) as Error).toMatchObject({
      code: 'held',
    });
  });

  it('has nothing to do twice, and refuses a wrong month', async () => {
    putMemory(placeOf(repo), 'fresh');
    await publishIn(repo);
    expect((await run('compact', [], { before: '2026-01' })).text).toContain('Nothing is older');
    await expect(run('compact', [], { before: 'last year' })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

/** Files below a folder that hold a text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && readFileSync(file).includes(text));
}
