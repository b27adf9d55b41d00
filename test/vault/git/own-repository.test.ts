// Repositories that are memvault's own: a personal vault on several machines, a team's vault repository, moves between vaults.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultFor, openVaultHere } from '../../../src/app.ts';
import type { OpenVault } from '../../../src/app.ts';
import { takeLock } from '../../../src/system/lock.ts';
import { monthFolders } from '../../../src/vault/git/newest-months.ts';
import { addRemote, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { memoryOf } from '../../support/memories.ts';
import { outboxPaths, placeOf, publishIn, putMemory } from '../../support/publishing.ts';
import { runCommand } from '../../support/run-command.ts';

let repo: TestRepo;
let bare: string;
const dataDirs: string[] = [];
let [here, there] = ['', ''];
const opened: OpenVault[] = [];

beforeEach(() => {
  repo = makeRepo();
  bare = join(repo.home, 'memories.git');
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', '--template=', bare], { env: repo.env });
  execFileSync('git', ['-C', bare, 'config', 'uploadpack.allowFilter', 'true'], { env: repo.env });
  [here = '', there = ''] = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'memvault-data-')));
  dataDirs.push(here, there);
});
afterEach(() => {
  for (const vault of opened.splice(0)) vault.close();
  repo.dispose();
  for (const dir of dataDirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function open(dataDir: string): OpenVault {
  const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
  opened.push(vault);
  return vault;
}

const run = (dataDir: string, name: string, positionals: string[] = [], options = {}) =>
  runCommand(repo, dataDir, name, positionals, options);

async function write(dataDir: string, id: string, title: string, created = '2026-11-22T14:32:05Z'): Promise<void> {
  const vault = open(dataDir);
  vault.outbox.put(memoryOf({ id, title, created }));
  expect(await vault.publish({ now: true, atSessionEnd: false })).toMatchObject({ committed: 1, held: 0 });
}

function titles(dataDir: string): string[] {
  const vault = open(dataDir);
  vault.sync();
  return vault.library
    .recent({}, 50)
    .map((row) => row.title)
    .sort();
}

describe('a personal vault with a remote', () => {
  it('comes to the same on two machines, and never touches the project’s repository', async () => {
    const before = [repo.head(), repo.status(), repo.git('remote')];
    await run(here, 'init', [], { personal: true, remote: bare });
    await run(there, 'init', [], { personal: true });
    await write(here, '000000000001', 'from here');
    await write(there, '000000000002', 'from there');
    await run(there, 'init', [], { personal: true, remote: bare });
    expect(await run(here, 'sync')).toMatchObject({ json: { state: 'reached' } });
    expect(await run(there, 'sync')).toMatchObject({ json: { state: 'reached', ahead: 0 } });
    await run(here, 'sync');
    expect(titles(here)).toEqual(['from here', 'from there']);
    expect(titles(there)).toEqual(['from here', 'from there']);
    expect([repo.head(), repo.status(), repo.git('remote')]).toEqual(before);
    expect((await run(here, 'sync')).json).toMatchObject({ pushed: 0, merged: 0 });
  });

  it('merges by field what was edited on both', async () => {
    await run(here, 'init', [], { personal: true, remote: bare });
    await write(here, '000000000001', 'one');
    await run(here, 'sync');
    await run(there, 'init', [], { personal: true, remote: bare });
    for (const [dataDir, word] of [
      [here, 'ours'],
      [there, 'theirs'],
    ] as const) {
      const vault = open(dataDir);
      const path = vault.library.get(['000000000001']).memories[0]?.path ?? '';
      const file = join(vault.place.vaultDir, path);
      const git = (...args: string[]) => execFileSync('git', ['-C', vault.place.root, ...args], { env: repo.env });
      writeFileSync(
        file,
        `---\nid: "000000000001"\nkind: note\ntitle: one\ncreated: "2026-11-22T14:32:05Z"\n---\nText of ${word}.\n`,
      );
      git('-c', 'user.name=x', '-c', 'user.email=x@y', 'commit', '-q', '-a', '-m', 'by hand');
    }
    await run(here, 'sync');
    await run(there, 'sync');
    const merged = open(there).library.get(['000000000001']).memories[0];
    expect(merged?.body).toContain('Text of ours.');
    expect(merged?.body).toContain('Text of theirs.');
  });

  it('goes on when the remote is away, and is pushed by itself later', async () => {
    await run(here, 'init', [], { personal: true, remote: bare });
    renameSync(bare, `${bare}.away`);
    await write(here, '000000000001', 'meanwhile');
    expect((await run(here, 'sync')).json).toMatchObject({ state: 'offline', pushed: 0 });
    const vault = open(here);
    expect(vault.git.isSyncDue()).toBe(false);
    renameSync(`${bare}.away`, bare);
    expect((await run(here, 'sync')).json).toMatchObject({ state: 'reached', pushed: expect.any(Number) });
    await write(here, '000000000002', 'and then');
    expect(titles(here)).toEqual(['and then', 'meanwhile']);
  });

  it('waits for a publish of the same process, and lets it go on meanwhile', async () => {
    await run(here, 'init', [], { personal: true, remote: bare });
    await write(here, '000000000001', 'from here');
    const vault = open(here);
    const [path = ''] = outboxPaths(vault.place);
    const whilePublishing = async <T>(work: () => Promise<T>): Promise<T> => {
      const lock = takeLock(join(vault.place.stateDir, 'publish.lock'), 0);
      setTimeout(() => lock?.release(), 100);
      return work();
    };
    expect(await whilePublishing(() => vault.git.sync({ push: false }))).toMatchObject({ state: 'reached' });
    expect(
      await whilePublishing(() =>
        vault.git.removeFiles([path.replace(/^\.claude-mem\//, '')], 'chore(memory): forget'),
      ),
    ).toMatch(/^[0-9a-f]{40}$/);
  });

  it('takes no command for an address', async () => {
    for (const remote of ['ext::sh -c touch% /tmp/x', '--upload-pack=x'])
      await expect(run(here, 'init', [], { personal: true, remote })).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(run(here, 'init', [], { remote: bare })).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('a vault repository of its own', () => {
  it('is shared by a team, stays out of the project, and can keep only the newest months', async () => {
    addRemote(repo);
    await run(here, 'init', [], { repo: `file://${bare}` });
    await write(here, '000000000001', 'years ago', '2020-05-01T00:00:00Z');
    await write(here, '000000000002', 'today', new Date().toISOString().slice(0, 19) + 'Z');
    await run(here, 'sync');
    await run(there, 'init', [], { repo: `file://${bare}`, months: '6' });
    expect(titles(there)).toEqual(['today']);
    await write(there, '000000000003', 'by a colleague', new Date().toISOString().slice(0, 19) + 'Z');
    await run(there, 'sync');
    await run(here, 'sync');
    expect(titles(here)).toEqual(['by a colleague', 'today', 'years ago']);
    expect(existsSync(join(open(there).place.vaultDir, 'memories', '2020'))).toBe(false);
    expect(repo.status()).toBe('');
    expect(repo.exists('.claude-mem')).toBe(false);
    const forSession = await openVaultFor({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: here }, cwd: repo.root });
    expect(forSession?.place.root).toBe(open(here).place.root);
    expect((await forSession?.startBlock({ sessionId: 's', source: 'startup' }))?.notice ?? '').not.toContain(
      'memvault init',
    );
    forSession?.close();
    await run(here, 'init');
    expect(open(here).place.kind).toBe('repository');
  });

  it('names the months by their folders, the next one included', () => {
    expect(monthFolders(2, Date.parse('2026-12-15T00:00:00Z'))).toEqual([
      '.claude-mem/memories/2027/01',
      '.claude-mem/sessions/2027/01',
      '.claude-mem/memories/2026/12',
      '.claude-mem/sessions/2026/12',
      '.claude-mem/memories/2026/11',
      '.claude-mem/sessions/2026/11',
    ]);
  });
});

describe('move', () => {
  it('carries a memory to the personal vault and back', async () => {
    const memory = putMemory(placeOf(repo), 'private after all');
    await publishIn(repo);
    const id = memory.slice(-15, -3);
    await run(here, 'move', [id.slice(0, 7)], { to: 'personal' });
    const repository = open(here);
    expect(repository.place.kind).toBe('repository');
    expect(repository.library.get([id]).memories).toEqual([]);
    const vaults = join(here, 'memvault', 'vaults');
    const [name = ''] = readdirSync(vaults);
    const files = execFileSync('git', ['-C', join(vaults, name), 'ls-files'], { env: repo.env, encoding: 'utf8' });
    expect(files).toContain(id);
    const back = await run(here, 'move', [id], { to: 'repo' });
    // The repository has forgotten the old id for good.
    const newId = (back.json as { moved: { newId: string }[] }).moved[0]?.newId ?? '';
    expect(newId).toMatch(/^[0-9a-z]{12}$/);
    expect(repository.library.get([newId]).memories[0]?.title).toBe('private after all');
    expect(
      execFileSync('git', ['-C', join(vaults, name), 'ls-files'], { env: repo.env, encoding: 'utf8' }),
    ).not.toContain(id);
  });

  it('leaves no trace in the repository of what was never committed', async () => {
    const memory = putMemory(placeOf(repo), 'only waits');
    await run(here, 'move', [memory.slice(-15, -3)], { to: 'personal' });
    expect(outboxPaths(placeOf(repo))).toEqual([]);
    expect(repo.status()).toBe('');
  });

  it('to a repository that the project does not use is committed at once, since no session would do it', async () => {
    await run(here, 'init', [], { personal: true });
    await write(here, '7k2m9qx4hd3b', 'for everybody');
    const done = await run(here, 'move', ['7k2m9qx4hd3b'], { to: 'repo' });
    expect(repo.git('show', '--format=', '--name-only', 'HEAD')).toContain('7k2m9qx4hd3b');
    expect(done.text).toContain(`memvault search --vault ${repo.root} <words>`);
    await write(here, '7k2m9qx4hd3c', 'held');
    repo.git('checkout', '-q', '--detach');
    expect((await run(here, 'move', ['7k2m9qx4hd3c'], { to: 'repo' })).text).toContain(
      `By hand: \`memvault publish --now --vault ${repo.root}\`.`,
    );
  });

  it('hides what another branch has already, though it looks as if it only waited', async () => {
    repo.git('switch', '-q', '-c', 'feature');
    const memory = putMemory(placeOf(repo), 'committed elsewhere');
    await publishIn(repo);
    repo.git('switch', '-q', 'main');
    await run(here, 'move', [memory.slice(-15, -3)], { to: 'personal' });
    expect(open(here).deletedIds()).toContain(memory.slice(-15, -3));
    repo.git('merge', '-q', 'feature');
    expect(open(here).library.get([memory.slice(-15, -3)]).memories).toEqual([]);
  });

  it('says where a memory is already, and `purge` that the personal vault has it too', async () => {
    const memory = putMemory(placeOf(repo), 'moved twice');
    const id = memory.slice(-15, -3);
    await publishIn(repo);
    await run(here, 'move', [id], { to: 'personal' });
    await expect(run(here, 'move', [id], { to: 'personal' })).rejects.toMatchObject({
      code: 'conflict',
      message: `${id.slice(0, 7)} is in your personal vault already: moved twice`,
    });
    expect((await run(here, 'purge', [id])).text).toContain(
      `memvault purge ${id} --vault ${join(here, 'memvault', 'vaults')}`,
    );
  });

  it('says what it expects', async () => {
    await expect(run(here, 'move', ['abcd'])).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(run(here, 'move', ['abcd'], { to: 'repo' })).rejects.toMatchObject({ code: 'not_found' });
  });
});
