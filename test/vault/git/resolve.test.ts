// Memories that people edited on two branches: resolved from Git's stages, by merge and by rebase, with nothing lost.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../../src/app.ts';
import { parseMemoryFile } from '../../../src/vault/memory-file.ts';
import { resolveConflicts } from '../../../src/vault/git/resolve.ts';
import { makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';

let repo: TestRepo;
let memory: string;
beforeEach(async () => {
  repo = makeRepo();
  memory = putMemory(placeOf(repo), 'one', { body: 'First.\n\nSecond.\n', tags: ['auth'] });
  await publishIn(repo);
});
afterEach(() => repo.dispose());

function resolve(dryRun = false) {
  return resolveConflicts(placeOf(repo), { dryRun, env: { PATH: repo.env['PATH'], HOME: repo.home } });
}

function edit(change: (text: string) => string, message: string): void {
  repo.commit(message, { [memory]: change(repo.read(memory)) });
}

/** Two branches change the file; the second one meets the first. */
function collide(how: 'merge' | 'rebase', ours: (text: string) => string, theirs: (text: string) => string): void {
  repo.git('switch', '-q', '-c', 'other');
  edit(theirs, 'theirs');
  repo.git('switch', '-q', 'main');
  edit(ours, 'ours');
  if (how === 'merge') repo.tryGit('merge', 'other');
  else {
    repo.git('switch', '-q', 'other');
    repo.tryGit('rebase', 'main');
  }
}

const TITLES = [
  (text: string) => text.replace('title: one', 'title: ours').replace('  - auth', '  - auth\n  - race'),
  (text: string) => text.replace('title: one', 'title: theirs').replace('Second.', 'Second, theirs.'),
] as const;

describe('resolveConflicts', () => {
  it.each(['merge', 'rebase'] as const)('merges by field in a %s, which then goes on', async (how) => {
    collide(how, ...TITLES);
    expect(repo.read(memory)).toContain('<<<<<<<');
    const outcome = await resolve();
    expect(outcome.left).toEqual([]);
    expect(outcome.resolved).toMatchObject([{ path: memory, how: 'merged', isStaged: true }]);
    expect(outcome.resolved[0]?.notes.join()).toContain('both sides changed `title`');
    repo.git('-c', 'core.editor=true', ...(how === 'merge' ? ['commit', '-q', '--no-edit'] : ['rebase', '--continue']));
    const parsed = parseMemoryFile('x', repo.read(memory));
    expect(parsed.ok && parsed.memory).toMatchObject({ title: 'ours', tags: ['auth', 'race'] });
    expect(repo.read(memory)).toContain('`title` was "theirs"');
    expect(repo.read(memory)).toContain('Second, theirs.');
    expect(repo.status()).toBe('');
  });

  it('lets an edit win over a deletion', async () => {
    repo.git('switch', '-q', '-c', 'other');
    repo.git('rm', '-q', memory);
    repo.commit('gone');
    repo.git('switch', '-q', 'main');
    edit((text) => text.replace('Second.', 'Edited.'), 'edited');
    repo.tryGit('merge', 'other');
    expect((await resolve()).resolved).toMatchObject([
      { how: 'kept', notes: [expect.stringContaining('the edit stands')] },
    ]);
    repo.git('commit', '-q', '--no-edit');
    expect(repo.read(memory)).toContain('Edited.');
  });

  it('leaves conflicts in code, in the vault’s own files and in what a person has resolved already', async () => {
    repo.git('switch', '-q', '-c', 'other');
    repo.commit('theirs', { 'src/app.ts': 'theirs\n', '.claude-mem/README.md': 'theirs\n' });
    edit(TITLES[1], 'theirs');
    repo.git('switch', '-q', 'main');
    repo.commit('ours', { 'src/app.ts': 'ours\n', '.claude-mem/README.md': 'ours\n' });
    edit(TITLES[0], 'ours');
    repo.tryGit('merge', 'other');
    const byHand = repo.read(memory).replace(/<{7}[^]*>{7}.*\n/, 'title: by hand\n');
    repo.write(memory, byHand);
    const before = repo.git('ls-files', '-u');
    const outcome = await resolve();
    expect(outcome.resolved).toEqual([]);
    expect(outcome.left.map(({ path }) => path).sort()).toEqual(['.claude-mem/README.md', memory].sort());
    expect(repo.read(memory)).toBe(byHand);
    expect(repo.git('ls-files', '-u')).toBe(before);
  });

  it('changes nothing when it only looks', async () => {
    collide('merge', ...TITLES);
    const before = [repo.read(memory), repo.git('ls-files', '-s')];
    expect((await resolve(true)).resolved).toHaveLength(1);
    expect([repo.read(memory), repo.git('ls-files', '-s')]).toEqual(before);
  });

  it('says that the index is held instead of failing in the middle', async () => {
    collide('merge', ...TITLES);
    repo.write('.git/index.lock', '');
    await expect(resolve()).rejects.toMatchObject({ code: 'busy' });
  });

  it('mends a file that was committed with markers in it', async () => {
    collide('merge', ...TITLES);
    repo.git('add', memory);
    repo.git('commit', '-q', '--no-edit');
    expect((await resolve()).resolved).toMatchObject([{ path: memory, how: 'merged', isStaged: false }]);
    expect(parseMemoryFile('x', repo.read(memory)).ok).toBe(true);
    expect(repo.status()).toBe(` M ${memory}`);
    expect(await resolve()).toEqual({ resolved: [], left: [] });
  });
});

describe('a file with conflict markers', () => {
  it('is held aside and told at the next session’s start and by the status', async () => {
    collide('merge', ...TITLES);
    const dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
    const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
    vault.sync();
    expect((await vault.status()).diagnostics).toMatchObject([
      { rule: 'conflict-markers', mend: expect.stringContaining('memvault resolve') },
    ]);
    const start = await vault.startBlock({ sessionId: 's1', source: 'startup' });
    expect(start?.notice).toContain('1 memory with conflict markers is left out: run `memvault resolve`');
    vault.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
});
