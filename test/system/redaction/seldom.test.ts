// A hook asks a gate, and looks before it makes an expression: neither changes what is found.

import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { corpora } from '../../../scripts/eval/leaks/corpora.ts';
import { FREQUENT_CREDENTIALS } from '../../../src/system/redaction/credentials/frequent.ts';
import { redactText } from '../../../src/system/redaction/redact.ts';
import { applyRule } from '../../../src/system/redaction/rule.ts';
import { readSecrets } from './corpus.ts';

const TEXTS = [
  ...[undefined, 5, 17].flatMap((seed) =>
    corpora(seed).flatMap(({ leaks, harmless }) => [...leaks, ...harmless].map(({ text }) => text)),
  ),
  ...['positives.jsonl', 'negatives.jsonl'].flatMap((name) => readSecrets(name).map(({ text }) => text)),
];

/** Those texts as nobody wrote them: cut short, in other quotes or case, with blanks more or less. */
const MUTATED = fc
  .tuple(
    fc.constantFrom(...TEXTS),
    fc.array(fc.tuple(fc.nat(7), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 3 }),
  )
  .map(([text, changes]) => changes.reduce((changed, [kind, where]) => mutate(changed, kind, where), text));

function mutate(text: string, kind: number, where: number): string {
  const at = Math.floor(where * text.length);
  const cut = (insert: string, drop = 0): string => text.slice(0, at) + insert + text.slice(at + drop);
  const changes = [
    () => text.slice(at),
    () => text.slice(0, at),
    () => cut('', 1),
    () => cut(' '),
    () => cut('"'),
    () => text.toUpperCase(),
    () => text.replaceAll('"', "'"),
    () => text.replaceAll(/[=:]/g, ' : '),
  ];
  return changes[kind]?.() ?? text;
}

it('finds behind the gate what all rules find', async () => {
  expect(TEXTS.length).toBeGreaterThan(2000);
  const rules = await import('../../../src/system/redaction/seldom-rules.ts');
  let opened = 0;
  const seldomRules = (): typeof rules => {
    opened++;
    return rules;
  };
  vi.resetModules();
  vi.doMock('../../../src/system/redaction/seldom.ts', () => ({ seldomRules, rulesAtHand: () => undefined }));
  const hook = await import('../../../src/system/redaction/redact.ts');
  const filler = 'const first = 1;\n'.repeat(400);
  // Long ones are searched in another way.
  const texts = [
    ...TEXTS,
    ...TEXTS.filter((_text, at) => at % 20 === 0).map((text) => `${filler}\n${text}\n${filler}`),
  ];
  expect(texts.filter((text) => hook.redactText(text).text !== redactText(text).text)).toEqual([]);
  expect(opened).toBeGreaterThan(500);
  fc.assert(
    fc.property(MUTATED, (text) => hook.redactText(text).text === redactText(text).text),
    { numRuns: 4000 },
  );
});

it.each(FREQUENT_CREDENTIALS.map((rule) => [rule.hints.slice(0, 3).join(' '), rule] as const))(
  'says no by a look only where the rule finds nothing: %s',
  (_hints, rule) => {
    const passedOver = TEXTS.filter((text) => rule.mayMatch?.(text.toLowerCase(), text) === false).filter((text) => {
      let isFound = false;
      applyRule(text, rule, () => (isFound = true));
      return isFound;
    });
    expect(passedOver).toEqual([]);
  },
);

it('says no by a look only where the rule finds nothing, in whatever was made of a leak', () => {
  fc.assert(
    fc.property(MUTATED, fc.constantFrom(...FREQUENT_CREDENTIALS), (text, rule) => {
      if (rule.mayMatch?.(text.toLowerCase(), text) !== false) return;
      applyRule(text, rule, () => expect.fail(`passed over by ${rule.hints.slice(0, 3).join(' ')}`));
    }),
    { numRuns: 8000 },
  );
});
