// The four fixed files, and what is taken from a vault.yaml that anybody may have written.

import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { createFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import { fixedFiles, readVaultConfig } from '../../src/vault/fixed-files.ts';

describe('the fixed files', () => {
  it('are four, end with a line feed, and are read back as format 1 without a word', async () => {
    const files = fixedFiles();
    expect(files.map((file) => file.path)).toEqual(['README.md', 'vault.yaml', '.gitattributes', '.gitignore']);
    expect(files.every((file) => file.content.endsWith('\n') && !file.content.includes('\r'))).toBe(true);
    await using fixture = await createFixture(Object.fromEntries(files.map((file) => [file.path, file.content])));
    expect(readVaultConfig(fixture.path)).toEqual({ values: {}, diagnostics: [] });
  });

  it('keep cache, private files and temporary ones out of Git, and foreign filters off', async () => {
    await using fixture = await createFixture(
      Object.fromEntries(fixedFiles().map((file) => [`.claude-mem/${file.path}`, file.content])),
    );
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', fixture.path, ...args], { encoding: 'utf8' }).trim();
    git('init', '-q', '-b', 'main');
    await fixture.writeFile('.gitattributes', '*.md filter=lfs\n');
    const paths = ['cache/x', 'private/a.md', 'memories/.a.md.1.tmp'].map((path) => `.claude-mem/${path}`);
    expect(git('check-ignore', ...paths).split('\n')).toEqual(paths);
    expect(
      git('check-attr', 'filter', 'eol', 'linguist-generated', '--', '.claude-mem/memories/a.md').split('\n'),
    ).toEqual([
      '.claude-mem/memories/a.md: filter: unset',
      '.claude-mem/memories/a.md: eol: lf',
      '.claude-mem/memories/a.md: linguist-generated: set',
    ]);
  });
});

describe('vault.yaml', () => {
  const configOf = async (text: string): Promise<ReturnType<typeof readVaultConfig>> => {
    await using fixture = await createFixture({ 'vault.yaml': text });
    return readVaultConfig(fixture.path);
  };

  it('gives its values without the format, to be judged by the settings', async () => {
    const config = await configOf('format: 1\npublish:\n  mode: manual\nexclude: [dist/**]\n');
    expect({ ...config.values }).toEqual({ publish: { mode: 'manual' }, exclude: ['dist/**'] });
    expect(config.diagnostics).toEqual([]);
  });

  it('of a newer memvault stops everything with a word on what to do', async () => {
    await expect(configOf('format: 2\n')).rejects.toMatchObject({
      code: 'unsupported_version',
      hint: 'Update memvault.',
    });
  });

  it.each([
    ['format: [', 1],
    ['a: &x 1\nb: *x\n', 2],
    ['- a\n', undefined],
    ['format: one\n', undefined],
    [`a: ${'x'.repeat(20_000)}`, undefined],
  ])('that is wrong counts for nothing and is said: %j', async (text, line) => {
    const config = await configOf(text);
    expect({ ...config.values }).toEqual({});
    expect(config.diagnostics).toMatchObject([
      { path: 'vault.yaml', rule: 'vault-config-invalid', severity: 'warning' },
    ]);
    expect(config.diagnostics[0]?.line).toBe(line);
  });

  it('may be missing or empty, and is not read through a link', async () => {
    await using fixture = await createFixture({ 'real.yaml': 'language: de\n' });
    expect(readVaultConfig(fixture.path)).toEqual({ values: {}, diagnostics: [] });
    await fixture.writeFile('vault.yaml', '# nothing yet\n');
    expect(readVaultConfig(fixture.path)).toEqual({ values: {}, diagnostics: [] });
    await fixture.rm('vault.yaml');
    symlinkSync(fixture.getPath('real.yaml'), fixture.getPath('vault.yaml'));
    expect(readVaultConfig(fixture.path).values).toEqual({});
  });
});
