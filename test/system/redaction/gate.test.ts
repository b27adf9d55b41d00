// The gate before the seldom rules: it passes over no text that one of them could find something in.

import { expect, it } from 'vitest';
import { CREDENTIAL_RULES } from '../../../src/system/redaction/credentials/all.ts';
import { FREQUENT_CREDENTIALS } from '../../../src/system/redaction/credentials/frequent.ts';
import {
  BEFORE_PASSWORD,
  BEFORE_TOKEN,
  PASSWORD_FLAGS,
  TOKEN_FLAGS,
  gateLiterals,
  isCovered,
  mayHoldSeldom,
} from '../../../src/system/redaction/credentials/gate.ts';
import { makeLiteralScan } from '../../../src/system/redaction/literals.ts';

const SELDOM = CREDENTIAL_RULES.filter((rule) => !FREQUENT_CREDENTIALS.includes(rule));
/** Hints that the gate looks at as the rules themselves do. */
const WORDS = [BEFORE_PASSWORD, BEFORE_TOKEN, PASSWORD_FLAGS, TOKEN_FLAGS];

it('has the frequent rules in the order of all', () => {
  expect(CREDENTIAL_RULES.filter((rule) => FREQUENT_CREDENTIALS.includes(rule))).toEqual(FREQUENT_CREDENTIALS);
  expect(SELDOM.length).toBeGreaterThan(40);
});

it('knows a literal within each hint of each seldom rule', () => {
  const unknown = SELDOM.filter((rule) => !WORDS.includes(rule.hints.join('~'))).flatMap((rule) =>
    rule.hints.filter((hint) => !isCovered(hint, rule.needs ?? '')).map((hint) => `${rule.kind}: ${hint}`),
  );
  expect(unknown).toEqual([]);
  expect(WORDS.every((words) => SELDOM.some((rule) => rule.hints.join('~') === words))).toBe(true);
});

it('opens for every seldom rule, in short texts and in long ones', () => {
  const scan = makeLiteralScan(gateLiterals, []);
  const filler = 'lorem ipsum dolor\n'.repeat(500);
  const shut: string[] = [];
  for (const rule of SELDOM)
    for (const hint of rule.hints)
      for (const around of ['', filler]) {
        const flag = WORDS.slice(2).includes(rule.hints.join('~')) ? ' --' : '';
        const text = `${around} ${flag}${hint}0123456789012345678901 ${rule.needs ?? ''} ${around}`;
        if (!mayHoldSeldom(text, scan(text))) shut.push(`${rule.kind}: ${hint}`);
      }
  expect(shut).toEqual([]);
});

it('stays shut for what most events say', () => {
  const scan = makeLiteralScan(gateLiterals, []);
  const texts = [
    'npm test 2>&1 | tail -n 40; exit ${pipestatus[0]}',
    'not ok 3 - parallel refreshes with one token share one result\n  ---\n  duration_ms: 13.18\n# pass 2\n# fail 1\n',
    "import { readfilesync } from 'node:fs';\nconst text = readfilesync(path, 'utf8');\nexport const limit = 20;\n",
    'cd src && git status --short && git log --oneline -5',
  ];
  expect(texts.filter((text) => mayHoldSeldom(text, scan(text)))).toEqual([]);
});
