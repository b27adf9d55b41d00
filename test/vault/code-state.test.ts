// Whether the code of memories is what it was: same, changed, moved, gone, or nobody knows.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashFiles } from '../../src/vault/git/blobs.ts';
import { locateBlobs } from '../../src/vault/git/locate-blobs.ts';
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

  it('is the same where only a filter of Git makes the difference', async () => {
    const work = await openWork({ '.gitattributes': '*.txt text eol=crlf\n' });
    writeFileSync(join(work.root, 'a.txt'), 'one\r\ntwo\r\n');
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
    async states(memories: readonly (readonly FileReference[])[]) {
      const settled = await settleCode(
        memories.map((one, at) => ({ id: String(at), files: one })),
        openCodeReader(root),
        {
          hash: (paths) => hashFiles(root, paths),
          locate: (blobs) => locateBlobs(root, blobs, { timeoutMs: 10_000 }),
        },
      );
      return memories.map((_, at) => settled.get(String(at)));
    },
  };
}
