// Where the vault is: in real repositories, linked work trees, folders without Git, and the home.

import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import type { FsFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import { dataPaths } from '../../src/system/paths.ts';
import { resolvePlace } from '../../src/vault/place.ts';
import type { PlaceInput, ResolvedPlace } from '../../src/vault/place.ts';

describe('the place of a vault', () => {
  it('is the top level of the repository around the project, its state in the Git directory', async () => {
    await using world = await openWorld({ 'repo/src/a.ts': '' });
    git(world, 'repo', 'init', '-q', '-b', 'main');
    const repo = at(world, 'repo');
    for (const input of [{ projectDir: at(world, 'repo/src') }, { cwd: at(world, 'repo/src') }, { vaultFlag: repo }])
      expect(resolve(world, input)).toMatchObject({
        place: {
          kind: 'repository',
          root: repo,
          vaultDir: join(repo, '.claude-mem'),
          stateDir: join(repo, '.git/claude-mem'),
          gitDir: join(repo, '.git'),
          commonDir: join(repo, '.git'),
        },
        exists: false,
      });
  });

  it('is taken from the project, not from where the agent has gone', async () => {
    await using world = await openWorld({ 'repo/a': '', 'other/.claude-mem/memories/a.md': '' });
    git(world, 'repo', 'init', '-q', '-b', 'main');
    const resolved = resolve(world, { projectDir: at(world, 'repo'), cwd: at(world, 'other') });
    expect(resolved).toMatchObject({ place: { root: at(world, 'repo') }, origin: 'project' });
  });

  it('shares the state and the personal vault between the work trees of a clone', async () => {
    await using world = await openWorld({ 'repo/a': '' });
    git(world, 'repo', 'init', '-q', '-b', 'main');
    git(
      world,
      'repo',
      '-c',
      'user.name=T',
      '-c',
      'user.email=t@example.test',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'x',
    );
    git(world, 'repo', 'worktree', 'add', '-q', '../linked');
    const main = resolve(world, { projectDir: at(world, 'repo') });
    const linked = resolve(world, { projectDir: at(world, 'linked') });
    expect(linked.place.root).toBe(at(world, 'linked'));
    expect(linked.place.gitDir).not.toBe(main.place.gitDir);
    expect(linked.place.stateDir).toBe(main.place.stateDir);
    expect(linked.personal).toEqual(main.personal);
  });

  it('is not in the Git directory of a work tree whose repository was moved away: nobody would find it there again', async () => {
    await using world = await openWorld({ 'repo/a': '' });
    git(world, 'repo', 'init', '-q', '-b', 'main');
    git(
      world,
      'repo',
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@example.org',
      'commit',
      '-q',
      '--allow-empty',
      '-m',
      'a',
    );
    git(world, 'repo', 'worktree', 'add', '-q', '../linked');
    git(world, 'repo', 'worktree', 'add', '-q', 'inside');
    renameSync(join(at(world, 'repo'), '.git', 'worktrees'), join(at(world, 'repo'), '.git', 'elsewhere'));
    expect(resolve(world, { cwd: at(world, 'linked') }).place.kind).toBe('personal');
    expect(resolve(world, { cwd: at(world, 'repo/inside') }).place).toMatchObject({ root: at(world, 'repo') });
  });

  it('is a folder with a .claude-mem and no Git, from below too, its state in the ignored cache', async () => {
    await using world = await openWorld({ 'notes/.claude-mem/memories/a.md': '', 'notes/deep/er/x': '' });
    const notes = at(world, 'notes');
    for (const input of [
      { cwd: at(world, 'notes/deep/er') },
      { vaultFlag: notes },
      { vaultFlag: join(notes, '.claude-mem') },
      { vaultFlag: 'notes', cwd: at(world, '') },
    ])
      expect(resolve(world, input)).toMatchObject({
        place: { kind: 'folder', root: notes, stateDir: join(notes, '.claude-mem/cache') },
        exists: true,
      });
  });

  it('named by --vault may lie inside a repository without being its vault', async () => {
    await using world = await openWorld({ 'repo/fixtures/v/.claude-mem/memories/a.md': '' });
    git(world, 'repo', 'init', '-q', '-b', 'main');
    expect(resolve(world, { vaultFlag: at(world, 'repo/fixtures/v') }).place.kind).toBe('folder');
    expect(resolve(world, { vaultFlag: at(world, 'repo/fixtures') }).place.root).toBe(at(world, 'repo'));
    expect(resolve(world, { cwd: at(world, 'repo/fixtures/v') }).place.root).toBe(at(world, 'repo'));
  });

  it('is personal for everything else: named by base name and path, found again by --vault', async () => {
    await using world = await openWorld({ 'my project/a': '' });
    const { place, personal } = resolve(world, { projectDir: at(world, 'my project') });
    expect(place).toEqual(personal);
    expect(place.kind).toBe('personal');
    expect(place.root).toMatch(/\/home\/\.claude-mem\/memvault\/vaults\/my-project-[0-9a-f]{8}$/);
    mkdirSync(place.vaultDir, { recursive: true });
    execFileSync('git', ['init', '-q', place.root]);
    expect(resolve(world, { vaultFlag: place.root }).place).toEqual({ ...place, root: realpathSync(place.root) });
  });

  it('is never the home or what holds the data folder, not even as a repository of dotfiles', async () => {
    await using world = await openWorld({ 'home/.claude-mem/settings.json': '{}', 'home/work/a': '' });
    git(world, 'home', 'init', '-q', '-b', 'main');
    for (const input of [{ cwd: at(world, 'home') }, { cwd: at(world, 'home/work') }, { cwd: at(world, '') }])
      expect(resolve(world, input).place.kind).toBe('personal');
    for (const vaultFlag of [at(world, 'home'), at(world, 'home/.claude-mem')])
      expect(() => resolve(world, { vaultFlag })).toThrow(expect.objectContaining({ code: 'denied' }));
  });

  it('is denied when .claude-mem, or its cache, is a link or a file', async () => {
    await using world = await openWorld({ 'repo/a': '', 'file/.claude-mem': 'x', 'v/.claude-mem/memories/a.md': '' });
    git(world, 'repo', 'init', '-q', '-b', 'main');
    symlinkSync(at(world, 'home'), join(at(world, 'repo'), '.claude-mem'));
    symlinkSync(at(world, 'home'), join(at(world, 'v'), '.claude-mem/cache'));
    for (const folder of ['repo', 'file', 'v']) {
      const found = resolve(world, { cwd: at(world, folder) });
      expect(found.fault).toMatchObject({ code: 'denied' });
      expect(found.personal.kind).toBe('personal');
    }
    expect(() => resolve(world, { vaultFlag: at(world, 'repo') })).toThrow(expect.objectContaining({ code: 'denied' }));
  });

  it('is not found where --vault names a folder without one', async () => {
    await using world = await openWorld({ 'empty/a': '' });
    for (const vaultFlag of [at(world, 'empty'), join(at(world, 'empty'), 'gone')])
      expect(() => resolve(world, { vaultFlag })).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});

/** A folder with a home and what the test needs. */
async function openWorld(tree: Record<string, string>): Promise<FsFixture> {
  return createFixture({ 'home/.keep': '', ...tree });
}

function at(world: FsFixture, path: string): string {
  return join(realpathSync(world.path), path);
}

function resolve(world: FsFixture, input: Partial<PlaceInput>): ResolvedPlace {
  const home = at(world, 'home');
  return resolvePlace({ cwd: at(world, ''), home, paths: dataPaths({ HOME: home }), ...input });
}

function git(world: FsFixture, folder: string, ...args: string[]): void {
  execFileSync('git', ['-C', at(world, folder), ...args], { stdio: 'pipe' });
}
