// Redaction of whole JSON values.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactAll, redactDeep } from '../../../src/system/redaction/redact-deep.ts';

describe('redactDeep', () => {
  it('cleans leaves and keys, and fields that are named like secrets', () => {
    const value = {
      command: 'login --password hunter2x',
      list: ['<private>Globex</private> ok', 7, null, true],
      credentials: { password: 'abc1234', note: 'plain' },
      'x <private>y</private>': 1,
    };
    expect(redactDeep(value)).toEqual({
      value: {
        command: 'login --password [redacted:password]',
        list: [' ok', 7, null, true],
        credentials: { password: '[redacted:password]', note: 'plain' },
        'x ': 1,
      },
      counts: { password: 2, private: 2 },
    });
  });

  it('keeps every value that holds nothing to cut', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const { value: cleaned, counts } = redactDeep(value);
        if (Object.keys(counts).length === 0) expect(JSON.stringify(cleaned)).toBe(JSON.stringify(value));
      }),
      { numRuns: 200 },
    );
  });

  it('does not follow nesting without end', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 200; i++) deep = [deep];
    expect(JSON.stringify(redactDeep(deep).value)).toContain('[dropped: nested too deep]');
  });
});

describe('redactAll', () => {
  it('cuts private spans before secrets and counts both', () => {
    expect(redactAll('<private>a</private> DB_PASSWORD=tr0ub4dor')).toEqual({
      text: ' DB_PASSWORD=[redacted:password]',
      counts: { password: 1, private: 1 },
    });
  });
});
