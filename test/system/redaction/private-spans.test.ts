// `<private>` spans: the corpus of tags, and that nothing inside a span survives.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPrivate } from '../../../src/system/redaction/private-spans.ts';
import { redactDeep } from '../../../src/system/redaction/redact-deep.ts';
import { readRows } from './corpus.ts';

describe('cutPrivate', () => {
  it.each(readRows('private-tags.jsonl').map((row) => [String(row['name']), row] as const))(
    'cuts the corpus row "%s"',
    (_, row) => {
      const kept = JSON.stringify(redactDeep(row['input']).value);
      for (const word of row['must_not_contain'] as string[]) expect(kept).not.toContain(word);
      for (const word of row['must_contain'] as string[]) expect(kept).toContain(word);
    },
  );

  it('counts spans and leaves the rest to the byte', () => {
    expect(cutPrivate('a <private>b</private> c <PRIVATE x="1>2">d</Private > e')).toEqual({
      text: 'a  c  e',
      spans: 2,
    });
    expect(cutPrivate('class A { private int b; } <privately> <private-note> <private/>')).toEqual({
      text: 'class A { private int b; } <privately> <private-note> <private/>',
      spans: 0,
    });
  });

  it('cuts from the beginning when only the end of a span is there', () => {
    expect(cutPrivate('the contract is 480k</private> fix the bug')).toEqual({ text: ' fix the bug', spans: 1 });
  });

  it('finds tags that only form once a span is gone', () => {
    expect(cutPrivate('<<private>x</private>private>hidden').text).not.toContain('hidden');
    expect(cutPrivate('<pri<private>x</private>vate>hidden').text).not.toContain('hidden');
  });

  it('keeps nothing that stands between an opener and its end', () => {
    const opener = fc.constantFrom(
      '<private>',
      '<PRIVATE>',
      '< private >',
      "<private a='b'>",
      '&lt;private&gt;',
      '\\u003cprivate\\u003e',
    );
    const closer = fc.constantFrom('</private>', '</PRIVATE >', '&lt;/private&gt;', '\\u003c/private\\u003e', '');
    fc.assert(
      fc.property(fc.array(fc.tuple(opener, closer), { minLength: 1, maxLength: 5 }), fc.string(), (spans, between) => {
        const text = spans.map(([open, close], at) => `${between}${open}hidden-${at}${close}`).join('');
        const cut = cutPrivate(text);
        expect(cut.text).not.toMatch(/hidden-\d/);
        expect(cutPrivate(cut.text)).toEqual({ text: cut.text, spans: 0 });
      }),
      { numRuns: 300 },
    );
  });
});
