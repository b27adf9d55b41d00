// The redactor on leaks as they look in sessions, on texts that look like them, and on inputs made to be slow.

import { describe, expect, it } from 'vitest';
import { HOSTILE_INPUTS } from '../../../scripts/eval/hostile-inputs.ts';
import { corpora } from '../../../scripts/eval/leaks/corpora.ts';
import { harmlessCorpus, leakCorpus } from '../../../scripts/eval/secret-corpus.ts';
import { redactAll } from '../../../src/system/redaction/redact-deep.ts';
import { DROPPED, redactText } from '../../../src/system/redaction/redact.ts';
import { leakOf } from './corpus.ts';

describe('the made-up corpus', () => {
  it.each([1, 7, 23])('loses at least 97 of 100 leaks wholly (seed %i)', (seed) => {
    const leaks = leakCorpus(seed);
    expect(new Set(leaks.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(34);
    const left = leaks.filter((row) => leakOf(redactText(row.text).text, row.secrets) !== undefined);
    expect(left.length / leaks.length, left.map((row) => `${row.kind} ${row.context}`).join(', ')).toBeLessThan(0.03);
  });

  it.each([2, 11, 29])('loses nothing harmless in 98 of 100 texts (seed %i)', (seed) => {
    const texts = harmlessCorpus(seed);
    const touched = texts.filter(({ text }) => redactText(text).text !== text);
    expect(touched.length / texts.length, touched.map(({ text }) => text).join('\n')).toBeLessThanOrEqual(0.02);
  });

  it('is clean once and for all: a second time finds nothing', () => {
    for (const { text } of leakCorpus()) {
      const once = redactText(text).text;
      expect(redactText(once)).toEqual({ text: once, counts: {} });
    }
  });

  it('loses the leaks in long texts too, wherever they stand', () => {
    const filler = harmlessCorpus()
      .map(({ text }) => text)
      .filter((text) => !/Secret|AWS/i.test(text))
      .join('\n');
    const long = filler.repeat(3);
    const left = leakCorpus().filter((row, i) => {
      const at = long.indexOf('\n', (i * 331) % long.length);
      return leakOf(redactText(`${long.slice(0, at)}\n${row.text}\n${long.slice(at)}`).text, row.secrets) !== undefined;
    });
    expect(left.map((row) => `${row.kind} ${row.context}`).length / leakCorpus().length).toBeLessThan(0.03);
  });
});

describe.each([undefined, 5, 17])('every corpus (seed %s)', (seed) => {
  it.each(corpora(seed).map((corpus) => [corpus.name, corpus] as const))('%s', (_, { leaks, harmless }) => {
    const left = leaks.filter((row) => {
      const { text } = redactText(row.text);
      return text === DROPPED || leakOf(text, row.secrets) !== undefined;
    });
    expect(left.length / leaks.length, left.map((row) => row.text).join('\n')).toBeLessThan(0.03);
    const touched = harmless.filter(({ text }) => redactText(text).text !== text);
    expect(touched.length / harmless.length, touched.map(({ text }) => text).join('\n')).toBeLessThanOrEqual(0.02);
  });
});

describe('inputs made to be slow', () => {
  const cost = (text: string): number => {
    const started = process.cpuUsage();
    redactAll(text);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };

  // A square would take sixteen times as long.
  it.each(HOSTILE_INPUTS)('grow with their length alone: $name', ({ make }) => {
    cost(make(50_000));
    const short = Math.min(cost(make(50_000)), cost(make(50_000)));
    const long = Math.min(cost(make(200_000)), cost(make(200_000)));
    expect(long).toBeLessThan(10 * short + 60);
  });
});
