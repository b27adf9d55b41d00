// Identifiers and the words they are made of.

import { describe, expect, it } from 'vitest';
import { identifierParts, splitHumps } from '../../src/index/identifiers.ts';

describe('splitHumps', () => {
  const cases: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['compareAndSet', ['compare', 'And', 'Set']],
    ['HTTPServer', ['HTTP', 'Server']],
    ['oauth2Token', ['oauth2', 'Token']],
    ['TokenStore', ['Token', 'Store']],
    ['token', undefined],
    ['Token', undefined],
    ['HTTP', undefined],
    ['', undefined],
  ];
  it.each(cases)('splits %s', (word, parts) => {
    expect(splitHumps(word)).toEqual(parts);
  });
});

describe('identifierParts', () => {
  it('gives each identifier once, also inside paths and calls', () => {
    expect(identifierParts('`store.compareAndSet()` in src/tokenStore.ts; compareAndSet again, plain words')).toBe(
      'compare And Set\ntoken Store',
    );
  });

  it('takes very long runs for data', () => {
    expect(identifierParts(`aB${'cD'.repeat(100_000)} getUser`)).toBe('get User');
  });
});
