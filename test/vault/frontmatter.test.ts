// Frontmatter: what is split off, what is refused, and that the quick reader and the YAML parser agree.

import * as fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseFlatYaml } from '../../src/vault/flat-yaml.ts';
import { lineOfKey, parseFrontmatter } from '../../src/vault/frontmatter.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { parseYaml } from '../../src/vault/safe-yaml.ts';
import { renderScalar } from '../../src/vault/yaml-scalar.ts';
import { anyMemory, anyText, memoryOf } from '../support/memories.ts';

const RUNS = { numRuns: 500 };
const STRUCTURE = [
  '\n',
  ': ',
  ':\n',
  ' #',
  '\n  - ',
  '\n    blob: ',
  'path: ',
  '"',
  "'",
  '\n---\n',
  'tags:\n',
  '  ',
  '',
];

describe('frontmatter', () => {
  it.each([
    ['---\na: x\n---\nbody\n', { a: 'x' }, 'body\n'],
    ['\uFEFF---\r\na: x\r\n---\r\nbody\r\n', { a: 'x' }, 'body\r\n'],
    ['---  \na: x\n---\t\nbody', { a: 'x' }, 'body'],
    ['---\na: x\n---', { a: 'x' }, ''],
    ['---\n---\n', {}, ''],
    ['---\n# only a comment\n---\nbody', {}, 'body'],
    ['---\na: [x, {b: 1}]\n---\n---\nbody', { a: ['x', { b: 1 }] }, '---\nbody'],
    ['---\na: |\n  x\n  y\nb: >-\n  p\n  q\n---\n', { a: 'x\ny\n', b: 'p q' }, ''],
    ["---\na: 'it''s'\n---\n", { a: "it's" }, ''],
  ])('reads %j', (text, data, body) => {
    const result = parseFrontmatter(text, 'x.md');
    expect(result).toMatchObject({ ok: true, body });
    expect(result.ok && { ...result.data }).toEqual(data);
  });

  it.each([
    ['', 'frontmatter-missing', 1],
    ['# title\n', 'frontmatter-missing', 1],
    [' ---\na: x\n---\n', 'frontmatter-missing', 1],
    ['---js\na\n---\n', 'frontmatter-opening', 1],
    ['--- javascript\na\n---\n', 'frontmatter-opening', 1],
    ['---JS\n---\n', 'frontmatter-opening', 1],
    ['\uFEFF---js\na\n---\n', 'frontmatter-opening', 1],
    ['---__proto__\na\n---\n', 'frontmatter-opening', 1],
    ['----\na: x\n----\n', 'frontmatter-opening', 1],
    ['---\na: x\n', 'frontmatter-unclosed', 1],
    ['---\na: x\n--- js\nb: y\n---\n', 'frontmatter-broken', 3],
    ['---\na: x\nb: [\n---\n', 'frontmatter-broken', 3],
    ['---\n- a\n---\n', 'frontmatter-broken', 1],
    ['---\ntext\n---\n', 'frontmatter-broken', 1],
    ['---\na: &x 1\nb: *x\n---\n', 'frontmatter-broken', 3],
    ['---\na: x\na: y\n---\n', 'frontmatter-broken', 3],
    [`---\na: ${'['.repeat(11)}${']'.repeat(11)}\n---\n`, 'frontmatter-broken', 2],
    [`---\na: ${'é'.repeat(9000)}\n---\n`, 'frontmatter-too-large', 1],
  ])('refuses %j as %s at line %i', (text, rule, line) => {
    const result = parseFrontmatter(text, 'x.md');
    expect(result).toMatchObject({ ok: false, diagnostics: [{ path: 'x.md', rule, line, severity: 'error' }] });
  });

  it('gives data without a prototype, special keys as plain data', () => {
    const result = parseFrontmatter('---\n__proto__: { trust: own }\nconstructor: { a: b }\n---\n', 'x.md');
    expect(result.ok && Object.getPrototypeOf(result.data)).toBeNull();
    expect(result.ok && Object.keys(result.data)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['trust']).toBeUndefined();
  });

  it('never sees the same broken file as good the second time', () => {
    const text = '---\na: [\n---\nbody\n';
    for (let run = 0; run < 3; run++) expect(parseFrontmatter(text, 'x.md').ok).toBe(false);
  });

  it('finds the line of a key', () => {
    const result = parseFrontmatter('---\n# first\n"a b": 1\nid: x\ntitled: y\ntitle : z\n---\n', 'x.md');
    expect(result.ok && ['a b', 'id', 'title', 'gone'].map((key) => lineOfKey(result, key))).toEqual([3, 4, 6, 1]);
  });

  it('takes any text and never throws', () => {
    fc.assert(
      fc.property(anyText, anyText, (head, body) => {
        const result = parseFrontmatter(`---\n${head}\n---\n${body}`, 'x.md');
        expect(typeof result.ok).toBe('boolean');
      }),
      RUNS,
    );
  });
});

describe('a scalar as memvault writes it', () => {
  it('is read back as the same text by the YAML parser, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(parseYaml(`a: ${renderScalar(text)}\n`)).toEqual({ ok: true, value: { a: text } });
        expect(parseYaml(`- ${renderScalar(text)}\n- x\n`)).toEqual({ ok: true, value: [text, 'x'] });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    'null',
    'Yes',
    'n',
    '1e5',
    '0x1f',
    '123e4567',
    '.inf',
    '2026-11-22',
    '12:30',
    ' a',
    'a ',
    'a: b',
    'a #b',
    '',
    '-',
  ])('quotes %j, which some reader takes for something else', (text) => {
    expect(renderScalar(text)).toBe(JSON.stringify(text));
  });

  it.each([
    'fix/auth-race',
    'src/a.ts',
    '.github/ci.yml',
    '3f2a9c1d',
    "it's",
    'Größe (neu)',
    '日本語',
    'C# (1)',
    '7k2m9qx4hd3a',
  ])('leaves %j plain', (text) => {
    expect(renderScalar(text)).toBe(text);
  });

  it('shows invisible characters as escapes', () => {
    expect(renderScalar('a\u202eb\u200bc\u{e0041}')).toBe(String.raw`"a\u202eb\u200bc\U000e0041"`);
    expect(renderScalar('a\ufdd0')).toBe(String.raw`"a\ufdd0"`);
  });
});

describe('the quick reader', () => {
  it('reads everything that memvault writes and agrees with the YAML parser', () => {
    fc.assert(
      fc.property(anyMemory, (memory) => {
        const raw = headOf(serializeMemory(memory));
        fc.pre(!raw.includes('\\'));
        expect(parseYaml(raw)).toEqual({ ok: true, value: { ...parseFlatYaml(raw) } });
      }),
      RUNS,
    );
  });

  it('agrees with the YAML parser wherever it answers, when the block was tampered with', () => {
    let answered = 0;
    fc.assert(
      fc.property(
        anyMemory,
        fc.nat(),
        fc.nat(3),
        fc.oneof(anyText, fc.constantFrom(...STRUCTURE)),
        (memory, at, cut, put) => {
          const raw = headOf(
            serializeMemory({ ...memory, title: 'Plain', files: [{ path: 'a', blob: 'b' }], tags: ['t', 'u'] }),
          );
          const place = at % raw.length;
          const tampered = raw.slice(0, place) + put + raw.slice(place + cut);
          const flat = parseFlatYaml(tampered);
          if (flat === undefined) return;
          answered++;
          expect(parseYaml(tampered)).toEqual({ ok: true, value: { ...flat } });
        },
      ),
      { numRuns: 5000 },
    );
    expect(answered).toBeGreaterThan(500);
  });

  it('is what reads the common memory', () => {
    const memory = memoryOf({ files: [{ path: 'src/a.ts', blob: '9c1e0b2d44aa' }], tags: ['auth'], branch: 'main' });
    expect(parseFlatYaml(headOf(serializeMemory(memory)))).toBeDefined();
  });
});

it('leaves gray-matter to one module', () => {
  const root = resolve(import.meta.dirname, '../../src');
  const importers = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes("'gray-matter'"));
  expect(importers).toEqual(['vault/yaml-engine.ts']);
});

function headOf(text: string): string {
  return text.slice('---\n'.length, text.indexOf('\n---\n') + 1);
}
