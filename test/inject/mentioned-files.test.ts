// The files that a prompt names with `@`, as the host reads them.

import { expect, it } from 'vitest';
import { mentionedFiles } from '../../src/inject/mentioned-files.ts';

it.each([
  ['look at @src/cart.ts', ['src/cart.ts']],
  ['@src/cart.ts#L3-9, and @src/cart.ts#L20.', ['src/cart.ts']],
  ['(see @README.md) and\n@./a/b.py?', ['README.md', './a/b.py']],
  ['@"notes of today.md" then @docs/', ['notes of today.md', 'docs/']],
  ['mail ada@example.org, @ nobody', []],
])('%j names %j', (prompt, files) => {
  expect(mentionedFiles(prompt)).toEqual(files);
});

it('are five at most, of a length that paths have, and cost no time in a long paste', () => {
  expect(mentionedFiles(`@${'x'.repeat(500)}`)).toEqual([]);
  expect(mentionedFiles(Array.from({ length: 20 }, (_, n) => `@f${n}.ts`).join(' '))).toHaveLength(5);
  expect(mentionedFiles('@'.repeat(200_000) + ' "@'.repeat(20_000))).toHaveLength(0);
});
