// Whether code is still what a memory saw, told as Git tells it, without starting Git.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openCodeState } from '../../src/vault/code-state.ts';

describe('the state of the code', () => {
  it('is what Git says of each file', () => {
    const { root, blobOf } = setUp();
    writeFileSync(join(root, 'a.ts'), 'one\n');
    const blob = blobOf('a.ts');
    const state = openCodeState(root, { now: () => 0 });
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
    expect(openCodeState(root, { now: () => 0 }).hasChanged([{ path: 'a.ts', blob }])).toBe(false);
  });

  it('counts a file that is gone as changed, and one of several', () => {
    const { root, blobOf } = setUp();
    writeFileSync(join(root, 'a.ts'), 'one\n');
    const state = openCodeState(root, { now: () => 0 });
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
    expect(openCodeState(root, { now: () => 0 }).hasChanged([file])).toBeUndefined();
  });

  it('hashes no more than a search has time for, and goes on in the next second', () => {
    const { root, blobOf } = setUp();
    for (const name of ['a.ts', 'b.ts']) writeFileSync(join(root, name), 'one\n');
    const files = [{ path: 'b.ts', blob: blobOf('b.ts') }];
    let now = 0;
    const state = openCodeState(root, { now: () => now, most: 1 });
    expect(state.hasChanged([{ path: 'a.ts', blob: blobOf('a.ts') }])).toBe(false);
    expect(state.hasChanged(files)).toBeUndefined();
    now = 1000;
    expect(state.hasChanged(files)).toBe(false);
  });
});

function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'memvault-code-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const blobOf = (path: string): string =>
    execFileSync('git', ['hash-object', '--no-filters', path], { cwd: root, encoding: 'utf8' }).trim();
  return { root, blobOf };
}
