// Blob ids of files and the place in history, as capture records them.

import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { currentBranch, hashFiles, headCommit } from '../../../src/vault/git/blobs.ts';
import { makeRepo } from '../../support/git.ts';

const repo = makeRepo();
afterAll(() => repo.dispose());

describe('hashFiles', () => {
  it('gives the ids that a commit would hold, line ends converted', async () => {
    repo.write('.gitattributes', '*.txt text\n');
    repo.write('crlf.txt', 'a\r\nb\r\n');
    repo.write('name with spaces.ts', 'x\n');
    repo.git('add', '-A');
    const found = await hashFiles(repo.root, ['crlf.txt', 'name with spaces.ts', 'src/app.ts', 'crlf.txt']);
    expect(found).toEqual(
      Object.fromEntries(
        ['crlf.txt', 'name with spaces.ts', 'src/app.ts'].map((path) => [
          path,
          repo.git('rev-parse', `:${path}`).slice(0, 12),
        ]),
      ),
    );
  });

  it('leaves out what is missing, outside, a link, a folder or oddly named, and keeps the others right', async () => {
    symlinkSync('/etc/hostname', join(repo.root, 'link'));
    repo.write('odd\nname', 'x\n');
    const found = await hashFiles(repo.root, [
      'missing',
      '../x',
      '/etc/hostname',
      'link',
      'src',
      'odd\nname',
      'src/app.ts',
    ]);
    expect(Object.keys(found)).toEqual(['src/app.ts']);
  });

  it('answers with nothing outside of Git', async () => {
    expect(await hashFiles(mkdtempSync(join(tmpdir(), 'memvault-none-')), ['a'])).toEqual({});
  });
});

describe('headCommit and currentBranch', () => {
  it('tell commit and short branch name', async () => {
    repo.git('switch', '-q', '-c', 'feature/x');
    expect(await headCommit(repo.root)).toBe(repo.head());
    expect(await currentBranch(repo.root)).toBe('feature/x');
  });

  it('tell nothing for a detached HEAD, an unborn branch, or no repository', async () => {
    repo.git('checkout', '-q', '--detach');
    expect(await currentBranch(repo.root)).toBeUndefined();
    const unborn = makeRepo({ empty: true });
    expect(await headCommit(unborn.root)).toBeUndefined();
    expect(await currentBranch(unborn.root)).toBe('main');
    unborn.dispose();
    expect(await headCommit(repo.home)).toBeUndefined();
  });
});
