// What reaches the model when there is more than fits.

import { describe, expect, it } from 'vitest';
import { cutByMeaning, fitBatch } from '../../src/compress/budget.ts';
import { INPUT_BUDGET_TOKENS } from '../../src/compress/input-budget.ts';
import { buildPrompt } from '../../src/compress/prompt.ts';
import { planBatches } from '../../src/compress/batches.ts';
import { estimateTokens } from '../../src/model/tokens.ts';
import { NOTHING_KNOWN } from '../contracts/compressor.ts';
import { edited, makeBatch, makeEvents, prompt, ran, stop, use } from '../support/hook-events.ts';
import { LIMITS } from '../support/recorded-batches.ts';

const noise = (seed: number, bytes: number): string =>
  Array.from(
    { length: Math.ceil(bytes / 60) },
    (_, line) => `line ${seed * 7919 + line * 31} of module ${(seed * 13 + line) % 97} was read`,
  )
    .join('\n')
    .slice(0, bytes);

describe('fitBatch', () => {
  it('stays within its budget, however much there is', () => {
    const batch = makeBatch([
      prompt('x'.repeat(16_000)),
      ...Array.from({ length: 300 }, (_, index) => ran(`cat file${index}`, noise(index, 4000))),
      ...Array.from({ length: 50 }, (_, index) => edited(`src/${index}.js`, `+${noise(index + 500, 4000)}`)),
      stop('y'.repeat(16_000)),
    ]);
    for (const budget of [2000, 8000, 22_000])
      expect(estimateTokens(JSON.stringify(fitBatch(batch, budget)))).toBeLessThanOrEqual(Math.max(budget, 3000));
  });

  it('says repeated output once', () => {
    const output = noise(1, 1500);
    const text = JSON.stringify(
      fitBatch(makeBatch([prompt('go'), ran('cat a', output), ran('cat a', output), stop('ok')]), 20_000),
    );
    expect(text.split('line 7919 of module').length).toBe(2);
  });

  it('keeps small batches whole', () => {
    const batch = makeBatch([prompt('go'), ran('npm test', 'all fine'), edited('a.js', '-old\n+new'), stop('Done.')]);
    expect(fitBatch(batch, 20_000)).toMatchObject({
      turns: [
        {
          prompt: 'go',
          reply: 'Done.',
          steps: [
            { n: 1, output: 'all fine' },
            { n: 2, patch: '-old\n+new' },
          ],
        },
      ],
    });
  });

  it('brings planted facts of forty results of 4 KB to the model in at most six calls and 60,000 tokens', () => {
    const facts: string[] = [];
    const uses = Array.from({ length: 40 }, (_, index) => {
      const fact = `fact-${index}-${(index * 7919) % 1000}`;
      const text = noise(index, 4000);
      // Half of the facts lie past the first 2 KB.
      const at = index % 4 === 0 ? 500 : 3000;
      const plant = (line: string): string => `${text.slice(0, at)}\n${line}\n${text.slice(at)}`;
      if (index % 2 === 1) return ran(`cat part${index}.txt`, text);
      facts.push(fact);
      if (index % 6 === 0) return edited(`src/part${index}.js`, plant(`+const ${fact.replaceAll('-', '_')} = 1;`));
      return index % 6 === 2
        ? ran(`npm run part${index}`, plant(`Error: ${fact} is not set`), 1)
        : ran(`make part${index}`, plant(`warning: ${fact} failed`));
    });
    const events = makeEvents([prompt('Find out'), ...uses, stop('In the end fact-reply was the reason.')]);
    const { closed } = planBatches(events, { ...LIMITS, now: Date.parse(events.at(-1)?.at ?? '') });
    const prompts = closed.map((batch) => buildPrompt(batch, NOTHING_KNOWN));
    const sent = prompts.map(({ user }) => user).join('\n');
    const reached = facts.filter((fact) => sent.includes(fact) || sent.includes(fact.replaceAll('-', '_')));
    expect(prompts.length).toBeLessThanOrEqual(6);
    expect(prompts.reduce((sum, { system, user }) => sum + estimateTokens(system + user) + 800, 0)).toBeLessThanOrEqual(
      60_000,
    );
    expect(facts).toHaveLength(20);
    expect(reached.length).toBeGreaterThanOrEqual(18);
    expect(sent).toContain('fact-reply');
  });

  it('costs no more than 250,000 tokens for four hundred tool uses', () => {
    const uses = Array.from({ length: 400 }, (_, index) => ran(`cat part${index}.txt`, noise(index, 4000)));
    const events = makeEvents([prompt('Find out'), ...uses, stop('Found.')]);
    const { closed } = planBatches(events, { ...LIMITS, now: Date.parse(events.at(-1)?.at ?? '') });
    const tokens = closed
      .map((batch) => buildPrompt(batch, NOTHING_KNOWN))
      .map(({ system, user }) => estimateTokens(system + user) + 800);
    expect(Math.max(...tokens)).toBeLessThanOrEqual(INPUT_BUDGET_TOKENS + 3000);
    expect(tokens.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(250_000);
  });

  it('names what is redacted nowhere: secrets that slipped past the hook do not go out', () => {
    const { user } = buildPrompt(
      makeBatch([
        prompt('go'),
        use({ kind: 'other', input: 'x', result: 'token ghp_FAKEfakeFAKEfakeFAKEfakeFAKEfake0000' }),
        stop('ok'),
      ]),
      NOTHING_KNOWN,
    );
    expect(user).not.toContain('ghp_FAKE');
  });
});

describe('cutByMeaning', () => {
  it('keeps error lines of the middle and both ends', () => {
    const text = `start\n${noise(3, 3000)}\nTypeError: cannot read x\n${noise(4, 3000)}\nend`;
    const cut = cutByMeaning(text, 600);
    expect(cut.length).toBeLessThanOrEqual(620);
    expect(cut).toMatch(/^start[\s\S]*TypeError: cannot read x[\s\S]*end$/);
  });
});
