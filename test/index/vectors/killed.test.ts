// A process that embeds is killed at any moment: what it had written counts, the rest is done by the next one.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { embedMissing } from '../../../src/index/vectors/embed-missing.ts';
import { countEmbedded, openVectorIndex } from '../../../src/index/vectors/vector-index.ts';
import { openVectorStore } from '../../../src/index/vectors/vector-store.ts';
import { fakeEmbedder } from '../../support/fake-embedder.ts';
import { manyMemories } from '../../support/many-memories.ts';

const SCRIPT = resolve(import.meta.dirname, '../../support/embed-slowly.ts');
const COUNT = 3000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-killed-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each([1, 2, 17, 60])('leaves whole memories only, killed after %i writes', async (writes) => {
  const file = join(folder, 'vectors.sqlite');
  const done = await killAfter(file, writes);
  const embedder = fakeEmbedder();
  const kept = countEmbedded(file, embedder.id);
  expect(kept).toBeGreaterThanOrEqual(done);
  expect(kept).toBeLessThan(COUNT);
  const store = openVectorStore(file, { now: () => 0 });
  const memories = manyMemories(COUNT);
  const report = await embedMissing({ memories, store, embedder, now: () => Date.now() });
  expect(report).toEqual({ missing: COUNT - kept, done: COUNT - kept });
  expect(countEmbedded(file, embedder.id)).toBe(COUNT);
  const index = openVectorIndex(file);
  const [vector] = await embedder.embed(['Memory m7'], 'query');
  expect(index.nearest({ model: embedder.id, vector: vector ?? new Float32Array(0) }, 1)).toHaveLength(1);
  index.close();
  store.close();
});

/** How many memories the process had reported when it was killed. */
function killAfter(file: string, writes: number): Promise<number> {
  const child = spawn(process.execPath, [SCRIPT, file, String(COUNT)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let lines: string[] = [];
  let rest = '';
  child.stdout.on('data', (part: Buffer) => {
    rest += part.toString();
    const parts = rest.split('\n');
    rest = parts.pop() ?? '';
    lines = [...lines, ...parts];
    if (lines.length >= writes) child.kill('SIGKILL');
  });
  return new Promise((resolve) => {
    child.on('close', () => resolve(Number(lines.at(-1) ?? '0')));
  });
}
