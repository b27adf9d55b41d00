// The table of tokens: what is derived from it by hand must agree with it.

import { expect, it } from 'vitest';
import { TOKEN_HEADS } from '../../../src/system/redaction/token-table.ts';
import { rowsBeginning, tokenHeads, tokenRows } from '../../../src/system/redaction/tokens.ts';

it('lists the heads of all its prefixes', () => {
  expect(TOKEN_HEADS).toBe(tokenHeads());
});

it('finds the rows of a beginning as reading the whole table does', () => {
  const rows = tokenRows();
  expect(rows.length).toBeGreaterThan(300);
  for (const three of new Set(rows.map(({ prefix }) => prefix.slice(0, 3))))
    expect(rowsBeginning(three)).toEqual(rows.filter(({ prefix }) => prefix.startsWith(three)));
  expect(['zzz', 'a-z', '{16', ' AK', ',AS'].map(rowsBeginning)).toEqual([[], [], [], [], []]);
});
