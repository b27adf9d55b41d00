// One memory, one file: the round trip, the byte form, and what is said about files that break the format.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Memory } from '../../src/model/memory.ts';
import { MAX_MEMORY_BYTES, parseMemoryFile, serializeMemory } from '../../src/vault/memory-file.ts';
import { anyMemory, anyText, memoryOf } from '../support/memories.ts';

const HEAD = 'id: 7k2m9qx4hd3a\nkind: note\ntitle: t\ncreated: "2026-11-22T14:32:05Z"\n';

describe('a memory file', () => {
  it('gives back the memory that was written, whatever its texts', () => {
    fc.assert(
      fc.property(anyMemory, (memory) => {
        const text = serializeMemory(memory);
        for (const content of [text, Buffer.from(text)]) {
          const parsed = parseMemoryFile('x.md', content);
          expect(parsed).toEqual({ ok: true, memory, diagnostics: parsed.diagnostics });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has its keys in the order of the format, quotes only where YAML needs them, no empty lists', () => {
    const memory: Memory = memoryOf({
      title: 'Fixes: the race',
      session: 'fe0548c7-2487-4719-957b-715cd87e8307',
      branch: 'fix/auth-race',
      commit: '123e4567',
      files: [{ path: 'src/auth/refresh.ts', blob: '9c1e0b2d44aa' }, { path: 'a b.ts' }],
      tags: ['auth', 'yes'],
      supersedes: ['c4hd7k2m9qxa'],
    });
    expect(serializeMemory(memory)).toBe(
      [
        '---',
        'id: 7k2m9qx4hd3a',
        'kind: observation',
        'type: bugfix',
        'title: "Fixes: the race"',
        'created: "2026-11-22T14:32:05Z"',
        'session: fe0548c7-2487-4719-957b-715cd87e8307',
        'branch: fix/auth-race',
        'commit: "123e4567"',
        'files:',
        '  - path: src/auth/refresh.ts',
        '    blob: 9c1e0b2d44aa',
        '  - path: a b.ts',
        'tags:',
        '  - auth',
        '  - "yes"',
        'supersedes:',
        '  - c4hd7k2m9qxa',
        '---',
        'A per-user mutex fixes it.',
        '',
      ].join('\n'),
    );
  });

  it('may be written by hand: other key order, comments, single texts for lists, a date alone, unknown keys', () => {
    const text = [
      '---',
      '# by hand',
      "title: 'It''s so'",
      'tags: auth',
      'files: [src/a.ts, { path: src/b.ts }]',
      'aliases: [x]',
      'created: 2026-11-22',
      'kind: note',
      'type: convention',
      'id: 7k2m9qx4hd3a',
      '---',
      'body',
    ].join('\r\n');
    expect(parseMemoryFile('x.md', `\uFEFF${text}`)).toEqual({
      ok: true,
      memory: memoryOf({
        kind: 'note',
        type: 'convention',
        title: "It's so",
        created: '2026-11-22T00:00:00Z',
        tags: ['auth'],
        files: [{ path: 'src/a.ts' }, { path: 'src/b.ts' }],
        body: 'body',
      }),
      diagnostics: [],
    });
  });

  it.each([
    ['2026-11-22T14:32:05Z', '2026-11-22T14:32:05Z'],
    ['2026-11-22T14:32:05.123Z', '2026-11-22T14:32:05Z'],
    ['2026-11-22 14:32', '2026-11-22T14:32:00Z'],
    ['2026-11-22T01:32:05+02:00', '2026-11-21T23:32:05Z'],
    ['2026-11-22T23:32:05-0130', '2026-11-23T01:02:05Z'],
    ['2024-02-29', '2024-02-29T00:00:00Z'],
  ])('reads the time %s as %s', (created, utc) => {
    const parsed = parseMemoryFile('x.md', `---\n${HEAD.replace(/"2026.*"/, JSON.stringify(created))}---\n`);
    expect(parsed.ok && parsed.memory.created).toBe(utc);
  });

  it.each([
    '2026-13-45',
    '2025-02-29',
    '2026-11-22T24:00:00Z',
    '2026-11-22T10:60:00Z',
    '22.11.2026',
    'yesterday',
    '2026',
  ])('refuses the time %s', (created) => {
    const parsed = parseMemoryFile('x.md', `---\n${HEAD.replace(/"2026.*"/, JSON.stringify(created))}---\n`);
    expect(parsed).toMatchObject({ ok: false, diagnostics: [{ rule: 'field-invalid', line: 5 }] });
  });

  it('names everything that is wrong with the required keys in one error at the first line', () => {
    const parsed = parseMemoryFile('a/b.md', '---\nid: 7k2m9qx4hd3a\ntitle: 404\nkind: observation\n---\n');
    expect(parsed.diagnostics).toEqual([
      {
        path: 'a/b.md',
        line: 1,
        rule: 'field-invalid',
        severity: 'error',
        message:
          'type: is missing, expected one of decision, bugfix, feature, refactor, discovery, convention, gotcha, change, security; ' +
          'title: expected a text: put it in quotes; created: is missing',
      },
    ]);
  });

  it('names the way to adopt a file that somebody wrote without frontmatter or without an id', () => {
    for (const text of ['# a note\n', '---\ntitle: x\n---\n'])
      expect(parseMemoryFile('memories/a.md', text).diagnostics[0]?.mend).toBe('memvault adopt memories/a.md');
  });

  it('leaves wrong optional keys aside, each with a warning at its line', () => {
    const text = `---\n${HEAD}commit: 1234567\ntags: [a, 1]\nfiles: 7\nsupersedes: [nope, c4hd7k2m9qxa]\ntype: odd\n---\n`;
    const parsed = parseMemoryFile('x.md', text);
    expect(parsed.ok && parsed.memory).toMatchObject({ tags: ['a'], files: [], supersedes: ['c4hd7k2m9qxa'] });
    expect(parsed.ok && 'commit' in parsed.memory).toBe(false);
    expect(parsed.diagnostics.map(({ line, rule, severity }) => [line, rule, severity])).toEqual(
      [10, 6, 8, 7, 9].map((line) => [line, 'field-ignored', 'warning']),
    );
  });

  it('has no NUL and no lone surrogate in its texts, though an escape in YAML can write them', () => {
    const head = HEAD.replace('title: t', String.raw`title: "a\0b\ud800"`);
    const parsed = parseMemoryFile('x.md', `---\n${head}---\n`);
    expect(parsed.ok && parsed.memory.title).toBe('a\uFFFDb\uFFFD');
  });

  it('reports what a merge left: markers at the edge, a file that begins with them', () => {
    const markers = '<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n';
    expect(parseMemoryFile('x.md', `---\n${HEAD}---\nbody\n${markers}`)).toMatchObject({
      ok: false,
      diagnostics: [{ rule: 'conflict-markers', line: 8 }],
    });
    expect(parseMemoryFile('x.md', markers)).toMatchObject({
      ok: false,
      diagnostics: [{ rule: 'conflict-markers', line: 1 }],
    });
  });

  it('may show conflict markers in a code block, or one marker alone', () => {
    const markers = '<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> other\n';
    for (const body of [
      `\`\`\`diff\n${markers}\`\`\`\n`,
      '<<<<<<< HEAD\n',
      'a\n=======\n',
      '<<<<<<<< eight\n=======\n>>>>>>> x\n',
    ])
      expect(parseMemoryFile('x.md', `---\n${HEAD}---\n${body}`).ok).toBe(true);
  });

  it('is refused when it is too large, no UTF-8, has a NUL, or is a pointer of Git LFS', () => {
    const ruleOf = (content: string | Uint8Array): string | undefined =>
      parseMemoryFile('x.md', content).diagnostics[0]?.rule;
    expect(ruleOf('x'.repeat(MAX_MEMORY_BYTES + 1))).toBe('file-too-large');
    expect(ruleOf('é'.repeat(MAX_MEMORY_BYTES / 2 + 1))).toBe('file-too-large');
    expect(ruleOf(Buffer.from([0x2d, 0x2d, 0x2d, 0x0a, 0xff]))).toBe('not-utf8');
    expect(ruleOf(Buffer.from([0xc0, 0xaf]))).toBe('not-utf8');
    expect(ruleOf(Buffer.from('\uFEFF---\n', 'utf16le'))).toBe('not-utf8');
    expect(ruleOf('a\n\0')).toBe('nul-byte');
    expect(ruleOf('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')).toBe('lfs-pointer');
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), anyText), (content) => {
        expect(parseMemoryFile('x.md', content).diagnostics.length).toBeGreaterThan(0);
      }),
    );
  });
});
