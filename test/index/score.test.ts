// What moves a hit: parts of long memories, words near each other, other forms of a word, other words for the same thing.

import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { fuseMeanings } from '../../src/index/fuse.ts';
import { readCandidateWords } from '../../src/index/candidate.ts';
import { openWordTable } from '../../src/index/word-table.ts';
import { planSearch } from '../../src/index/fts-query.ts';
import type { MemoryTexts } from '../../src/index/index-text.ts';
import { readQueryText } from '../../src/index/query-text.ts';
import { scoreCandidates } from '../../src/index/score.ts';

const FILLER = 'the morning was quiet and nobody asked about anything until the coffee was gone '.repeat(12);

describe('a score', () => {
  it('lets a long memory stand by its best part', () => {
    const long = candidate(1, { narrative: `${FILLER} the refresh mutex guards the token rotation ${FILLER}` });
    const scattered = candidate(2, { narrative: `refresh ${FILLER} mutex ${FILLER} rotation` });
    expect(order('refresh mutex rotation', [scattered, long])).toEqual([1, 2]);
  });

  it('prefers words that stand near each other', () => {
    const near = candidate(1, {
      narrative: 'A lock guards every token while a clerk in the other room sorts letters.',
    });
    const far = candidate(2, {
      narrative: 'A lock guards the room while a clerk sorts letters and counts every token.',
    });
    expect(order('lock token', [far, near])).toEqual([1, 2]);
  });

  it('tells other forms of a word by their letters', () => {
    const near = candidate(1, { narrative: 'The cache: deduplication happens before the write.' });
    const other = candidate(2, { narrative: 'The cache: notification happens before the write.' });
    expect(order('cache deduplicated', [other, near])).toEqual([1, 2]);
  });

  it('takes another word for the same thing as a hint', () => {
    const hint = candidate(1, { narrative: 'cleanup: delete the folder' });
    const other = candidate(2, { narrative: 'cleanup: paint the folder' });
    expect(order('cleanup erase', [other, hint])).toEqual([1, 2]);
  });

  it('finds two words written as one', () => {
    const joined = candidate(1, { narrative: 'Read the dataframe of invoices in one go.' });
    const other = candidate(2, { narrative: 'Read the hashtable of invoices in one go.' });
    expect(order('invoices data frame', [other, joined])).toEqual([1, 2]);
  });

  it('counts the parts of an identifier', () => {
    const parts = candidate(1, { narrative: 'Call rotateRefreshToken before.' });
    const other = candidate(2, { narrative: 'Call paintGardenFence before.' });
    expect(order('call refresh', [other, parts])).toEqual([1, 2]);
  });

  it('says what moved it', () => {
    const [score] = scoresOf('refresh token', [candidate(1, { title: 'Refresh token', narrative: 'refresh token' })]);
    expect(score?.reasons).toMatchObject({ words: 1, part: 1, pairs: 1, near: 1, letters: 1, title: 1 });
  });

  it('is not changed in order by a meaning that says the same of all, or nothing', () => {
    const scores = fc.uniqueArray(
      fc.record({ key: fc.nat(), score: fc.double({ min: 0, max: 1, noNaN: true }), reasons: fc.constant({}) }),
      { selector: ({ key }) => key, minLength: 1 },
    );
    const said = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
    const share = fc.double({ min: 0, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(scores, share, said, (given, taken, nearness) => {
        const fused = fuseMeanings(given, [{ name: 'vectors', share: taken, nearnessOf: () => nearness }]);
        const byKey = new Map(given.map(({ key, score }) => [key, score]));
        for (const [at, { key }] of fused.entries())
          expect(byKey.get(fused[at + 1]?.key ?? -1) ?? 0).toBeLessThanOrEqual((byKey.get(key) ?? 0) + 1e-9);
      }),
    );
  });

  it('is moved by a meaning as far as its share goes', () => {
    const given = [
      { key: 1, score: 0.5, reasons: {} },
      { key: 2, score: 0.5, reasons: {} },
    ];
    const nearnessOf = (key: number): number => (key === 2 ? 1 : 0);
    expect(fuseMeanings(given, [{ name: 'vectors', share: 0.25, nearnessOf }])).toEqual([
      { key: 2, score: 0.625, reasons: { vectors: 1 } },
      { key: 1, score: 0.375, reasons: { vectors: 0 } },
    ]);
  });

  it('lies between 0 and 1', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ title: text, narrative: text, facts: text, tags: text, files: text })),
        text,
        (texts, query) => {
          fc.pre(planOf(query) !== undefined);
          for (const { score } of scoresOf(
            query,
            texts.map((one, key) => ({ key, ...one })),
          )) {
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(1.000001);
          }
        },
      ),
    );
  });
});

function candidate(key: number, texts: Partial<MemoryTexts>): Given {
  return { key, title: 'Something', narrative: '', facts: '', tags: '', files: '', ...texts };
}

type Given = MemoryTexts & { readonly key: number };

function planOf(query: string) {
  return planSearch(readQueryText(query).chunks, { phrases: 'wanted' });
}

function scoresOf(query: string, candidates: readonly Given[]) {
  const plan = planOf(query);
  if (plan === undefined) throw new Error(`nothing to seek in "${query}"`);
  const table = openWordTable();
  return scoreCandidates(
    plan,
    candidates.map((texts) => ({ key: texts.key, words: readCandidateWords(texts, table) })),
    { memories: 100, averageWords: 40, occurrences: plan.terms.map(() => 5) },
  );
}

function order(query: string, candidates: readonly Given[]): readonly number[] {
  return [...scoresOf(query, candidates)]
    .sort((a, b) => Math.round((b.score - a.score) * 1e9) || a.key - b.key)
    .map(({ key }) => key);
}
