// What every embedder keeps, whatever model is behind it: the suite that all of them and the tests' fake pass.

import { expect, it } from 'vitest';
import type { Embedder } from '../../src/model/embedder.ts';

export interface EmbedderCase {
  readonly name: string;
  readonly open: () => Embedder | Promise<Embedder>;
  /** Whether the model was trained: an untrained one cannot tell what is alike. */
  readonly isTrained: boolean;
}

const TEXTS = [
  'The refresh handler lost a race: two requests rotated one token.',
  'hello',
  'Ünïcode, 日本語, 😀 and \u0000 control \u001b[31m characters',
  'x'.repeat(3000),
  'a sentence with many words. '.repeat(200),
  '[CLS] [SEP] [PAD] <s> </s>',
  '',
  ' \n\t ',
  '\ud800 half of a pair',
];

/** Registers the suite for one embedder. */
export function embedderContract({ name, open, isTrained }: EmbedderCase): void {
  const withEmbedder = async (work: (embedder: Embedder) => Promise<void>): Promise<void> => {
    const embedder = await open();
    try {
      await work(embedder);
    } finally {
      await embedder.close();
    }
  };

  it(`${name}: gives each text one vector of its dimensions, of length 1 or all zeros`, () =>
    withEmbedder(async (embedder) => {
      expect(embedder.id).toMatch(/^[a-z0-9][a-z0-9._-]*@[0-9a-f]{12}$/);
      for (const kind of ['document', 'query'] as const) {
        const vectors = await embedder.embed(TEXTS, kind);
        expect(vectors).toHaveLength(TEXTS.length);
        for (const vector of vectors) {
          expect(vector).toHaveLength(embedder.dimensions);
          const length = Math.hypot(...vector);
          if (length !== 0) expect(length).toBeCloseTo(1, 4);
        }
        expect(Math.hypot(...(vectors[0] ?? []))).toBeCloseTo(1, 4);
      }
    }));

  it(`${name}: gives equal texts equal vectors, whatever stands beside them`, () =>
    withEmbedder(async (embedder) => {
      const text = TEXTS[0] ?? '';
      const [alone] = await embedder.embed([text], 'document');
      const among = (await embedder.embed([...TEXTS, text], 'document')).at(-1);
      expect(cosine(alone, among)).toBeGreaterThan(0.9999);
    }));

  it(`${name}: answers nothing for nothing, and several questions at once`, () =>
    withEmbedder(async (embedder) => {
      expect(await embedder.embed([], 'query')).toEqual([]);
      const answers = await Promise.all(TEXTS.slice(0, 3).map((text) => embedder.embed([text], 'query')));
      for (const [at, answer] of answers.entries()) {
        const [again] = await embedder.embed([TEXTS[at] ?? ''], 'query');
        expect(cosine(answer[0], again)).toBeGreaterThan(0.9999);
      }
    }));

  it(`${name}: may be closed twice`, async () => {
    const embedder = await open();
    await embedder.close();
    await embedder.close();
  });

  it.runIf(isTrained)(`${name}: holds like for like`, () =>
    withEmbedder(async (embedder) => {
      const [question] = await embedder.embed(['how do I log in with a password'], 'query');
      const [near, far] = await embedder.embed(
        ['The user signs in and enters the password.', 'Bread dough must rest before it is baked.'],
        'document',
      );
      expect(cosine(question, near)).toBeGreaterThan(cosine(question, far));
    }),
  );
}

export function cosine(a: ArrayLike<number> = [], b: ArrayLike<number> = []): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum / (Math.hypot(...Array.from(a)) * Math.hypot(...Array.from(b)) || 1);
}
