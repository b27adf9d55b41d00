// The personal vault's own repository, and a folder without Git.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataPaths } from '../../../src/system/paths.ts';
import { pruneOutbox } from '../../../src/vault/git/outbox-state.ts';
import { initPersonal } from '../../../src/vault/git/personal.ts';
import { publish } from '../../../src/vault/git/publish.ts';
import { openGit } from '../../../src/vault/git/runner.ts';
import { folderPlace, personalPlace } from '../../../src/vault/place.ts';
import { optionsFor, outboxPaths, putMemory } from '../../support/publishing.ts';

function setUp(config = '') {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'memvault-personal-')));
  writeFileSync(join(home, '.gitconfig'), config);
  const env = { PATH: process.env['PATH'], HOME: home };
  const place = personalPlace(join(home, 'project'), dataPaths({ HOME: home }));
  return { home, env, place, git: openGit(place.root, { env }) };
}

describe('initPersonal', () => {
  it('makes a private repository with a first commit under memvault’s own name, once', async () => {
    const { env, place, git } = setUp();
    await initPersonal(place, { env });
    const head = (await git.run(['rev-parse', 'HEAD'])).text;
    expect((await git.run(['show', '-s', '--format=%an <%ae>'])).text).toBe('memvault <memvault@localhost>');
    expect((await git.run(['status', '--porcelain'])).text).toBe('');
    expect(statSync(place.root).mode & 0o777).toBe(0o700);
    await initPersonal(place, { env });
    expect((await git.run(['rev-parse', 'HEAD'])).text).toBe(head);
  });

  it('uses the user’s own name, no signing key, and minds no ignore rule of theirs', async () => {
    const { home, env, place, git } = setUp(
      '[user]\nname = Ada\nemail = ada@example.org\n[commit]\ngpgsign = true\n[core]\nexcludesFile = ~/ignored\n',
    );
    writeFileSync(join(home, 'ignored'), '.claude-mem/\n');
    await initPersonal(place, { env });
    putMemory(place, 'one');
    const options = optionsFor({ env: {}, home }, { env, atSessionEnd: false });
    expect(await publish(place, options)).toMatchObject({ committed: 1, held: 0, branch: 'main' });
    expect((await git.run(['log', '--format=%an <%ae>'])).text.split('\n')).toEqual([
      'Ada <ada@example.org>',
      'Ada <ada@example.org>',
    ]);
    expect(await pruneOutbox(place, { env })).toBe(1);
    expect(outboxPaths(place)).toEqual([]);
  });

  it('finishes what a crash left undone', async () => {
    const { env, place, git } = setUp();
    mkdirSync(place.root, { recursive: true });
    await git.run(['init', '-q', '-b', 'main', '--template=']);
    mkdirSync(place.vaultDir);
    writeFileSync(join(place.vaultDir, 'README.md'), 'half');
    await initPersonal(place, { env });
    expect((await git.run(['ls-files'])).text).toContain('.claude-mem/vault.yaml');
  });

  it('is made by the first publish', async () => {
    const { home, env, place } = setUp();
    putMemory(place, 'one');
    const options = optionsFor({ env: {}, home }, { env, atSessionEnd: false });
    expect(await publish(place, options)).toMatchObject({ committed: 1 });
  });
});

describe('publish in a folder without Git', () => {
  it('moves the memories into the vault', async () => {
    const { home, env } = setUp();
    const place = folderPlace(home);
    mkdirSync(place.vaultDir);
    const one = putMemory(place, 'one');
    const options = optionsFor({ env: {}, home }, { env });
    expect(await publish(place, options)).toMatchObject({ committed: 0, held: 0, reason: 'no-git' });
    expect(readFileSync(join(home, one), 'utf8')).toContain('one');
    expect(existsSync(join(place.vaultDir, 'vault.yaml'))).toBe(true);
    expect(outboxPaths(place)).toEqual([]);
  });
});
