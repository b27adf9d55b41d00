// The hooks' code as it ships: in ASCII alone, and with rules that know other letters all the same.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { redactText } from '../../src/system/redaction/redact.ts';

const DIST = resolve(import.meta.dirname, '..', '..', 'dist');
const HOOKS = join(DIST, 'hooks');

beforeAll(() => {
  if (!existsSync(HOOKS)) throw new Error('run `npm run build` first');
});

it('is ASCII: one other character would double what each hook reads', () => {
  const files = [join(DIST, 'launch.cjs'), ...readdirSync(HOOKS).map((name) => join(HOOKS, name))];
  expect(files.length).toBeGreaterThan(8);
  expect(files.filter((file) => /[^\0-\x7f]/.test(readFileSync(file, 'utf8')))).toEqual([]);
});

it.each([
  'Das Passwort für den Server ist „hunter2Geheim!9x“.',
  'la contraseña es “Tr0ub4dor&3xyz”',
  '密码是：hunter2Geheim9x',
  'パスワードは「Tr0ub4dor3xyz」です',
])('redacts as the source does: %s', (prompt) => {
  const home = mkdtempSync(join(tmpdir(), 'memvault-shipped-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  spawnSync(process.execPath, [join(HOOKS, 'record.cjs')], {
    input: JSON.stringify({ hook_event_name: 'UserPromptSubmit', session_id: 's', cwd: home, prompt }),
    env: { HOME: home, PATH: process.env['PATH'], CLAUDE_MEM_NO_WORKER: '1' },
  });
  const spool = join(home, '.claude-mem', 'memvault', 'spool', 'new');
  const [event = ''] = readdirSync(spool);
  const kept = JSON.parse(readFileSync(join(spool, event), 'utf8')) as { readonly prompt: string };
  expect(kept.prompt).toBe(redactText(prompt).text);
  expect(kept.prompt).toContain('[redacted:password]');
});
