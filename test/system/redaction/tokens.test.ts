// The table of tokens: what is derived from it by hand must agree with it.

import { expect, it } from 'vitest';
import { TOKEN_HEADS } from '../../../src/system/redaction/token-table.ts';
import { tokenHeads } from '../../../src/system/redaction/tokens.ts';

it('lists the heads of all its prefixes', () => {
  expect(TOKEN_HEADS).toBe(tokenHeads());
});
