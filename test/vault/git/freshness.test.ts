// How the files that memories speak of stand to what the agent saw, and who brought each memory.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFileBlob } from '../../../src/system/file-blob.ts';
import { compareFiles } from '../../../src/vault/git/freshness.ts';
import { readProvenance } from '../../../src/vault/git/provenance.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';

let repo: TestRepo;
beforeEach(() => {
  repo = makeRepo();
});
afterEach(() => repo.dispose());

function blobOf(path: string): string {
  return repo.git('hash-object', `--path=${path}`, path).slice(0, 12);
}

function compare(references: readonly { path: string; blob?: string }[]) {
  return compareFiles(repo.root, references, { env: { PATH: repo.env['PATH'], HOME: repo.home } });
}

describe('compareFiles', () => {
  it('tells what is fresh, changed in a commit, changed in the work tree, moved, and gone', async () => {
    const code = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    repo.commit('more', {
      'src/b.ts': 'b\n',
      'src/c.ts': 'c\n',
      'src/d.ts': 'd\n',
      'src/e.ts': code,
      'src/f.ts': 'f\n',
    });
    const paths = ['src/app.ts', 'src/b.ts', 'src/c.ts', 'src/d.ts', 'src/e.ts', 'src/f.ts'];
    const references = paths.map((path) => ({ path, blob: blobOf(path) }));
    repo.commit('changed', { 'src/b.ts': 'b2\n' });
    repo.write('src/c.ts', 'c in the work tree\n');
    repo.git('mv', 'src/d.ts', 'src/moved.ts');
    repo.commit('moved');
    repo.git('mv', 'src/e.ts', 'src/renamed.ts');
    repo.commit('renamed and changed', { 'src/renamed.ts': `${code}one more\n` });
    repo.git('rm', '-q', 'src/f.ts');
    repo.commit('gone');
    expect(await compare([...references, { path: 'README.md' }])).toEqual([
      { path: 'src/app.ts', state: 'fresh' },
      { path: 'src/b.ts', state: 'changed' },
      { path: 'src/c.ts', state: 'changed' },
      { path: 'src/d.ts', state: 'moved', movedTo: 'src/moved.ts' },
      { path: 'src/e.ts', state: 'moved', movedTo: 'src/renamed.ts' },
      { path: 'src/f.ts', state: 'deleted' },
      { path: 'README.md', state: 'unknown' },
    ]);
  });

  it('knows a file again as the agent saw it: with other line ends than Git keeps, by another hash than Git’s', async () => {
    repo.git('config', 'core.autocrlf', 'true');
    repo.write('src/app.ts', 'one\r\ntwo\r\n');
    repo.git('commit', '-qam', 'two lines');
    const seen = { path: 'src/app.ts', blob: readFileBlob(join(repo.root, 'src/app.ts')) ?? '' };
    expect(repo.git('rev-parse', 'HEAD:src/app.ts')).not.toContain(seen.blob);
    expect(await compare([seen])).toEqual([{ path: 'src/app.ts', state: 'fresh' }]);
    // A colleague's clone, where the same commit lies with line feeds.
    repo.git('config', 'core.autocrlf', 'false');
    repo.write('src/app.ts', 'one\ntwo\n');
    expect(await compare([seen])).toEqual([{ path: 'src/app.ts', state: 'fresh' }]);
    repo.write('src/app.ts', 'one\r\nthree\r\n');
    expect(await compare([seen])).toEqual([{ path: 'src/app.ts', state: 'changed' }]);

    const other = makeRepo({ format: 'sha256' });
    const found = { path: 'src/app.ts', blob: readFileBlob(join(other.root, 'src/app.ts')) ?? '' };
    const env = { PATH: other.env['PATH'], HOME: other.home };
    expect(await compareFiles(other.root, [found], { env })).toEqual([{ path: 'src/app.ts', state: 'fresh' }]);
    other.dispose();
  });

  it('knows a file that is not tracked, and one that was touched without a change', async () => {
    repo.write('new.ts', 'new\n');
    const references = ['new.ts', 'src/app.ts'].map((path) => ({ path, blob: blobOf(path) }));
    repo.write('src/app.ts', repo.read('src/app.ts'));
    expect((await compare(references)).map(({ state }) => state)).toEqual(['fresh', 'fresh']);
    repo.write('new.ts', 'other\n');
    expect((await compare(references)).map(({ state }) => state)).toEqual(['changed', 'fresh']);
  });

  it('keeps its verdicts in a clone with other line ends', async () => {
    const reference = { path: 'src/app.ts', blob: blobOf('src/app.ts') };
    const bare = addRemote(repo);
    const clone = cloneRepo(bare, 'clone');
    clone.git('config', 'core.autocrlf', 'true');
    clone.remove('src/app.ts');
    clone.git('checkout', '-q', 'src/app.ts');
    expect(clone.read('src/app.ts')).toContain('\r\n');
    const found = await compareFiles(clone.root, [reference], { env: { PATH: repo.env['PATH'], HOME: repo.home } });
    expect(found).toEqual([{ path: 'src/app.ts', state: 'fresh' }]);
  });

  it('answers for hostile paths and outside of Git', async () => {
    const hostile = ['../../etc/passwd', '-x', ':(glob)**', 'a\nb', '', '/etc/passwd'].map((path) => ({
      path,
      blob: 'abc',
    }));
    expect((await compare(hostile)).every(({ state }) => state === 'deleted')).toBe(true);
    expect(await compareFiles('/', [{ path: 'x', blob: 'abc' }])).toEqual([{ path: 'x', state: 'unknown' }]);
  });
});

describe('readProvenance', () => {
  it('knows author, commit and whether it is merged, also after more commits', async () => {
    const bare = addRemote(repo);
    const mine = putMemory(placeOf(repo), 'mine').slice('.claude-mem/'.length);
    await publishIn(repo, { now: true });
    const commit = repo.head();
    repo.git('push', '-q', 'origin', 'main');
    const other = cloneRepo(bare, 'other', { name: 'Bo', email: 'bo@example.org' });
    const theirs = putMemory(placeOf(other), 'theirs').slice('.claude-mem/'.length);
    await publishIn(other, { now: true });
    other.git('push', '-q', 'origin', 'main');
    const options = { env: { PATH: repo.env['PATH'], HOME: repo.home } };
    expect((await readProvenance(placeOf(repo), options)).get(mine)).toMatchObject({
      commit,
      author: 'Ada Test',
      email: 'ada@example.org',
      isMerged: true,
      isOwn: true,
    });
    repo.git('pull', '-q', '--ff-only');
    repo.git('switch', '-q', '-c', 'feature');
    const late = putMemory(placeOf(repo), 'late').slice('.claude-mem/'.length);
    await publishIn(repo);
    const found = await readProvenance(placeOf(repo), options);
    expect(found.get(theirs)).toMatchObject({ author: 'Bo', isMerged: true, isOwn: false });
    expect(found.get(late)).toMatchObject({ isMerged: false, isOwn: true });
    expect(found.get(mine)).toMatchObject({ commit });
  });
});
