// What Git is asked before anybody knows where the vault is: the same answer as later, and none of another work tree.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askAhead } from '../../../src/vault/git/asked-ahead.ts';
import { readChangedFiles } from '../../../src/vault/git/work-state.ts';
import { makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';

const OPTIONS = { timeoutMs: 20_000 };

let repo: TestRepo;
beforeEach(() => {
  repo = makeRepo();
  writeFileSync(join(repo.root, 'src', 'app.ts'), 'one\n');
  writeFileSync(join(repo.root, 'new file.ts'), 'new\n');
});
afterEach(() => repo.dispose());

it('names what is changed as a later question does', async () => {
  const ahead = askAhead(repo.root, { env: repo.env, ...OPTIONS });
  const changed = await ahead?.changedFilesOf(repo.root);
  expect(changed).toEqual(['new file.ts', 'src/app.ts']);
  expect(changed).toEqual(await readChangedFiles(repo.root, { env: repo.env, ...OPTIONS }));
});

it('answers for the folder that a link leads to, and for no other', async () => {
  const link = join(dirname(repo.root), 'link');
  symlinkSync(repo.root, link);
  const ahead = askAhead(link, { env: repo.env, ...OPTIONS });
  expect(await ahead?.changedFilesOf(repo.root)).toEqual(['new file.ts', 'src/app.ts']);
  expect(ahead?.changedFilesOf(link)).toBeUndefined();
  expect(ahead?.changedFilesOf(dirname(repo.root))).toBeUndefined();
});

it('asks in a second work tree too', async () => {
  const second = join(dirname(repo.root), 'second');
  repo.git('worktree', 'add', '-q', second);
  writeFileSync(join(second, 'other.ts'), 'other\n');
  expect(await askAhead(second, { env: repo.env, ...OPTIONS })?.changedFilesOf(second)).toEqual(['other.ts']);
});

it('asks nothing below the top of a work tree, outside of Git, and where there is no folder', () => {
  mkdirSync(join(dirname(repo.root), 'plain'));
  for (const folder of [join(repo.root, 'src'), join(dirname(repo.root), 'plain'), join(repo.root, 'missing')])
    expect(askAhead(folder, { env: repo.env, ...OPTIONS })).toBeUndefined();
});
