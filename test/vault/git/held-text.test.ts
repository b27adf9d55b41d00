// Each reason to hold back has its words.

import { describe, expect, it } from 'vitest';
import { HELD_REASONS } from '../../../src/model/publication.ts';
import { readTemplate } from '../../../src/system/templates.ts';
import { readHeldText } from '../../../src/vault/git/held-text.ts';

describe('readHeldText', () => {
  it.each(HELD_REASONS)('has a sentence and a way out for `%s`', (reason) => {
    const { sentence, wayOut } = readHeldText(reason);
    expect(sentence).toMatch(/^.{10,200}\.$/);
    expect(wayOut).toMatch(/^.{10,300}\.$/);
  });

  it('has no text for a reason that is not there', () => {
    expect(Object.keys(JSON.parse(readTemplate('held.json'))).sort()).toEqual([...HELD_REASONS].sort());
  });
});
