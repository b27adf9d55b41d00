// Whether a folder can be written is told without writing.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isWritable } from '../../src/system/writable.ts';

const root = mkdtempSync(join(tmpdir(), 'memvault-writable-'));

it("is so for a folder of one's own, and for one that can be made in it", () => {
  expect(isWritable(root)).toBe(true);
  expect(isWritable(join(root, 'not', 'yet'))).toBe(true);
  expect(readdirSync(root)).toEqual([]);
});

it('is not so where a file stands in the way', () => {
  writeFileSync(join(root, 'file'), '');
  expect(isWritable(join(root, 'file'))).toBe(false);
  expect(isWritable(join(root, 'file', 'below'))).toBe(false);
});

// Rights do not hold for root.
it.skipIf(process.getuid?.() === 0)('is not so without the right to it', () => {
  mkdirSync(join(root, 'closed'));
  chmodSync(join(root, 'closed'), 0o500);
  expect(isWritable(join(root, 'closed', 'below'))).toBe(false);
});
