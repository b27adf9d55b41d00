// SHA-256 and HMAC in plain code are SHA-256 and HMAC.

import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { hmacSha256Hex, sha256Hex } from '../../src/system/digest.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

it('agrees with node:crypto on bytes of any length', () => {
  fc.assert(
    fc.property(bytes, (message) => {
      expect(sha256Hex(message)).toBe(createHash('sha256').update(message).digest('hex'));
    }),
  );
});

it('agrees with node:crypto on keys of any length', () => {
  fc.assert(
    fc.property(bytes, bytes, (key, message) => {
      expect(hmacSha256Hex(key, message)).toBe(createHmac('sha256', key).update(message).digest('hex'));
    }),
  );
});
