// Golden files: what people and models read, kept in test/golden. `npm run golden` rewrites them; then read the diff.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** Compares a text with `test/golden/<name>`, or writes it there when UPDATE_GOLDEN is set. */
export function expectGolden(name: string, text: string): void {
  const file = join(import.meta.dirname, '../golden', name);
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
