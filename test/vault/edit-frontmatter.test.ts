// A change to one key of a file that a person wrote: everything else stays byte for byte.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editFrontmatter } from '../../src/vault/edit-frontmatter.ts';
import { parseMemoryFile, serializeMemory } from '../../src/vault/memory-file.ts';
import { anyMemory, anyText } from '../support/memories.ts';

const FOREIGN = [
  '\uFEFF---',
  '# by hand',
  'title: "Old"   # the title',
  'mood: { good: true }',
  '',
  'tags:   # words',
  '- auth   # first',
  '# between',
  '- race',
  'id: 7k2m9qx4hd3a',
  '---',
  'body ---',
  '',
].join('\r\n');

describe('an edit of the frontmatter', () => {
  it('changes a text and keeps its comment, line ends, byte order mark and everything else', () => {
    const edited = editFrontmatter(FOREIGN, { title: 'New: better' }, 'x.md');
    expect(edited).toEqual({ ok: true, text: FOREIGN.replace('"Old"   #', '"New: better"   #') });
  });

  it('adds to a list and takes from it, line by line', () => {
    const edited = editFrontmatter(FOREIGN, { tags: ['race', 'pinned'] }, 'x.md');
    expect(edited.ok && edited.text).toBe(
      FOREIGN.replace('- auth   # first\r\n', '').replace('- race\r\n', '- race\r\n- pinned\r\n'),
    );
  });

  it('adds a new key below the others and takes one out', () => {
    expect(editFrontmatter(FOREIGN, { tags: undefined, branch: 'main' }, 'x.md')).toEqual({
      ok: true,
      text: FOREIGN.replace(/tags:[^]*- race\r\n/, '').replace('---\r\nbody', 'branch: main\r\n---\r\nbody'),
    });
  });

  it.each(['---\n{ title: a, b: c }\n---\n', '---\n"title": a\n---\n', '---\nb: &t a\ntitle: >-\n  x\n\n y: z\n---\n'])(
    'leaves %j alone: it cannot be changed safely',
    (text) => {
      const edited = editFrontmatter(text, { title: 'x' }, 'x.md');
      expect(edited.ok ? edited.text : edited.diagnostics[0]?.severity).toBe('error');
    },
  );

  it('is the edit that was asked for, or none, for any memory', () => {
    fc.assert(
      fc.property(anyMemory, anyText, fc.array(anyText, { maxLength: 4 }), (memory, title, tags) => {
        const text = serializeMemory(memory);
        fc.pre(title.trim() !== '' && tags.every((tag) => tag !== '') && new Set(tags).size === tags.length);
        const edited = editFrontmatter(text, { title, tags }, 'x.md');
        expect(edited.ok && parseMemoryFile('x.md', edited.text)).toMatchObject({ memory: { ...memory, title, tags } });
      }),
      { numRuns: 300 },
    );
  });
});
