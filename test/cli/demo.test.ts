// `memvault demo` as somebody who tries it sees it: the built command, with nothing but a PATH.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellCuts, tellEvents } from '../../src/cli/demo/captured.ts';
import { makeEvents, notification, prompt, ran } from '../support/hook-events.ts';

const CLI = resolve(import.meta.dirname, '..', '..', 'dist', 'cli.js');

describe('the demo', () => {
  let folder: string;
  let shown: { status: number | null; stdout: string; stderr: string };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'memvault-demo-test-'));
    shown = spawnSync(process.execPath, [CLI, 'demo'], {
      env: { PATH: process.env['PATH'], HOME: join(folder, 'nobody'), TMPDIR: folder },
      cwd: folder,
      encoding: 'utf8',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('shows each station, from the events to the search that finds the fix', () => {
    expect(shown).toMatchObject({ status: 0, stderr: '' });
    expect(shown.stdout).toMatch(
      /5 prompts, .*\n\nCut before the first byte reached disk: 2 <private> spans, 2 secrets\n/,
    );
    expect(shown.stdout).toContain('AWS_SECRET_ACCESS_KEY=[redacted:secret]');
    expect(shown.stdout).toMatch(/\n[0-9a-z]{7} {2}bugfix {5}Share one refresh between parallel requests\n/);
    expect(shown.stdout).toMatch(
      /\n {2}A\t\.claude-mem\/memories\/\d{4}\/\d\d\/\d\d-share-one-refresh-[a-z0-9-]+\.md\n/,
    );
    expect(shown.stdout).toContain('git status: clean');
    expect(shown.stdout).toMatch(/starts with \(\d+ tokens\)/);
    expect(shown.stdout).toMatch(/memvault search .*\n[0-9a-z]{7} /);
  });

  it('shows nothing that was cut', () => {
    expect(shown.stdout).not.toMatch(/globex|480k|horse-battery|wJalrXUtnFEMI/i);
  });

  it('leaves nothing behind', () => {
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('what is told of captured events', () => {
  it('keeps what Claude Code wrote itself apart from prompts', () => {
    const events = makeEvents([prompt('Why?'), notification(), ran('npm test'), ran('npm test')]);
    expect(tellEvents(events)).toBe('4 events: 2 tool uses, 1 prompt, 1 notification');
  });

  it('says that nothing was cut', () => {
    expect(tellCuts(makeEvents([prompt('Why?')]))).toEqual(['Cut before the first byte reached disk: nothing']);
  });
});
