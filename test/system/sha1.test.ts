// SHA-1 in plain code is SHA-1.

import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha1Hex } from '../../src/system/sha1.ts';

it('agrees with node:crypto on bytes of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha1Hex(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
    }),
  );
  for (const length of [0, 55, 56, 63, 64, 119, 120, 9000]) {
    const bytes = Buffer.alloc(length, 'ab1');
    expect(sha1Hex(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
  }
});
