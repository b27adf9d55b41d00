// The real transformers runtime on a tiny model of random weights: loading, running, and what is missing or broken.

import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRuntime, openTransformer } from '../../../src/index/embed/transformer.ts';
import type { TransformerOptions } from '../../../src/index/embed/transformer.ts';
import { cosine, embedderContract } from '../../contracts/embedder.ts';
import { writeRandomBert } from '../../support/random-bert.ts';

/** The project's own node_modules stand for what `memvault model install` puts into the data folder. */
const RUNTIME = resolve(import.meta.dirname, '../../..');
let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'memvault-transformer-'));
  folder = join(root, 'random-bert');
  writeRandomBert(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the embedder contract', () => {
  embedderContract({ name: 'transformer', open: () => openTransformer(folder, options()), isTrained: false });
});

describe('a transformer', () => {
  it('puts the prefixes of its card before questions and documents', async () => {
    const prefixed = await openTransformer(folder, options({ queryPrefix: 'query: ', documentPrefix: 'passage: ' }));
    const plain = await openTransformer(folder, options());
    const [query] = await prefixed.embed(['hello token'], 'query');
    const [document] = await prefixed.embed(['hello token'], 'document');
    const [asQuery, asDocument] = await plain.embed(['query: hello token', 'passage: hello token'], 'document');
    expect(cosine(query, asQuery)).toBeGreaterThan(0.9999);
    expect(cosine(document, asDocument)).toBeGreaterThan(0.9999);
    expect(cosine(query, document)).toBeLessThan(0.9999);
    await prefixed.close();
    await plain.close();
  });

  it('reads a text by its first token where the card says so', async () => {
    const mean = await openTransformer(folder, options());
    const first = await openTransformer(folder, options({ pooling: 'cls' }));
    const [a] = await mean.embed(['hello token'], 'query');
    const [b] = await first.embed(['hello token'], 'query');
    expect(cosine(a, b)).toBeLessThan(0.9999);
    await mean.close();
    await first.close();
  });

  it('says which folder has no runtime, and what to type', async () => {
    expect(hasRuntime(RUNTIME)).toBe(true);
    expect(hasRuntime(root)).toBe(false);
    await expect(openTransformer(folder, { ...options(), runtimeDir: root })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(root) as string,
      hint: expect.stringContaining('memvault model install') as string,
    });
  });

  it('says which folder holds a broken model', async () => {
    const broken = join(root, 'broken');
    writeRandomBert(broken);
    truncateSync(join(broken, 'onnx', 'model_quantized.onnx'), 5000);
    await expect(openTransformer(broken, options())).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(broken) as string,
    });
  });
});

function options(recipe: Partial<TransformerOptions['recipe']> = {}): TransformerOptions {
  return {
    id: 'random-bert@0123456789ab',
    recipe: { pooling: 'mean', queryPrefix: '', documentPrefix: '', ...recipe },
    runtimeDir: RUNTIME,
    threads: 1,
  };
}
