// The code as it ships: what is read at every start in ASCII alone, and a search that is kept compiled.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { DROPPED, redactText } from '../../src/system/redaction/redact.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { memoryOf } from '../support/memories.ts';

const DIST = resolve(import.meta.dirname, '..', '..', 'dist');
const HOOKS = join(DIST, 'hooks');
const LAZY = join(DIST, 'lazy');

beforeAll(() => {
  if (!existsSync(HOOKS)) throw new Error('run `npm run build` first');
});

it('is ASCII: one other character would double what each hook, and each search, reads', () => {
  const files = [
    join(DIST, 'launch.cjs'),
    ...readdirSync(HOOKS).map((name) => join(HOOKS, name)),
    ...readdirSync(LAZY).flatMap((name) => (name.startsWith('own-search') ? [join(LAZY, name)] : [])),
  ];
  expect(files.length).toBeGreaterThan(9);
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

describe('a search without a worker', () => {
  it('answers the same by what it compiled before, and finds what was saved since', () => {
    const { home, search, write } = makeVault();
    write({ id: '7k2m9qx4hd3a', title: 'Two parallel refreshes rotate the same token' });
    const first = search('token');
    expect(JSON.parse(first.stdout)).toMatchObject({ total: 1, hits: [{ id: '7k2m9qx4hd3a' }] });
    expect(readdirSync(join(home, '.claude-mem', 'memvault', 'compiled')).join()).toContain('own-search.cjs');
    expect(search('token')).toEqual(first);
    write({ id: '7k2mzzzzzzzz', title: 'Token store moved to Redis' });
    expect(JSON.parse(search('token').stdout)).toMatchObject({ total: 2 });
  });

  it('writes its whole answer to a reader that takes its time, and ends with one that goes away', async () => {
    const { args, options, write } = makeVault();
    const files = Array.from({ length: 60 }, (_, at) => ({ path: `src/${'deep/'.repeat(14)}${at}.ts` }));
    for (let at = 0; at < 60; at++) write({ id: `7k2m9qx4${String(at).padStart(4, '0')}`, title: 'Token', files });
    const start = () => spawn(process.execPath, args('--limit', '60', 'token'), { ...options, stdio: 'pipe' });
    const slow = start();
    // What a pipe and two buffers hold is there, and nobody reads on.
    await once(slow.stdout, 'readable');
    const parts: Buffer[] = [];
    for await (const part of slow.stdout) parts.push(part as Buffer);
    const answer = Buffer.concat(parts).toString('utf8');
    expect(answer.length).toBeGreaterThan(300_000);
    expect(JSON.parse(answer)).toMatchObject({ total: 60 });
    const left = start();
    await once(left.stdout, 'readable');
    left.stdout.destroy();
    expect(await once(left, 'exit')).toEqual([0, null]);
  });

  it('tells its faults as every command does', () => {
    const { search } = makeVault();
    expect(search('--vault', '/nowhere/at/all', 'token')).toMatchObject({
      status: 3,
      stdout: expect.stringContaining('"code":"not_found"') as string,
    });
  });
});

it('runs on the Node that is new enough, where an old one starts it', () => {
  const { home, search, searchOn, write } = makeVault();
  write({ id: '7k2m9qx4hd3a', title: 'Two parallel refreshes rotate the same token' });
  // As an old Node looks from inside: its version, and no SQLite.
  const old = join(home, 'old.cjs');
  writeFileSync(old, "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.0.0' } });");
  expect(searchOn(['--no-experimental-sqlite', '--require', old], 'token')).toEqual(search('token'));
});

function makeVault() {
  const home = mkdtempSync(join(tmpdir(), 'memvault-shipped-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  mkdirSync(join(home, '.claude-mem', 'memvault'), { recursive: true });
  const vault = join(home, 'notes');
  mkdirSync(join(vault, '.claude-mem'), { recursive: true });
  const args = (...rest: readonly string[]) => [join(DIST, 'cli.js'), 'search', '--json', '--vault', vault, ...rest];
  const options = {
    cwd: home,
    env: { HOME: home, PATH: dirname(process.execPath), CLAUDE_MEM_NO_WORKER: '1' },
    encoding: 'utf8',
  } as const;
  const searchOn = (nodeArgs: readonly string[], ...rest: readonly string[]) => {
    const { status, stdout } = spawnSync(process.execPath, [...nodeArgs, ...args(...rest)], options);
    return { status, stdout };
  };
  return {
    home,
    searchOn,
    args,
    options,
    search: (...rest: readonly string[]) => searchOn([], ...rest),
    write: (fields: Parameters<typeof memoryOf>[0]) => {
      const memory = memoryOf(fields);
      const file = join(vault, '.claude-mem', memoryPath(memory));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, serializeMemory(memory));
    },
  };
}
