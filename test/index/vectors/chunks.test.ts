// How a memory is cut into the texts that are embedded.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunksOf } from '../../../src/index/vectors/chunks.ts';
import { estimateTokens } from '../../../src/model/tokens.ts';
import { anyText } from '../../support/memories.ts';

const SENTENCE = 'The store awaits the lock before it rotates the token, and a second request waits behind it. ';

describe('chunksOf', () => {
  it('leaves a short memory whole, its title first', () => {
    expect(chunksOf({ title: 'Two refreshes raced', body: 'A mutex fixes it.\n\n## Facts\n\n- one\n- two\n' })).toEqual(
      ['Two refreshes raced\nA mutex fixes it.\n## Facts\n- one\n- two'],
    );
  });

  it('cuts a long one at paragraphs, each part under the title', () => {
    const body = Array.from({ length: 12 }, (_, at) => `Paragraph ${at}. ${SENTENCE.repeat(3)}`).join('\n\n');
    const chunks = chunksOf({ title: 'Locking', body });
    expect(chunks.length).toBeGreaterThan(3);
    for (const chunk of chunks) {
      expect(chunk.startsWith('Locking\nParagraph ')).toBe(true);
      expect(chunk.trimEnd().endsWith('.')).toBe(true);
    }
  });

  it('keeps a heading with what follows it', () => {
    const body = `${SENTENCE.repeat(8)}\n\n## Decision\n\n${SENTENCE.repeat(6)}`;
    const chunks = chunksOf({ title: 'Locking', body });
    expect(chunks.filter((chunk) => chunk.endsWith('## Decision'))).toEqual([]);
    expect(chunks.some((chunk) => chunk.includes('## Decision\nThe store awaits'))).toBe(true);
  });

  it('gives a memory without words one text, so that it is done', () => {
    expect(chunksOf({ title: '\u200b', body: '' })).toEqual(['']);
  });

  it('leaves out nothing of an ordinary memory, and makes no text too long for a small model', () => {
    const body = fc.array(
      fc.oneof(anyText, fc.constantFrom(SENTENCE.repeat(4), '\n\n', '## Heading\n', '日本語の文章。'.repeat(60))),
      {
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(anyText, body, (title, parts) => {
        const chunks = chunksOf({ title, body: parts.join('') });
        expect(chunks.length).toBeGreaterThan(0);
        for (const chunk of chunks) expect(estimateTokens(chunk)).toBeLessThanOrEqual(260);
        const all = chunks.join('\n');
        for (const word of parts.join(' ').match(/[a-z]{6,}/g) ?? []) expect(all).toContain(word);
      }),
    );
  });

  it('takes the beginning of a huge one', () => {
    const chunks = chunksOf({
      title: 'Huge',
      body: Array.from({ length: 5000 }, (_, at) => `${at} ${SENTENCE}`).join('\n\n'),
    });
    expect(chunks).toHaveLength(64);
  });

  it('gives equal memories equal texts', () => {
    fc.assert(
      fc.property(anyText, anyText, (title, body) => {
        expect(chunksOf({ title, body })).toEqual(chunksOf({ title, body }));
      }),
    );
  });
});
