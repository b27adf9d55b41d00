// Whether the code of memories is what it was: same, changed, moved, gone, or nobody knows.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashFiles } from '../../src/vault/git/blobs.ts';
import { locateBlobs } from '../../src/vault/git/locate-blobs.ts';
import { openCodeChanges } from '../../src/vault/code-changes.ts';
import { openCodeReader, settleCode } from '../../src/vault/code-state.ts';
import type { FileReference } from '../../src/model/memory.ts';

describe('the code that a memory speaks of', () => {
  it('is told to be the same, changed, moved or gone', async () => {
    const work = await openWork({ 'a.ts': 'one\n', 'b.ts': 'two\n', 'c.ts': 'three\n', 'd.ts': 'four\n' });
    const noted = await work.note('a.ts', 'b.ts', 'c.ts', 'd.ts');
    writeFileSync(join(work.root, 'b.ts'), 'two and more\n');
    mkdirSync(join(work.root, 'lib'));
    renameSync(join(work.root, 'c.ts'), join(work.root, 'lib', 'c.ts'));
    rmSync(join(work.root, 'd.ts'));
    work.git('add', '-A');
    expect(await work.states(noted.map((one) => [one]))).toEqual(['same', 'changed', 'moved', 'gone']);
    expect(await work.states([noted.slice(0, 2), [{ path: 'a.ts' }], []])).toEqual(['changed', 'unknown', 'unknown']);
  });

  it('is told with the file that differs most', async () => {
    const work = await openWork({ 'a.ts': 'one\n', 'b.ts': 'two\n', 'c.ts': 'three\n' });
    const noted = await work.note('a.ts', 'b.ts', 'c.ts');
    expect(await work.settle(noted)).toEqual({ code: 'same' });
    writeFileSync(join(work.root, 'b.ts'), 'two and more\n');
    expect(await work.settle(noted)).toEqual({ code: 'changed', staleFile: 'b.ts' });
    rmSync(join(work.root, 'c.ts'));
    expect(await work.settle(noted)).toEqual({ code: 'gone', staleFile: 'c.ts' });
  });

  it('is the same with the line ends of another system, or by the other hash function, without a word of Git', async () => {
    const work = await openWork({ '.gitattributes': '*.txt text eol=crlf\n' });
    writeFileSync(join(work.root, 'a.txt'), 'one\r\ntwo\r\n');
    expect(openCodeReader(work.root).stateOf(await work.note('a.txt'))).toBe('same');
    const blob = createHash('sha256').update('blob 10\0one\r\ntwo\r\n').digest('hex').slice(0, 12);
    expect(openCodeReader(work.root).stateOf([{ path: 'a.txt', blob }])).toBe('same');
    expect(openCodeReader(work.root).stateOf([{ path: 'a.txt', blob: '0123456789ab' }])).toBe('changed');
  });

  it('is the same where only a filter of Git makes the difference', async () => {
    const work = await openWork({ '.gitattributes': '*.txt filter=upper\n' });
    work.git('config', 'filter.upper.clean', 'tr a-z A-Z');
    writeFileSync(join(work.root, 'a.txt'), 'one\n');
    const noted = await work.note('a.txt');
    expect(openCodeReader(work.root).stateOf(noted)).toBe('changed');
    expect(await work.states([noted])).toEqual(['same']);
  });

  it('is never looked for outside of the work tree', async () => {
    const work = await openWork({ 'a.ts': 'one\n' });
    const [{ blob = '' } = {}] = await work.note('a.ts');
    writeFileSync(join(work.root, '..', 'outside.ts'), 'one\n');
    const outside = ['../outside.ts', join(work.root, '..', 'outside.ts')].map((path) => [{ path, blob }]);
    expect(await work.states(outside)).toEqual(['unknown', 'unknown']);
  });
});

describe('changes of the code', () => {
  it('is what Git says of each file', () => {
    const { root, blobOf } = setUp();
    writeFileSync(join(root, 'a.ts'), 'one\n');
    const blob = blobOf('a.ts');
    const state = openCodeChanges(root, { now: () => 0 });
    expect(state.hasChanged([{ path: 'a.ts', blob: blob.slice(0, 12) }])).toBe(false);
    expect(state.hasChanged([{ path: 'a.ts', blob }])).toBe(false);
    writeFileSync(join(root, 'a.ts'), 'three\n');
    expect(state.hasChanged([{ path: 'a.ts', blob }])).toBe(true);
  });

  it('takes a file with the line ends of another system for the same', () => {
    const { root, blobOf } = setUp();
    writeFileSync(join(root, 'a.ts'), 'one\ntwo\n');
    const blob = blobOf('a.ts');
    writeFileSync(join(root, 'a.ts'), 'one\r\ntwo\r\n');
    expect(openCodeChanges(root, { now: () => 0 }).hasChanged([{ path: 'a.ts', blob }])).toBe(false);
  });

  it('counts a file that is gone as changed, and one of several', () => {
    const { root, blobOf } = setUp();
    writeFileSync(join(root, 'a.ts'), 'one\n');
    const state = openCodeChanges(root, { now: () => 0 });
    expect(state.hasChanged([{ path: 'gone.ts', blob: '9c1e0b2d44aa' }])).toBe(true);
    expect(
      state.hasChanged([
        { path: 'a.ts', blob: blobOf('a.ts') },
        { path: 'gone.ts', blob: '9c1e0b2d44aa' },
      ]),
    ).toBe(true);
  });

  it.each([
    ['without a blob id', 'a.ts', undefined],
    ['with a blob id that is none', 'a.ts', 'nonsense'],
    ['outside of the work tree', '../secret', '9c1e0b2d44aa'],
    ['by an absolute path', '/etc/passwd', '9c1e0b2d44aa'],
    ['that is a link', 'link.ts', '9c1e0b2d44aa'],
    ['that is a folder', 'folder', '9c1e0b2d44aa'],
  ])('says nothing of a file %s', (_, path, blob) => {
    const { root } = setUp();
    writeFileSync(join(root, 'a.ts'), 'one\n');
    mkdirSync(join(root, 'folder'));
    symlinkSync('a.ts', join(root, 'link.ts'));
    const file = blob === undefined ? { path } : { path, blob };
    expect(openCodeChanges(root, { now: () => 0 }).hasChanged([file])).toBeUndefined();
  });

  it('hashes no more than a search has time for, and goes on in the next second', () => {
    const { root, blobOf } = setUp();
    for (const name of ['a.ts', 'b.ts']) writeFileSync(join(root, name), 'one\n');
    const files = [{ path: 'b.ts', blob: blobOf('b.ts') }];
    let now = 0;
    const state = openCodeChanges(root, { now: () => now, most: 1 });
    expect(state.hasChanged([{ path: 'a.ts', blob: blobOf('a.ts') }])).toBe(false);
    expect(state.hasChanged(files)).toBeUndefined();
    now = 1000;
    expect(state.hasChanged(files)).toBe(false);
  });
});

async function openWork(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-code-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'work');
  mkdirSync(root);
  const git = (...args: readonly string[]): void => void execFileSync('git', args, { cwd: root });
  git('init', '-q');
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  git('add', '-A');
  return {
    root,
    git,
    async note(...paths: readonly string[]): Promise<readonly FileReference[]> {
      const hashes = await hashFiles(root, paths);
      return paths.map((path) => ({ path, blob: hashes[path] ?? '' }));
    },
    settleAll: (memories: readonly (readonly FileReference[])[]) =>
      settleCode(
        memories.map((one, at) => ({ id: String(at), files: one })),
        openCodeReader(root),
        {
          hash: (paths) => hashFiles(root, paths),
          locate: (blobs) => locateBlobs(root, blobs, { timeoutMs: 10_000 }),
        },
      ),
    async settle(files: readonly FileReference[]) {
      return (await this.settleAll([files])).get('0');
    },
    async states(memories: readonly (readonly FileReference[])[]) {
      const settled = await this.settleAll(memories);
      return memories.map((_, at) => settled.get(String(at))?.code);
    },
  };
}

function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'memvault-code-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const blobOf = (path: string): string =>
    execFileSync('git', ['hash-object', '--no-filters', path], { cwd: root, encoding: 'utf8' }).trim();
  return { root, blobOf };
}
