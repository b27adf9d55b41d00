// Two edits of one memory become one file in the format, with everything that either side wrote.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitConflict } from '../../src/vault/conflict-markers.ts';
import { parseMemoryFile, serializeMemory } from '../../src/vault/memory-file.ts';
import { mergeMemory } from '../../src/vault/merge-memory.ts';
import { mergeParagraphs } from '../../src/vault/merge-paragraphs.ts';
import { memoryOf } from '../support/memories.ts';

const PATH = 'memories/2026/11/22-x-7k2m9qx4hd3a.md';
const BASE = memoryOf({
  tags: ['auth', 'old'],
  files: [{ path: 'src/a.ts', blob: '9c1e0b2d44aa' }],
  body: 'First.\n\nSecond.\n\nThird.\n',
});

function merge(ours: Partial<typeof BASE>, theirs: Partial<typeof BASE>, base: typeof BASE | null = BASE) {
  const text = (changes: Partial<typeof BASE>): string => serializeMemory({ ...BASE, ...changes });
  const merged = mergeMemory(PATH, {
    base: base === null ? undefined : serializeMemory(base),
    ours: text(ours),
    theirs: text(theirs),
  });
  if (!merged.ok) throw new Error(merged.reason);
  const parsed = parseMemoryFile(PATH, merged.text);
  if (!parsed.ok) throw new Error(merged.text);
  return { ...parsed.memory, notes: merged.notes };
}

describe('mergeMemory', () => {
  it('takes each field from the side that changed it', () => {
    const merged = merge({ title: 'Better', body: 'First.\n\nSecond, clearer.\n\nThird.\n' }, { type: 'decision' });
    expect(merged).toMatchObject({ title: 'Better', type: 'decision', notes: [] });
    expect(merged.body).toBe('First.\n\nSecond, clearer.\n\nThird.\n');
  });

  it('merges different paragraphs without a word', () => {
    const merged = merge(
      { body: 'First, ours.\n\nSecond.\n\nThird.\n' },
      { body: 'First.\n\nSecond.\n\nThird, theirs.\n\nFourth.\n' },
    );
    expect(merged.body).toBe('First, ours.\n\nSecond.\n\nThird, theirs.\n\nFourth.\n');
    expect(merged.notes).toEqual([]);
  });

  it('keeps both versions of a paragraph that both changed, and says so', () => {
    const merged = merge(
      { body: 'First.\n\nSecond, ours.\n\nThird.\n' },
      { body: 'First.\n\nSecond, theirs.\n\nThird.\n' },
    );
    expect(merged.body).toBe('First.\n\nSecond, ours.\n\nSecond, theirs.\n\nThird.\n');
    expect(merged.notes).toEqual(['both sides changed the same paragraph: both are kept']);
  });

  it('keeps ours of a value that both changed, and writes theirs below the text', () => {
    const merged = merge({ title: 'Ours' }, { title: 'Theirs: "x"' });
    expect(merged.title).toBe('Ours');
    expect(merged.body).toContain('Merged: on the other branch `title` was "Theirs: \\"x\\"".');
    expect(merged.notes).toHaveLength(1);
  });

  it('merges lists as sets', () => {
    const merged = merge(
      { tags: ['auth', 'race'], files: [...BASE.files, { path: 'src/b.ts' }] },
      {
        tags: ['auth', 'old', 'redis'],
        files: [{ path: 'src/c.ts', blob: '0123456789ab' }],
        supersedes: ['c4hd7k2m9qxa'],
      },
    );
    expect(merged.tags).toEqual(['auth', 'race', 'redis']);
    expect(merged.files).toEqual([{ path: 'src/b.ts' }, { path: 'src/c.ts', blob: '0123456789ab' }]);
    expect(merged.supersedes).toEqual(['c4hd7k2m9qxa']);
  });

  it('keeps unknown keys, comments and line ends of a file that people wrote', () => {
    const text = (extra: string, body: string): string =>
      `---\r\n# ours to keep\r\nid: 7k2m9qx4hd3a\r\nkind: note\r\n${extra}title: T # why\r\ncreated: 2026-11-22\r\n---\r\n${body}`;
    const merged = mergeMemory(PATH, {
      base: text('', 'a\r\n'),
      ours: text('reviewed: Bo\r\n', 'a\r\n'),
      theirs: text('', 'b\r\n'),
    });
    expect(merged).toEqual({ ok: true, notes: [], text: text('reviewed: Bo\r\n', 'b\r\n') });
  });

  it('merges without a common version, as when two clones wrote the same file', () => {
    const merged = merge({ body: 'One.\n' }, { body: 'One.\n\nTwo.\n', tags: ['auth', 'new'] }, null);
    expect(merged.body).toBe('One.\n\nTwo.\n');
    expect([...merged.tags].sort()).toEqual(['auth', 'new', 'old']);
  });

  it('refuses two different memories, and what is not in the format', () => {
    const ours = serializeMemory(BASE);
    const theirs = serializeMemory({ ...BASE, id: '000000000000' });
    expect(mergeMemory(PATH, { ours, theirs })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('ids differ'),
    });
    expect(mergeMemory(PATH, { ours, theirs: 'no frontmatter\n' })).toMatchObject({ ok: false });
  });

  it('loses no paragraph and no tag that either side added, whatever the edits', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '# e', '- f', '```', 'g'), {
      minLength: 1,
      maxLength: 6,
    });
    const edit = fc.record({
      paragraphs: words,
      tags: fc.uniqueArray(fc.constantFrom('t1', 't2', 't3'), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(words, edit, edit, (base, ours, theirs) => {
        const text = (list: readonly string[]): string => `${list.join('\n\n')}\n`;
        const merged = merge(
          { body: text(ours.paragraphs), tags: ours.tags },
          { body: text(theirs.paragraphs), tags: theirs.tags },
          { ...BASE, body: text(base), tags: [] },
        );
        for (const added of [...ours.paragraphs, ...theirs.paragraphs].filter((word) => !base.includes(word)))
          expect(merged.body.split('\n\n').map((part) => part.trim())).toContain(added);
        expect([...merged.tags].sort()).toEqual([...new Set([...ours.tags, ...theirs.tags])].sort());
      }),
    );
  });
});

describe('mergeParagraphs', () => {
  it('gives the edited side when only one side edited', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 }).map((list) => `${list.join('\n\n')}\n`);
    fc.assert(
      fc.property(text, text, (base, edited) => {
        expect(mergeParagraphs(base, edited, base).text).toBe(edited);
        expect(mergeParagraphs(base, base, edited).text).toBe(edited);
        expect(mergeParagraphs(base, edited, edited).text).toBe(edited);
      }),
    );
  });

  it('answers for huge texts in a moment', () => {
    const many = (word: string): string => Array.from({ length: 20_000 }, (_, i) => `${word} ${i}`).join('\n\n');
    const merged = mergeParagraphs(many('a'), many('b'), many('c'));
    expect(merged.text).toContain('b 19999');
    expect(merged.text).toContain('c 19999');
  });
});

describe('splitConflict', () => {
  it('reads both sides, and the common one where diff3 wrote it', () => {
    const text = 'a\n<<<<<<< HEAD\nours\n||||||| base\nwas\n=======\ntheirs\n>>>>>>> other\nz\n';
    expect(splitConflict(text)).toEqual({ ours: 'a\nours\nz\n', base: 'a\nwas\nz\n', theirs: 'a\ntheirs\nz\n' });
    expect(splitConflict('<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n')).toEqual({ ours: 'x\n', theirs: 'y\n' });
  });

  it('gives nothing for markers that do not fit together', () => {
    expect(splitConflict('no markers\n')).toBeUndefined();
    expect(splitConflict('<<<<<<< a\nx\n')).toBeUndefined();
  });
});
