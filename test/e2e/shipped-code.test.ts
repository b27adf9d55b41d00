// The hooks' code as it ships: in ASCII alone, and with rules that know other letters all the same.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DROPPED, redactText } from '../../src/system/redaction/redact.ts';

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
  const kept = keptOf(HOOKS, prompt).prompt;
  expect(kept).toBe(redactText(prompt).text);
  expect(kept).toContain('[redacted:password]');
});

/** Each needs a rule that few texts do. */
const SELDOM = [
  'curl -H "Authorization: Zq8vT2mLx4Rk9Wp1" https://api.example.com',
  'sshpass -p Tr0ub4dor3xyz ssh deploy@db1',
  "INSERT INTO users (name, password) VALUES ('ann', 'Tr0ub4dor&3xyz')",
  '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----',
  'kind: Secret\ndata:\n  db: c3VwZXJnZWhlaW0=\n',
];

describe('the rules in a file of their own', () => {
  it.each(SELDOM)('redact as the source does: %s', (prompt) => {
    const kept = keptOf(HOOKS, prompt).prompt;
    expect(kept).toBe(redactText(prompt).text);
    expect(kept).toContain('[redacted:');
  });

  it('are not loaded for a text that needs none of them', () => {
    expect(keptOf(HOOKS, 'npm test fails in src/auth.ts, please look').compiled).toEqual(['capture.cjs']);
    expect(keptOf(HOOKS, SELDOM[0] ?? '').compiled).toEqual(['capture-seldom.cjs', 'capture.cjs']);
  });

  it.each([
    ['missing', (file: string) => rmSync(file)],
    ['empty', (file: string) => writeFileSync(file, '')],
    ['torn', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').slice(0, 9000))],
    ['of another build', (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('~mysql', '~my'))],
    ['no file', (file: string) => [rmSync(file), mkdirSync(file)]],
  ])('drop the text, and no other, when the file is %s', (_state, spoil) => {
    const hooks = mkdtempSync(join(tmpdir(), 'memvault-hooks-'));
    onTestFinished(() => rmSync(hooks, { recursive: true, force: true }));
    cpSync(HOOKS, hooks, { recursive: true });
    spoil(join(hooks, 'capture-seldom.cjs'));
    for (const prompt of SELDOM) expect(keptOf(hooks, prompt).prompt).toBe(DROPPED);
    expect(keptOf(hooks, 'npm test fails in src/auth.ts').prompt).toBe('npm test fails in src/auth.ts');
    expect(keptOf(hooks, 'the key is ghp_16C7e42F292c6912E7710c838347Ae178B4a').prompt).not.toContain('ghp_');
  });
});

/** What the hook of this folder keeps of a prompt, and of which files it kept the compiled code. */
function keptOf(hooks: string, prompt: string): { readonly prompt: string; readonly compiled: readonly string[] } {
  const home = mkdtempSync(join(tmpdir(), 'memvault-shipped-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  spawnSync(process.execPath, [join(hooks, 'record.cjs')], {
    input: JSON.stringify({ hook_event_name: 'UserPromptSubmit', session_id: 's', cwd: home, prompt }),
    env: { HOME: home, PATH: process.env['PATH'], CLAUDE_MEM_NO_WORKER: '1' },
  });
  const data = join(home, '.claude-mem', 'memvault');
  const spool = join(data, 'spool', 'new');
  const [event = ''] = readdirSync(spool);
  const kept = JSON.parse(readFileSync(join(spool, event), 'utf8')) as { readonly prompt: string };
  const compiled = readdirSync(join(data, 'compiled')).map((name) => name.replace(/\.cjs-.*$/, '.cjs'));
  return { prompt: kept.prompt, compiled: compiled.sort() };
}
