// Trees, commits and packs that memvault makes itself: byte for byte what Git makes of the same files.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { writeObjects } from '../../../src/vault/git/commit.ts';
import { entriesOf, readHeadTrees } from '../../../src/vault/git/head-trees.ts';
import { openGit } from '../../../src/vault/git/runner.ts';
import { growTree, objectOf, parseTree } from '../../../src/vault/git/tree.ts';
import { makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { placeOf, publishIn, putMemory } from '../../support/publishing.ts';

const repos: TestRepo[] = [];
afterEach(() => {
  for (const repo of repos.splice(0)) repo.dispose();
});

describe.each(['sha1', 'sha256'] as const)('a tree grown by files (%s)', (format) => {
  it('is the tree that Git makes of the same files, whatever stands beside them', async () => {
    const repo = make({ format });
    // Names whose order is not that of their letters, names that are no text, links, programs.
    for (const [path, text] of Object.entries({
      'a.txt': '1',
      'a/b': '2',
      'a-b': '3',
      '.claude-mem.txt': '4',
      '.claude-mem/README.md': '5',
      '.claude-mem/memories/2026/11/01-x-aaaaaaaaaaaa.md': '6',
      '.claude-mem-old/z': '7',
      'ä/ö': '8',
    }))
      repo.write(path, text);
    mkdirSync(join(repo.root, 'bytes'));
    writeFileSync(Buffer.concat([Buffer.from(`${repo.root}/bytes/`), Buffer.from([0xff, 0x41])]), 'latin');
    repo.git('add', '-A');
    repo.git('update-index', '--chmod=+x', 'a-b');
    repo.git('commit', '-q', '-m', 'odd names');
    const added = ['memories/2026/11/22-y-bbbbbbbbbbbb.md', 'memories/2026/12/01-z-cccccccccccc.md', 'vault.yaml'].map(
      (path) => `.claude-mem/${path}`,
    );
    const head = repo.head();
    const blobs = added.map((path) => objectOf('blob', Buffer.from(`text of ${path}\n`.repeat(40)), head));
    const files = added.map((path, i) => ({ path, oid: blobs[i]?.oid ?? '' }));
    const git = openGit(repo.root, { env: repo.env });
    const trees = growTree(await readHeadTrees(git, head, added), files, head) ?? [];
    await writeObjects(git, [...blobs, ...trees], placeOf(repo).commonDir ?? '');

    for (const [i, path] of added.entries()) repo.write(path, blobs[i]?.bytes ?? '');
    repo.git('add', '--', ...added);
    expect(trees.at(-1)?.oid).toBe(repo.git('write-tree'));
    expect(repo.git('fsck', '--no-progress', '--no-dangling', '--strict')).toBe('');
  });

  it('makes a commit in which Git finds no fault, and the same that `commit-tree` makes', async () => {
    const repo = make({ format });
    repo.git('config', 'user.name', 'Zoë O’Neil (née “Å”)');
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    expect(repo.git('fsck', '--no-progress', '--no-dangling', '--strict')).toBe('');
    const raw = repo.git('cat-file', 'commit', 'HEAD');
    const [, author, seconds] = /^author (.*) (\d+ [+-]\d{4})$/m.exec(raw) ?? [];
    expect(author).toBe('Zoë O’Neil (née “Å”) <ada@example.org>');
    expect(raw).toContain(`\ncommitter ${author} ${seconds}\n\nchore(memory): record 1 memory\n`);
  });
});

describe('a tree grown by files', () => {
  it('takes the place of nothing: a file for a folder, a folder for a file, another file', () => {
    const like = '0'.repeat(40);
    const entry = (mode: string) => ({ mode, oid: '1'.repeat(40) });
    const top = (name: string, mode: string) => new Map([['', new Map([[name, entry(mode)]])]]);
    const grow = (trees: Parameters<typeof growTree>[0]) => growTree(trees, [{ path: 'v/a.md', oid: like }], like);
    expect(grow(top('v', '120000'))).toBeUndefined();
    expect(grow(top('v', '160000'))).toBeUndefined();
    expect(grow(new Map([...top('v', '40000'), ['v', new Map([['a.md', entry('40000')]])]]))).toBeUndefined();
    expect(grow(new Map([...top('v', '40000'), ['v', new Map([['a.md', entry('100644')]])]]))).toBeUndefined();
    expect(grow(new Map([...top('v', '40000'), ['v', new Map([['b.md', entry('100644')]])]]))).toHaveLength(2);
  });

  it('refuses bytes that are no tree instead of losing entries', () => {
    const bytes = Buffer.concat([Buffer.from('100644 a\0'), Buffer.alloc(20, 7)]);
    expect([...parseTree(bytes, '0'.repeat(40)).keys()]).toEqual(['a']);
    for (let cut = 1; cut < bytes.length; cut++)
      expect(() => parseTree(bytes.subarray(0, cut), '0'.repeat(40))).toThrow(RangeError);
  });

  it('names what HEAD has in a folder as Git names it', async () => {
    const repo = make({});
    repo.commit('memory', { '.claude-mem/memories/2026/11/Grüße.md': 'x' });
    const paths = ['.claude-mem/memories/2026/11/new.md', '.claude-mem/memories/2027/01/new.md'];
    const trees = await readHeadTrees(openGit(repo.root, { env: repo.env }), repo.head(), paths);
    expect([...trees.keys()]).toEqual([
      '',
      '.claude-mem',
      '.claude-mem/memories',
      '.claude-mem/memories/2026',
      '.claude-mem/memories/2026/11',
    ]);
    expect([...entriesOf(trees).keys()]).toEqual(['.claude-mem/memories/2026/11/Grüße.md']);
  });

  it('says that a tree is missing instead of making a commit without its files', async () => {
    const repo = make({});
    repo.commit('memory', { '.claude-mem/memories/2026/11/a.md': 'x' });
    const oid = repo.git('rev-parse', 'HEAD:.claude-mem/memories');
    repo.remove(`.git/objects/${oid.slice(0, 2)}/${oid.slice(2)}`);
    putMemory(placeOf(repo), 'one');
    const head = repo.head();
    expect(await publishIn(repo)).toMatchObject({ committed: 0, held: 1, reason: 'git-failed' });
    expect(repo.head()).toBe(head);
  });
});

describe('the author of the commit', () => {
  it('is who Git says, also where author and committer are two', async () => {
    const repo = make({});
    repo.git('config', 'author.name', 'Somebody Else');
    repo.git('config', 'committer.email', 'ci@example.org');
    putMemory(placeOf(repo), 'one');
    await publishIn(repo);
    expect(repo.git('log', '-1', '--format=%an <%ae>, %cn <%ce>')).toBe(
      'Somebody Else <ada@example.org>, Ada Test <ci@example.org>',
    );
  });
});

function make(options: Parameters<typeof makeRepo>[0]): TestRepo {
  const repo = makeRepo(options);
  repos.push(repo);
  return repo;
}
