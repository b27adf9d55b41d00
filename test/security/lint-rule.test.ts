// The lint rule that keeps gray-matter, which runs code found in a file, inside the one module that disarms it: it bites.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

function lint(file: string, text: string): { readonly status: number | null; readonly output: string } {
  // Below the project's root, so that its configuration holds as it does for the sources.
  const folder = mkdtempSync(join(ROOT, '.lint-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, '.oxlintrc.json'), readFileSync(join(ROOT, '.oxlintrc.json')));
  mkdirSync(join(folder, file, '..'), { recursive: true });
  writeFileSync(join(folder, file), text);
  const bin = join(ROOT, 'node_modules/.bin/oxlint');
  const done = spawnSync(
    bin,
    ['src', 'hooks', 'scripts', 'test'].filter((name) => file.startsWith(name)),
    {
      cwd: folder,
      encoding: 'utf8',
    },
  );
  return { status: done.status, output: done.stdout };
}

it.each([
  ['src/vault/other.ts', `import matter from 'gray-matter';\nmatter('');\n`],
  ['src/vault/other.ts', `import type { Input } from 'gray-matter';\nexport type X = Input;\n`],
  ['hooks/other.ts', `import * as matter from 'gray-matter';\nmatter.default('');\n`],
  ['src/index/other.ts', `export { default as matter } from 'gray-matter';\n`],
  ['scripts/other.ts', `import matter from 'gray-matter';\nmatter('');\n`],
  ['test/other.ts', `import matter from 'gray-matter';\nmatter('');\n`],
])('refuses gray-matter in %s', (file, text) => {
  const { status, output } = lint(file, text);
  expect(status).toBe(1);
  expect(output).toContain('Only src/vault/yaml-engine.ts may parse frontmatter');
});

it('lets the one module have it', () => {
  expect(lint('src/vault/yaml-engine.ts', `import matter from 'gray-matter';\nmatter('');\n`).output).not.toContain(
    'may parse frontmatter',
  );
});

it('finds no other way to it in the sources', () => {
  const found = spawnSync(
    'grep',
    ['-rlE', `(require|import)\\(['"\`]gray-matter|createRequire.*gray-matter`, 'src', 'hooks', 'scripts'],
    {
      cwd: ROOT,
      encoding: 'utf8',
    },
  );
  expect(found.stdout).toBe('');
});
