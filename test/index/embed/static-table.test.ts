// Static tables: the authors' own reference, the files that there are, and what is wrong with them.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStaticTable } from '../../../src/index/embed/static-table.ts';
import { cosine, embedderContract } from '../../contracts/embedder.ts';
import { fakeEmbedder } from '../../support/fake-embedder.ts';
import { writeStaticModel } from '../../support/static-model.ts';

const FIXTURE = resolve(import.meta.dirname, '../../fixtures/models/m2v-test-vq64');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-static-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the embedder contract', () => {
  embedderContract({
    name: 'static table, vocabulary quantised',
    open: () => openStaticTable(FIXTURE, 'm2v-test@0123456789ab'),
    isTrained: true,
  });
  embedderContract({
    name: 'static table, WordPiece',
    open() {
      writeStaticModel(folder);
      return openStaticTable(folder, 'made@0123456789ab');
    },
    isTrained: false,
  });
  embedderContract({ name: 'fake', open: () => fakeEmbedder(), isTrained: true });
});

describe('a static table', () => {
  it("gives the authors' own vector for their reference text", async () => {
    const expected = JSON.parse(readFileSync(join(FIXTURE, 'expected.json'), 'utf8')) as number[][];
    const table = openStaticTable(FIXTURE, 'm2v-test@0123456789ab');
    const [vector] = await table.embed([Array.from({ length: 1000 }, () => 'hello').join(' ')], 'document');
    expect(table.dimensions).toBe(64);
    expect(cosine(vector, expected[0])).toBeGreaterThan(0.999999);
    await table.close();
  });

  it.each(['F32', 'F16', 'F64', 'I8'] as const)('reads a table of %s', async (kind) => {
    writeStaticModel(folder, { kind, rows: { sun: [3, 4], moon: [4, -3] } });
    const table = openStaticTable(folder, 'made@0123456789ab');
    const [sun, both] = await table.embed(['sun', 'Sun, moon'], 'document');
    expect([...(sun ?? [])].map((value) => value.toFixed(3))).toEqual(['0.600', '0.800']);
    expect([...(both ?? [])].map((value) => value.toFixed(3))).toEqual(['0.990', '0.141']);
    await table.close();
  });

  it('weighs tokens where the table has weights', async () => {
    writeStaticModel(folder, { rows: { sun: [1, 0], moon: [0, 1] }, weights: { sun: 3, moon: 1 } });
    const table = openStaticTable(folder, 'made@0123456789ab');
    const [both] = await table.embed(['sun moon'], 'document');
    expect((both?.[0] ?? 0) / (both?.[1] ?? 1)).toBeCloseTo(3, 5);
    await table.close();
  });

  it.each([
    ['a pointer of Git LFS', 'model.safetensors', () => 'version https://git-lfs.github.com/spec/v1\n', 'safetensors'],
    ['half a download', 'model.safetensors', (text: Buffer) => text.subarray(0, text.length >> 1), 'size'],
    ['a file of nothing', 'model.safetensors', () => '', 'ends too early'],
    ['a tokenizer that is no JSON', 'tokenizer.json', () => '{', 'not JSON'],
    [
      'a tokenizer of another kind',
      'tokenizer.json',
      () => '{"model":{"type":"BPE","vocab":{}}}',
      'WordPiece or Unigram',
    ],
  ] as const)('refuses %s by name', (_, file, change, message) => {
    cpSync(FIXTURE, folder, { recursive: true });
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file))));
    expect(() => openStaticTable(folder, 'm2v-test@0123456789ab')).toThrow(message);
    expect(() => openStaticTable(folder, 'm2v-test@0123456789ab')).toThrow(file);
  });

  it('refuses a table that is shorter than its vocabulary', () => {
    writeStaticModel(folder, { rows: { sun: [1, 0], moon: [0, 1] }, dropLastRow: true });
    expect(() => openStaticTable(folder, 'made@0123456789ab')).toThrow('shorter than the vocabulary');
  });
});
