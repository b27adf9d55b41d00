// The page that specifies the format: every example on it is read, every rule it names is one of ours, and the other way round.

import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMemoryId } from '../../src/model/memory.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { parseMemoryFile, serializeMemory } from '../../src/vault/memory-file.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/format.md'), 'utf8');
const examples = [...page.matchAll(/<!-- example: (.*\.md) ?([a-z-]*) -->\n\n```markdown\n([^]*?)```\n/g)].map(
  ([, path = '', kind = '', text = '']) => ({ path, kind, text }),
);
const good = examples.filter(({ kind }) => kind === '' || kind === 'own');
const own = examples.filter(({ kind }) => kind === 'own');
const bad = examples.filter(({ kind }) => kind !== '' && kind !== 'own');

describe('docs/format.md', () => {
  it('has examples of both sorts, none outside the test', () => {
    expect(Math.min(good.length, own.length, bad.length)).toBeGreaterThan(2);
    expect(page.split('```markdown').length - 1).toBe(examples.length);
  });

  it.each(good)('shows a memory: $path', ({ path, text }) => {
    const parsed = parseMemoryFile(path, text);
    expect(parsed).toMatchObject({ ok: true, diagnostics: [] });
    expect(parsed.ok && isMemoryId(parsed.memory.id)).toBe(true);
  });

  it.each(own)('shows what memvault writes, byte for byte and name for name: $path', ({ path, text }) => {
    const parsed = parseMemoryFile(path, text);
    expect(parsed.ok && serializeMemory(parsed.memory)).toBe(text);
    expect(parsed.ok && memoryPath(parsed.memory)).toBe(path);
  });

  it.each(bad)('shows a fault: $kind', ({ path, kind, text }) => {
    expect(parseMemoryFile(path, text)).toMatchObject({ ok: false, diagnostics: [{ rule: kind }] });
  });

  it('names every rule of the vault, and no other', () => {
    const folder = join(ROOT, 'src/vault');
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !['journal.ts', 'edit-frontmatter.ts'].includes(name))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    const links = ['supersedes', 'deletes'].flatMap((key) => [`${key}-unknown`, `${key}-itself`]);
    const rules = [...sources.matchAll(/rule: '([a-z0-9-]+)'/g)].map(([, rule]) => rule);
    const table = page.slice(page.indexOf('| rule |'), page.indexOf('These are diagnostics'));
    const named = [...table.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell = '']) => [
      ...cell.matchAll(/`([a-z0-9-]+)`/g),
    ]);
    expect(new Set(named.map(([, rule]) => rule))).toEqual(new Set([...rules, ...links]));
  });
});
