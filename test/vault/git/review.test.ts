// What a reviewer sees of a branch, and what a build checks.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addRemote, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';
import { runCommand } from '../../support/run-command.ts';

let repo: TestRepo;
let dataDir: string;
beforeEach(async () => {
  repo = makeRepo();
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
  putMemory(placeOf(repo), 'on main already');
  await publishIn(repo);
  addRemote(repo);
  repo.git('switch', '-q', '-c', 'feature');
});
afterEach(() => {
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

const run = (name: string, options = {}, env = {}) =>
  runCommand({ ...repo, env: { ...repo.env, ...env } }, dataDir, name, [], options);

describe('review', () => {
  it('shows what the branch adds, changes and removes, and nothing else', async () => {
    const old = repo.git('ls-files', '.claude-mem/memories');
    putMemory(placeOf(repo), 'a decision', { type: 'decision', files: [{ path: 'src/app.ts' }] });
    await publishIn(repo);
    repo.git('rm', '-q', old);
    repo.commit('removed', { 'src/app.ts': 'work\n' });
    putMemory(placeOf(repo), 'not committed yet');
    const done = await run('review');
    expect(done.text).toContain('feature against origin/main: 1 added, 1 removed');
    expect(done.text).toMatch(/added {4}\w{7} decision a decision/);
    expect(done.text).toContain('1 wait in the outbox');
    expect(done.text).toMatch(/removed {2}\w{7} discovery on main already/);
    await expect(run('review', { base: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(run('review', { base: '--output=x' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('writes Markdown in which a title stays a title', async () => {
    putMemory(placeOf(repo), '[click](http://x) <img src=x> @everyone `| a');
    await publishIn(repo);
    const text = (await run('review', { markdown: true })).text;
    expect(text).toContain('### Memories: 1 added');
    expect(text).not.toMatch(/(?<!\\)\[click|(?<!\\)<img|@everyone/);
  });

  it('says that a branch without memories has none', async () => {
    expect((await run('review')).text).toBe('feature changes nothing in the vault against origin/main.');
  });
});

describe('lint', () => {
  const token = `ghp_${'R7x2Kq9LmZ4wT1vB8nYc3HdJ6sFg5PaQ0eUi'.slice(0, 36)}`;

  it('says that there is no vault, so that nobody believes it was looked at', async () => {
    repo.remove('.claude-mem');
    expect(await runCommand(repo, dataDir, 'lint', [], { ci: true })).toMatchObject({
      text: `There is no vault in ${repo.root}: nothing to check.`,
    });
  });

  it('finds broken files, secrets and dead references, and fails for errors only', async () => {
    expect(await run('lint', { ci: true })).toMatchObject({ text: 'The vault is in order.', exit: 0 });
    putMemory(placeOf(repo), 'speaks of a file', { files: [{ path: 'src/gone.ts' }, { path: 'src/app.ts' }] });
    await publishIn(repo);
    expect(await run('lint', { ci: true })).toMatchObject({
      exit: 0,
      json: { diagnostics: [{ rule: 'reference-dead' }] },
    });
    repo.commit('by hand', { '.claude-mem/memories/leak.md': `no frontmatter, but ${token}\n` });
    const done = await run('lint', { ci: true });
    expect(done.exit).toBe(1);
    expect(done.text).not.toContain(token);
    expect(done.json).toMatchObject({ errors: 2 });
  });

  it('looks at the files of a branch only, and marks their lines on GitHub', async () => {
    repo.git('switch', '-q', 'main');
    repo.commit('old fault', { '.claude-mem/memories/old.md': 'broken\n' });
    repo.git('switch', '-q', '-c', 'next');
    repo.commit('new fault', { '.claude-mem/memories/new.md': 'broken, too: a,b%\n' });
    const done = await run('lint', { ci: true, base: 'main' }, { GITHUB_ACTIONS: 'true' });
    expect(done.text.split('\n')[0]).toMatch(
      /^::error file=\.claude-mem\/memories\/new\.md,line=1,title=frontmatter-missing::/,
    );
    expect(done.text).not.toContain('old.md');
    expect(done.exit).toBe(1);
  });
});
