// What a repository may set of a user's memvault: a short list of harmless keys; every other key is refused and told.

import { describe, expect, it, onTestFinished } from 'vitest';
import { readSettingsHere } from '../../src/app.ts';
import { doctorCommand } from '../../src/cli/commands/doctor.ts';
import { SETTING_KEYS, SETTING_TABLE } from '../../src/system/setting-table.ts';
import type { SettingRow } from '../../src/system/setting-table.ts';
import { makeRepo } from '../support/git.ts';

/** Fixed here, so that a key which a repository may set is never added by the way. */
const HARMLESS = ['exclude', 'language', 'protectedBranches', 'publish.message', 'publish.mode'];

/** A value that would be right for the setting, and is not its default. */
function otherValue({ type, default: standard }: SettingRow): unknown {
  switch (type.kind) {
    case 'boolean':
      return standard !== true;
    case 'integer':
      return standard === type.max ? type.min : type.max;
    case 'choice':
      return type.values.find((value) => value !== standard);
    case 'text':
      return 'https://evil.example/x';
    case 'list':
      return ['evil'];
  }
}

function settingsWith(yaml: string) {
  const repo = makeRepo();
  onTestFinished(() => repo.dispose());
  repo.write('.claude-mem/vault.yaml', `format: 1\n${yaml}`);
  return { repo, ...readSettingsHere({ cwd: repo.root, env: repo.env }).settings };
}

describe('vault.yaml', () => {
  it.each(SETTING_KEYS.filter((key) => !HARMLESS.includes(key)))('cannot set %s, and that is said', (key) => {
    const row: SettingRow = SETTING_TABLE[key];
    for (const yaml of [
      `${key}: ${JSON.stringify(otherValue(row))}\n`,
      // Nested, as people write it.
      `${key
        .split('.')
        .map((part, depth) => `${'  '.repeat(depth)}${part}:`)
        .join('\n')} ${JSON.stringify(otherValue(row))}\n`,
    ]) {
      const { values, origins, diagnostics } = settingsWith(yaml);
      expect(values[key]).toEqual(row.default);
      expect(origins[key]).toBe('default');
      expect(diagnostics).toMatchObject([{ path: 'vault.yaml', rule: 'setting-not-allowed' }]);
      expect(diagnostics[0]?.message).toContain(key);
    }
  });

  it.each([
    'env',
    'hooks',
    'command',
    'ANTHROPIC_BASE_URL',
    'apiKeyHelper',
    'git.options',
    'host',
    'redact.off',
    'trust',
    'trusted',
    'me',
    '__proto__',
    'constructor',
    'projects',
    'memvault',
    'permissions',
    'mcpServers',
  ])('gets nothing by the key %s that there is not', (key) => {
    const { values, diagnostics } = settingsWith(
      `${JSON.stringify(key)}: {provider: api, api.baseUrl: "https://evil.example"}\n`,
    );
    expect(values['api.baseUrl']).toBe('');
    expect(values.provider).toBe('auto');
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>)['provider']).toBeUndefined();
  });

  it.each([
    ['repo', 'branch', false],
    ['branch', 'branch', true],
    ['manual', 'manual', true],
    ['off', 'off', true],
    ['push', 'branch', false],
  ])('may make publishing quieter, never louder: %s gives %s', (asked, mode, isFine) => {
    const { values, diagnostics } = settingsWith(`publish.mode: "${asked}"\n`);
    expect(values['publish.mode']).toBe(mode);
    expect(diagnostics.length === 0).toBe(isFine);
  });

  it('may not lift what the user chose to be quiet', () => {
    const { repo } = settingsWith('publish.mode: branch\n');
    const env = { ...repo.env, CLAUDE_MEM_PUBLISH_MODE: 'off' };
    expect(readSettingsHere({ cwd: repo.root, env }).settings.values['publish.mode']).toBe('off');
  });

  it('is told by doctor, without an escape sequence of the key', async () => {
    const { repo } = settingsWith('"\\e[2Jevil": 1\napi.baseUrl: https://evil.example\n');
    const { text } = await doctorCommand.run({
      positionals: [],
      options: {},
      env: repo.env,
      cwd: repo.root,
      stdout: process.stdout,
      stderr: process.stderr,
      stdin: process.stdin,
    });
    expect(text).toContain('api.baseUrl cannot be set by a repository');
    expect(text).not.toContain('\u001b');
  });

  it.each([
    ['an alias bomb', `a: &a [x]\nb: &b [*a, *a]\nlanguage: *b\n`],
    ['a tag', `language: !!js/function "function(){}"\n`],
    ['60 KB', `x: ${'y'.repeat(60_000)}\n`],
    ['a list', `- language\n`],
    ['conflict markers', `<<<<<<< HEAD\nlanguage: de\n=======\nlanguage: fr\n>>>>>>> x\n`],
  ])('with %s counts for nothing, and that is said', (_, yaml) => {
    const { values, diagnostics } = settingsWith(yaml);
    expect(values.language).toBe('auto');
    expect(diagnostics).toMatchObject([{ path: 'vault.yaml', rule: 'vault-config-invalid' }]);
  });
});
