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

  it.each([
    ['wide brackets', '\uFF1Cprivate\uFF1Ehidden\uFF1C/private\uFF1E'],
    ['wide letters, without an end', '<\uFF50\uFF52\uFF49\uFF56\uFF41\uFF54\uFF45>hidden'],
    ['small brackets', '\uFE64private\uFE65hidden'],
    ['brackets of an input method', '\u300Aprivate\u300Bhidden\u300A/private\u300B'],
    ['quotes that point', '\u00ABprivate\u00BBhidden\u00AB/private\u00BB'],
    ['entities without their ends', '&ltprivate&gt hidden &lt/private&gt'],
    ['entities of entities', '&amp;amp;lt;private&amp;amp;gt;hidden'],
    ['padded numbers', '&#0000060;private&#0000062;hidden'],
    ['percents of percents', '%253Cprivate%253Ehidden'],
    ['braces of escapes', '\\u{3c}private\\u{3e}hidden'],
    ['octal escapes', '\\074private\\076hidden'],
    ['escaped letters', '<\\u0070rivate>hidden'],
    ['letters as entities', '<&#112;riv&#x61;te>hidden'],
    ['letters with percents', '<%70rivate>hidden'],
    ['letters of another alphabet', '<\u0440riv\u0430te>hidden'],
    ['a capital with a dot', '<PR\u0130VATE>hidden'],
    ['colours', '\u001B[33m<\u001B[0mpri\u001B[1mvate\u001B[33m>\u001B[0mhidden'],
    ['characters that nobody sees', `<p\u3164r\uFE0Fi\u{E0061}v\u180Ba\u2066te${'\u2060'.repeat(20)}>hidden`],
    ['many blanks', `<${' '.repeat(30)}private${' '.repeat(30)}>hidden`],
  ])('knows a tag with %s', (_, text) => {
    expect(cutPrivate(`before ${text}`).text).not.toContain('hidden');
    expect(cutPrivate(`before ${text}`).text).toMatch(/^before /);
  });

  it.each([
    'the \u00ABprivate\u00BB stereotype of a class',
    '\u300Aprivate\u300B is the title of a book',
    'x <\u043F\u0440\u0438\u0432\u0435\u0442> y',
    'width: 100%; #private { color: red }',
    'if (a <privateKey.length) return b > 1;',
  ])('leaves %j', (text) => {
    expect(cutPrivate(text)).toEqual({ text, spans: 0 });
  });

  it('goes from one text of a list to another', () => {
    const { value } = redactDeep({
      lines: ['keep <private>', 'hidden', '</private> keep too', 'and this'],
      blocks: [
        { type: 'text', text: '<private>a' },
        { type: 'text', text: 'hidden' },
        { type: 'text', text: 'b</private>c' },
      ],
      open: ['one <private>hidden', 'this stays'],
    });
    expect(JSON.stringify(value)).not.toContain('hidden');
    expect(value).toMatchObject({ lines: ['keep ', '', ' keep too', 'and this'], open: ['one ', 'this stays'] });
    expect(JSON.stringify(value)).toContain('"text":"c"');
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
