// What the user's word adds to capture, at the hook: off, paused, excluded, allowed, further patterns, and private words that come back.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { record } from '../../src/capture/record.ts';
import type { Recording } from '../../src/capture/record.ts';
import { addAllowed, readAllowed, removeAllowed } from '../../src/system/allowed.ts';
import { makeExclusion } from '../../src/system/exclusion.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { writePause } from '../../src/system/pauses.ts';
import { checkPattern } from '../../src/system/redaction/extra-patterns.ts';
import { setRedactionPolicy } from '../../src/system/redaction/policy.ts';

let home: string;
let project: string;
let serial = 0;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'memvault-rules-'));
  project = join(home, 'acme-api');
  mkdirSync(project);
});
afterEach(() => {
  setRedactionPolicy(undefined);
  rmSync(home, { recursive: true, force: true });
});

const SESSION = 'fe0548c7-2487-4719-957b-715cd87e8307';

function hook(payload: Record<string, unknown>, more: Record<string, string> = {}): Recording {
  const env = { HOME: home, CLAUDE_PROJECT_DIR: project, CLAUDE_MEM_NO_WORKER: '1', ...more };
  return record(JSON.stringify({ session_id: SESSION, ...payload }), {
    env,
    paths: dataPaths(env),
    home,
    hookFile: join(home, 'dist/hooks/record.cjs'),
    now: 1_764_000_000_000 + serial++,
    pid: 4711,
    draw: (length) => 'ab12cd34'.repeat(8).slice(0, length),
  });
}
const prompt = (text: string, more?: Record<string, string>) =>
  hook({ hook_event_name: 'UserPromptSubmit', prompt: text }, more);
const bash = (command: string, stdout: string) =>
  hook({ hook_event_name: 'PostToolUse', tool_name: 'Bash', tool_input: { command }, tool_response: { stdout } });
/** Everything that lies in the data folder, as one text. */
function onDisk(folder = join(home, '.claude-mem')): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}
function settings(memvault: unknown): void {
  mkdirSync(join(home, '.claude-mem'), { recursive: true });
  writeFileSync(join(home, '.claude-mem', 'settings.json'), JSON.stringify({ memvault }));
}

describe('capture that is switched off', () => {
  it('keeps nothing with CLAUDE_MEM_CAPTURE=off, or with the setting', () => {
    expect(prompt('hello there', { CLAUDE_MEM_CAPTURE: 'off' })).toEqual({ ignored: 'capture is off' });
    settings({ capture: 'off' });
    expect(prompt('hello there')).toEqual({ ignored: 'capture is off' });
    settings({ projects: { [project]: { capture: 'off' } } });
    expect(prompt('hello there')).toEqual({ ignored: 'capture is off' });
  });

  it('keeps nothing of a paused session or project, and goes on after it', () => {
    const file = dataPaths({ HOME: home }).pausesFile;
    const at = '2026-11-22T10:00:00.000Z';
    expect(writePause(file, { kind: 'sessions', name: SESSION, paused: true }, at)).toBe(true);
    expect(writePause(file, { kind: 'sessions', name: SESSION, paused: true }, at)).toBe(false);
    expect(prompt('hello there')).toEqual({ ignored: `paused since ${at}` });
    writePause(file, { kind: 'sessions', name: SESSION, paused: false }, at);
    expect(prompt('hello there')).toHaveProperty('recorded');
    writePause(file, { kind: 'projects', name: project, paused: true }, at);
    expect(prompt('hello there')).toEqual({ ignored: `paused since ${at}` });
  });

  it('keeps nothing while nobody knows what is paused', () => {
    const file = dataPaths({ HOME: home }).pausesFile;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '{ torn');
    expect(prompt('hello there')).toHaveProperty('ignored');
  });
});

describe('excluded files and folders', () => {
  it('leave no trace of what they hold', () => {
    settings({ exclude: ['private-notes', '*.sql'] });
    const file = join(project, 'private-notes', 'plan.md');
    const write = {
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_input: { file_path: file, content: 'zebra' },
    };
    expect(hook(write)).toEqual({ ignored: 'the file is excluded' });
    bash('cat dump.sql', 'zebra row');
    expect(onDisk()).not.toContain('zebra');
    prompt('an ordinary prompt about the zebra');
    expect(onDisk()).toContain('zebra');
  });

  it('may be named by the vault too, which only adds', () => {
    mkdirSync(join(project, '.claude-mem'));
    writeFileSync(
      join(project, '.claude-mem', 'vault.yaml'),
      'format: 1\nexclude:\n  - "drafts"\n  - docs/internal # more\n',
    );
    settings({ exclude: ['own'] });
    for (const folder of ['drafts', 'docs/internal', 'own'])
      expect(
        hook({
          hook_event_name: 'PostToolUse',
          tool_name: 'Edit',
          tool_input: { file_path: join(project, folder, 'a.ts'), old_string: 'a', new_string: 'b' },
        }),
        folder,
      ).toEqual({ ignored: 'the file is excluded' });
  });

  it('may be a whole project', () => {
    settings({ exclude: [project] });
    expect(prompt('hello there')).toEqual({ ignored: 'the project is excluded' });
  });

  it.each([
    ['drafts', '/p/a/drafts/b.txt', true],
    ['drafts', '/p/a/drafts-old/b.txt', false],
    ['docs/private', '/p/docs/private/x/y', true],
    ['docs/private', '/p/a/docs/private/x', false],
    ['**/secret/*.txt', '/p/a/b/secret/c.txt', true],
    ['**/secret/*.txt', '/p/secret/c.txt', true],
    ['a/**/z', '/p/a/z', true],
    ['*.SQL', '/p/db/Dump.sql', true],
    ['/srv/clients', '/srv/clients/acme/x', true],
    ['~/clients', '/home/me/clients/x', true],
    ['drafts', '/elsewhere/drafts/x', false],
    ['a*b*c*d*e*f', `/p/${'a'.repeat(1500)}`, false],
  ])('%s takes %s in: %s', (glob, path, expected) => {
    expect(makeExclusion([glob], '/home/me')?.(path, '/p')).toBe(expected);
  });
});

describe('sensitive files', () => {
  it('are known behind links and whatever their letters', () => {
    writeFileSync(join(project, '.env'), 'A=1');
    symlinkSync(join(project, '.env'), join(project, 'config.txt'));
    for (const name of ['config.txt', '.ENV.Production', '.aws/credentials', '.npmrc'])
      hook({
        hook_event_name: 'PostToolUse',
        tool_name: 'Write',
        tool_input: { file_path: join(project, name), content: 'zebra' },
      });
    expect(onDisk()).not.toContain('zebra');
  });
});

describe('words of private spans', () => {
  it('are cut when they come back later in the session, and only hashes of them are kept', () => {
    prompt('deploy for <private>Hohenfels AG, pin falcon-pepper-31</private> please');
    bash('curl https://x.example/falcon-pepper-31/status', 'customer Hohenfels: ok, FALCON-PEPPER-31 active');
    hook({ hook_event_name: 'Stop', last_assistant_message: 'I called falcon-pepper-31.txt for Hohenfels.' });
    const kept = onDisk();
    expect(kept).not.toMatch(/falcon-pepper|hohenfels/i);
    expect(kept).toContain('https://x.example/[redacted:private]/status');
    expect(kept).toContain('customer [redacted:private]: ok');
  });

  it('are known whichever way their accents are written', () => {
    prompt('for <private>Wöhrmüller</private> please');
    bash('ls', 'Wöhrmüller.pdf'.normalize('NFD'));
    expect(onDisk().normalize('NFC')).not.toContain('hrmüller');
  });

  it('are forgotten at the end of the session', () => {
    prompt('<private>falcon-pepper-31</private> go');
    const file = join(dataPaths({ HOME: home }).sessions, SESSION, 'private');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    hook({ hook_event_name: 'SessionEnd', reason: 'other' });
    expect(existsSync(file)).toBe(false);
  });

  it('are no ordinary words', () => {
    prompt('<private>the database password of the customer is zx81-Quartz</private>');
    prompt('rename the database table of the customer, and mind the password column');
    expect(onDisk()).toContain('rename the database table of the customer, and mind the password column');
  });
});

describe('allowed texts', () => {
  it('are kept, as often as they come, and only their hashes are written down', () => {
    const text = 'ci-Demo-Passw0rd-77';
    prompt(`password: "${text}"`);
    expect(onDisk()).not.toContain(text);
    const file = dataPaths({ HOME: home }).allowedFile;
    const hash = addAllowed(file, text, { at: '2026-11-22T10:00:00Z', salt: 'aa11' });
    expect(readFileSync(file, 'utf8')).not.toContain(text);
    prompt(`password: "${text}"`);
    expect(onDisk()).toContain(text);
    expect(readAllowed(file).isAllowed(text)).toBe(true);
    expect(removeAllowed(file, hash.slice(0, 8))).toBe(true);
    expect(readAllowed(file).isAllowed(text)).toBe(false);
  });
});

describe('patterns of the user', () => {
  it('are cut', () => {
    settings({ redact: { extraPatterns: ['ACME-[0-9]{6}', '(a+)+b'] } });
    prompt('the ticket is ACME-123456, thanks');
    expect(onDisk()).toContain('the ticket is [redacted:pattern], thanks');
  });

  it.each([
    '(a+)+$',
    '(a|aa)+$',
    '(?=a*)b',
    String.raw`(a)\1`,
    '.*.*.*x',
    '([a-z]+)*',
    'a'.repeat(300),
    '(',
    '[a',
    'x*',
    '',
  ])('are refused when they might run away or match nothing: %s', (source) => {
    expect(checkPattern(source).ok).toBe(false);
  });
});
