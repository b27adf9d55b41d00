// Patterns of secrets that the user adds: from every source together, in every process, and named when they cut nothing.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere, readSettingsHere } from '../../src/app.ts';
import { configCommand } from '../../src/cli/commands/config.ts';
import { doctorCommand } from '../../src/cli/commands/doctor.ts';
import type { Command } from '../../src/cli/command.ts';
import { readCaptureRules } from '../../src/system/capture-rules.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { setRedactionPolicy } from '../../src/system/redaction/policy.ts';
import { redactText } from '../../src/system/redaction/redact.ts';
import { splitList } from '../../src/system/split-list.ts';
import { makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';

let repo: TestRepo;
beforeEach(() => (repo = makeRepo()));
afterEach(() => {
  setRedactionPolicy(undefined);
  repo.dispose();
});

const envOf = (): Record<string, string> => ({
  ...(repo.env as Record<string, string>),
  CLAUDE_MEM_REDACT_EXTRA_PATTERNS: 'ENV-[0-9]{2,8}',
});

function settings(section: object): void {
  const file = dataPaths(repo.env).settingsFile;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ memvault: section }));
}

function run(command: Command, positionals: readonly string[]) {
  const streams = { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin };
  return command.run({ positionals, options: {}, env: repo.env, cwd: repo.root, ...streams });
}

describe('patterns of the project, of the global settings and of the environment', () => {
  const TEXT = 'GLOBAL-123456 PROJECT-123456 ENV-123456 OTHER-123456';
  const CUT = '[redacted:pattern] [redacted:pattern] [redacted:pattern] OTHER-123456';
  beforeEach(() =>
    settings({
      redact: { extraPatterns: ['GLOBAL-[0-9]{6}'] },
      projects: { [repo.root]: { redact: { extraPatterns: ['PROJECT-[0-9]{6}'] } } },
    }),
  );

  it('all cut in the worker and in commands', () => {
    openVaultHere({ cwd: repo.root, env: envOf() }).close();
    expect(redactText(TEXT).text).toBe(CUT);
  });

  it('all cut in the hook', () => {
    const sources = { env: envOf(), paths: dataPaths(repo.env), home: repo.home, project: repo.root };
    setRedactionPolicy(readCaptureRules(sources).policy);
    expect(redactText(TEXT).text).toBe(CUT);
  });

  it('are no business of a repository', () => {
    repo.write('.claude-mem/vault.yaml', 'format: 1\nredact.extraPatterns: ["OTHER-[0-9]{6}"]\n');
    openVaultHere({ cwd: repo.root, env: envOf() }).close();
    expect(redactText(TEXT).text).toBe(CUT);
    expect(readSettingsHere({ cwd: repo.root, env: envOf() }).settings.diagnostics).toMatchObject([
      { path: 'vault.yaml', rule: 'setting-not-allowed' },
    ]);
  });
});

describe('a pattern that cuts nothing', () => {
  it('is named by doctor, with what is wrong and what to type; the others hold', async () => {
    settings({ redact: { extraPatterns: ['(a+)+$', 'ACME-[0-9]{6}', '[a'] } });
    const { text } = await run(doctorCommand, []);
    expect(text).toContain('(a+)+$ cuts nothing: a group repeats in which something repeats or chooses');
    expect(text).toContain('[a cuts nothing: a `[` has no `]`');
    expect(text).toContain('memvault config set redact.extraPatterns');
    expect(text).not.toContain('ACME-[0-9]{6} cuts nothing');
    openVaultHere({ cwd: repo.root, env: repo.env }).close();
    expect(redactText('ACME-123456').text).toBe('[redacted:pattern]');
  });

  it('is named when it is one too many, over all sources', () => {
    const many = (name: string): string[] => Array.from({ length: 12 }, (_, i) => `${name}-${i}-[0-9]{6}`);
    settings({
      redact: { extraPatterns: many('A') },
      projects: { [repo.root]: { redact: { extraPatterns: many('B') } } },
    });
    const { diagnostics } = readSettingsHere({ cwd: repo.root, env: repo.env }).settings;
    expect(diagnostics.map(({ rule }) => rule)).toEqual(Array.from({ length: 4 }, () => 'pattern-refused'));
    expect(diagnostics[0]?.message).toContain('20 are taken at most');
  });

  it('is refused when it is set, and what was set before stays', async () => {
    settings({ redact: { extraPatterns: ['ACME-[0-9]{6}'] } });
    await expect(async () => run(configCommand, ['set', 'redact.extraPatterns', 'GOOD-[0-9]+,(a+)+$'])).rejects.toThrow(
      '(a+)+$ cuts nothing',
    );
    expect(readSettingsHere({ cwd: repo.root, env: repo.env }).settings.values['redact.extraPatterns']).toEqual([
      'ACME-[0-9]{6}',
    ]);
  });
});

describe('a list written as one text', () => {
  it.each<readonly [string, readonly string[]]>([
    ['a, b,,c', ['a', 'b', 'c']],
    ['ACME-[0-9]{2,8}, T[,;]x,(a,b)', ['ACME-[0-9]{2,8}', 'T[,;]x', '(a,b)']],
    ['*.{ts,js},drafts', ['*.{ts,js}', 'drafts']],
    [String.raw`a\{1,b`, [String.raw`a\{1`, 'b']],
    ['half {open,b', ['half {open', 'b']],
    ['', []],
  ])('%s', (text, parts) => {
    expect(splitList(text)).toEqual(parts);
  });
});
