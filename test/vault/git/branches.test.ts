// Where memories are committed: on which branch, in which work tree, in what was fetched; and what a search of each tree sees.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../../src/app.ts';
import type { OpenVault } from '../../../src/app.ts';
import { outboxState } from '../../../src/vault/git/outbox-state.ts';
import { openOutbox } from '../../../src/vault/outbox.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';

let repo: TestRepo;
let bare: string;
let dataDir: string;
const opened: OpenVault[] = [];

beforeEach(() => {
  repo = makeRepo();
  bare = addRemote(repo);
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
});
afterEach(() => {
  for (const vault of opened.splice(0)) vault.close();
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

function open(tree: TestRepo): OpenVault {
  const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: tree.root });
  opened.push(vault);
  return vault;
}

async function titles(tree: TestRepo, everywhere = false): Promise<string[]> {
  const vault = open(tree);
  await vault.git.refreshBranches();
  vault.sync();
  const library = everywhere ? vault.branchLibrary() : vault.library;
  return library
    .recent({}, 50)
    .map((row) => `${row.title}: ${row.place}`)
    .sort();
}

describe('a memory of an unmerged branch', () => {
  it('is found in its own work tree, and elsewhere only when asked, with the name of its branch', async () => {
    const side = repo.worktree('agent/one');
    putMemory(placeOf(side), 'from the side', { branch: 'agent/one' });
    await publishIn(side);
    putMemory(placeOf(repo), 'waits here');
    expect(await titles(side)).toEqual(['from the side: vault', 'waits here: outbox']);
    expect(await titles(repo)).toEqual(['waits here: outbox']);
    expect(await titles(repo, true)).toEqual(['from the side: branch']);
    const row = open(repo).branchLibrary().recent({}, 1)[0];
    expect(open(repo).branchesOf(row?.path ?? '')).toEqual(['agent/one']);
  });

  it('waits in the outbox again as soon as its branch is deleted', async () => {
    repo.git('switch', '-q', '-c', 'lost');
    putMemory(placeOf(repo), 'nearly lost');
    await publishIn(repo);
    repo.git('switch', '-q', 'main');
    expect(await titles(repo)).toEqual([]);
    repo.git('branch', '-q', '-D', 'lost');
    expect(await titles(repo)).toEqual(['nearly lost: outbox']);
    expect(await titles(repo, true)).toEqual([]);
  });

  it('of somebody else hides and replaces nothing here', async () => {
    repo.git('switch', '-q', '-c', 'feature');
    const path = putMemory(placeOf(repo), 'the truth');
    await publishIn(repo);
    const id = path.slice(-15, -3);
    const other = cloneRepo(bare, 'other', { name: 'Bo', email: 'bo@example.org' });
    other.git('switch', '-q', '-c', 'evil');
    putMemory(placeOf(other), 'a lie', { supersedes: [id] });
    putMemory(placeOf(other), 'hide it', { kind: 'tombstone', deletes: [id] });
    await publishIn(other);
    other.git('push', '-q', 'origin', 'evil');
    repo.git('fetch', '-q');
    expect(await titles(repo)).toEqual(['the truth: vault']);
    expect(await titles(repo, true)).toEqual(['a lie: branch']);
    expect(open(repo).library.get([id]).memories[0]?.supersededBy).toBeUndefined();
  });
});

describe('a memory of the fetched default branch', () => {
  it('is found before it is pulled, marked, and is not put before a session', async () => {
    const other = cloneRepo(bare, 'other', { name: 'Bo', email: 'bo@example.org' });
    putMemory(placeOf(other), 'news from Bo');
    await publishIn(other, { now: true });
    other.git('push', '-q', 'origin', 'main');
    repo.git('fetch', '-q');
    expect(await titles(repo)).toEqual(['news from Bo: fetched']);
    expect(repo.status()).toBe('');
    const start = await open(repo).startBlock({ sessionId: 's1', source: 'startup' });
    expect(start?.text ?? '').not.toContain('news from Bo');
    repo.git('pull', '-q', '--ff-only');
    expect(await titles(repo)).toEqual(['news from Bo: vault']);
  });

  it('is not read when it is larger than a memory may be', async () => {
    const other = cloneRepo(bare, 'other');
    const head = '---\nid: 7k2m9qx4hd3a\nkind: note\ntitle: Huge\ncreated: "2026-11-22T14:32:05Z"\n---\n';
    other.commit('huge', { '.claude-mem/memories/huge.md': head + 'x'.repeat(300 * 1024) });
    other.git('push', '-q', 'origin', 'main');
    repo.git('fetch', '-q');
    expect(await titles(repo)).toEqual([]);
  });
});

describe('the outbox of a clone', () => {
  it('knows the branch and the work tree of each memory', async () => {
    const side = repo.worktree('agent/one');
    const one = putMemory(placeOf(side), 'from the side', { branch: 'agent/one' });
    await publishIn(side);
    putMemory(placeOf(repo), 'waits here');
    const state = await outboxState(placeOf(repo), { env: repo.env });
    expect(state.committed).toEqual([
      { path: one.replace('.claude-mem/', ''), branch: 'agent/one', worktree: side.root },
    ]);
    const rows = await open(repo).git.explainOutbox();
    expect(rows.map(({ title, state, reason, branch }) => ({ title, state, reason, branch }))).toEqual(
      expect.arrayContaining([
        { title: 'from the side', state: 'committed', reason: undefined, branch: 'agent/one' },
        { title: 'waits here', state: 'next', reason: undefined, branch: 'main' },
      ]),
    );
  });

  it('counts a branch that was renamed and rewritten as living', async () => {
    repo.git('switch', '-q', '-c', 'before');
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.git('branch', '-q', '-m', 'after');
    repo.git('commit', '-q', '--amend', '-m', 'amended');
    repo.git('switch', '-q', '-c', 'other', 'main');
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 0 });
  });

  it('does not wait for ever for a pushed branch that nobody has any more', async () => {
    repo.git('switch', '-q', '-c', 'gone');
    const one = putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.git('push', '-q', 'origin', 'gone');
    repo.git('switch', '-q', '-c', 'next', 'main');
    repo.git('branch', '-q', '-D', 'gone');
    const days = (count: number) => ({ now: () => Date.now() + count * 86_400_000 });
    expect(await publishIn(repo, { clock: days(1) })).toMatchObject({ committed: 0, held: 0 });
    expect(await publishIn(repo, { clock: days(20) })).toMatchObject({ committed: 1, returned: 1 });
    expect(repo.exists(one)).toBe(true);
  });

  it('stays as it is when a branch’s memories came to the default branch by a pull request and the branch is deleted', async () => {
    repo.git('switch', '-q', '-c', 'feature');
    const one = putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    repo.git('push', '-q', '-u', 'origin', 'feature');
    const host = cloneRepo(bare, 'host');
    host.git('merge', '-q', '--squash', 'origin/feature');
    host.commit('merged by the host');
    host.git('push', '-q', 'origin', 'main', ':feature');
    repo.git('switch', '-q', 'main');
    repo.git('pull', '-q', '--ff-only', '--prune');
    repo.git('branch', '-q', '-D', 'feature');
    const vault = open(repo);
    await vault.publish({ now: false, atSessionEnd: true });
    expect(repo.exists(one)).toBe(true);
    expect(openOutbox(placeOf(repo).stateDir).list()).toEqual([]);
    expect(repo.status()).toBe('');
  });

  it.each([
    ['stash -u', (tree: TestRepo) => tree.git('stash', '-q', '-u')],
    ['clean -fdx', (tree: TestRepo) => tree.git('clean', '-fdxq')],
    ['reset --hard', (tree: TestRepo) => tree.git('reset', '-q', '--hard', 'HEAD')],
    ['a deleted work tree', (tree: TestRepo) => repo.git('worktree', 'remove', '--force', tree.root)],
  ])('survives %s', async (_, ruin) => {
    const side = repo.worktree('agent/one');
    side.write('untracked.txt', 'x\n');
    const memory = putMemory(placeOf(side), 'kept', { branch: 'agent/one' });
    ruin(side);
    repo.git('switch', '-q', '-c', 'feature');
    repo.tryGit('worktree', 'prune');
    const where = repo.git('worktree', 'list').includes('agent/one') ? side : repo;
    expect(await publishIn(where)).toMatchObject({ committed: 1 });
    expect(where.exists(memory)).toBe(true);
  });
});
