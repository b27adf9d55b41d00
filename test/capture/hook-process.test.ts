// The capture hook as the host runs it: a process with a payload on stdin, that exits 0 whatever happens.

import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSpool } from '../../src/capture/spool.ts';
import type { HookEvent } from '../../src/model/hook-event.ts';
import { makeRepo } from '../support/git.ts';
import { buildPlugin, runNode } from './built-plugin.ts';
import type { BuiltPlugin, Ended } from './built-plugin.ts';
import { readPayload } from './payloads.ts';

let plugin: BuiltPlugin;
beforeAll(async () => {
  plugin = await buildPlugin();
});
afterAll(() => rmSync(plugin.root, { recursive: true, force: true }));

interface Home {
  readonly home: string;
  readonly data: string;
  readonly env: Record<string, string>;
  run(input: string | Uint8Array | undefined, env?: Readonly<Record<string, string | undefined>>): Promise<Ended>;
  events(): readonly HookEvent[];
}

function makeHome(): Home {
  const home = mkdtempSync(join(tmpdir(), 'memvault-hook-'));
  const project = join(home, 'acme-api');
  mkdirSync(project);
  const data = join(home, '.claude-mem', 'memvault');
  const env = { HOME: home, CLAUDE_PROJECT_DIR: project, CLAUDE_MEM_NO_WORKER: '1' };
  return {
    home,
    data,
    env,
    run: (input, more = {}) =>
      runNode([plugin.hook], { env: { ...env, ...more }, ...(input === undefined ? {} : { input }) }),
    events: () => openSpool(join(data, 'spool'), join(data, 'dead-letter')).claim().events,
  };
}

const quiet = { code: 0, signal: null, stdout: '', stderr: '' };
const failedTest = JSON.stringify(readPayload('events/PostToolUseFailure.Bash.json'));

describe('the capture hook', () => {
  it('spools a recorded event with its origin and says nothing', async () => {
    const home = makeHome();
    const repo = makeRepo();
    const key = ['sk-ant-', 'api03-', 'thekeyofthesession'].join('');
    expect(await home.run(failedTest, { CLAUDE_PROJECT_DIR: repo.root, ANTHROPIC_API_KEY: key })).toEqual(quiet);
    const [event, ...others] = home.events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      v: 1,
      id: expect.stringMatching(/^\d{13}-\d+-[0-9a-f]{8}$/) as string,
      type: 'tool-use',
      project: repo.root,
      worktree: repo.root,
      clone: readFileSync(join(repo.root, '.git', 'claude-mem', 'clone'), 'utf8').trim(),
      accountKind: 'api-key',
      account: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    expect(JSON.stringify(event)).not.toContain(key);
    expect(repo.status()).toBe('');
  });

  it('writes no byte of what is never kept', async () => {
    const home = makeHome();
    const edit = readPayload('tools/Edit.json');
    const originalFile = 'ORIGINAL-LINE of the file\n'.repeat(45_000);
    await home.run(JSON.stringify({ ...edit, tool_response: { ...(edit['tool_response'] as object), originalFile } }));
    await home.run(JSON.stringify(readPayload('tools/Read.text.json')));
    await home.run(JSON.stringify(readPayload('tools/Read.image.json')));
    await home.run(JSON.stringify(readPayload('events/UserPromptSubmit.private-tag.json')));
    const folder = join(home.data, 'spool', 'new');
    const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(written).toHaveLength(4);
    for (const never of ['ORIGINAL-LINE', 'same expired access token', 'iVBOR', 'Globex', 'jane.roe'])
      expect(written.join('\n')).not.toContain(never);
    expect(readdirSync(join(home.data, 'spool', 'tmp'))).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a closed stdin', undefined],
    ['no JSON', 'hello {'],
    ['another JSON value', '[1,2]'],
    ['an unknown event', '{"session_id":"s","hook_event_name":"MessageDisplay"}'],
    ['a megabyte of noise', 'x{"\\'.repeat(300_000)],
    ['bytes that are no UTF-8', Uint8Array.from([0xff, 0xfe, 0, 0x80])],
  ])('exits 0 on %s', async (_, input) => {
    const home = makeHome();
    expect(await home.run(input)).toEqual(quiet);
    expect(home.events()).toEqual([]);
  });

  it('exits 0 without a HOME, with a folder in the way, and where nothing can be written', async () => {
    const home = makeHome();
    const inTemp = join(home.home, 'elsewhere');
    expect(await home.run(failedTest, { HOME: undefined, CLAUDE_MEM_DATA_DIR: inTemp })).toEqual(quiet);
    expect(existsSync(join(inTemp, 'memvault', 'spool', 'new'))).toBe(true);
    expect(await home.run('{}', { HOME: undefined, CLAUDE_PROJECT_DIR: undefined })).toEqual(quiet);

    const file = join(home.home, 'file');
    writeFileSync(file, '');
    expect(await home.run(failedTest, { CLAUDE_MEM_DATA_DIR: file })).toEqual(quiet);
    const closed = join(home.home, 'closed');
    mkdirSync(closed, { mode: 0o500 });
    expect(await home.run(failedTest, { CLAUDE_MEM_DATA_DIR: closed })).toEqual(quiet);
    chmodSync(closed, 0o700);
    if (existsSync('/dev/full'))
      expect(await home.run(failedTest, { CLAUDE_MEM_DATA_DIR: '/dev/full' })).toEqual(quiet);
  });

  it('keeps every event of twenty hooks at once', async () => {
    const home = makeHome();
    const big = readPayload('tools/Bash.persisted-output.json');
    const inputs = Array.from({ length: 20 }, (_, at) => JSON.stringify({ ...big, tool_use_id: `use-${at}` }));
    expect(await Promise.all(inputs.map((input) => home.run(input)))).toEqual(inputs.map(() => quiet));
    const uses = home.events().map((event) => (event.type === 'tool-use' ? event.toolUseId : event.type));
    expect(uses.sort()).toEqual(inputs.map((_, at) => `use-${at}`).sort());
  });

  it('keeps spool and files to the user under any umask', async () => {
    const home = makeHome();
    const script = `umask 000; exec "$1" "$2"`;
    const child = spawn('sh', ['-c', script, 'sh', process.execPath, plugin.hook], {
      env: { PATH: process.env['PATH'], ...home.env },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.end(failedTest);
    await new Promise((done) => child.on('close', done));
    const folder = join(home.data, 'spool', 'new');
    const [name = ''] = readdirSync(folder);
    expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
    for (const dir of [folder, join(home.data, 'spool'), home.data, join(home.home, '.claude-mem')])
      expect((statSync(dir).mode & 0o777).toString(8)).toBe('700');
  });

  it("approves memvault's own read-only tools and leaves all others to the host", async () => {
    const home = makeHome();
    const ask = async (tool_name: string): Promise<string> =>
      (await home.run(JSON.stringify({ ...readPayload('events/PreToolUse.Bash.json'), tool_name }))).stdout;
    expect(JSON.parse(await ask('mcp__plugin_memvault_memory__search'))).toMatchObject({
      hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow' },
    });
    for (const tool of [
      'Bash',
      'mcp__plugin_memvault_memory__remember',
      'mcp__plugin_other_memory__search',
      'mcp__plugin_memvault_memory__search__x',
    ])
      expect(await ask(tool), tool).toBe('');
    expect(home.events()).toEqual([]);
  });

  it("ignores memvault's own headless runs", async () => {
    const home = makeHome();
    expect(await home.run(failedTest, { CLAUDE_MEM_COMPRESSING: '1' })).toEqual(quiet);
    expect(await home.run(failedTest, { CLAUDE_PROJECT_DIR: join(home.data, 'empty') })).toEqual(quiet);
    expect(home.events()).toEqual([]);
  });

  it('ends itself when stdin never ends', async () => {
    const home = makeHome();
    const child = spawn(process.execPath, [plugin.hook], {
      env: { PATH: process.env['PATH'], ...home.env },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = await new Promise((done) => child.on('close', () => done('ended')));
    expect(ended).toBe('ended');
  });
});

describe('the start of the worker', () => {
  /** Waits until the fake worker has written its file; the test's own time limit ends the wait. */
  const started = async (file: string): Promise<string> => {
    while (!existsSync(file) || readFileSync(file, 'utf8') === '') await new Promise((next) => setTimeout(next, 20));
    return readFileSync(file, 'utf8');
  };

  it('follows an event when no worker lives, once in five seconds', async () => {
    const home = makeHome();
    const mark = join(home.home, 'started');
    plugin.target('worker', `import { appendFileSync } from 'node:fs'; appendFileSync(process.env.MARK, 'x');`);
    const env = { CLAUDE_MEM_NO_WORKER: undefined, MARK: mark };
    for (let i = 0; i < 4; i++) expect(await home.run(failedTest, env)).toEqual(quiet);
    expect(await started(mark)).toBe('x');
    expect(home.events()).toHaveLength(4);
    utimesSync(join(home.data, 'starting'), 1, 1);
    rmSync(mark);
    await home.run(failedTest, env);
    expect(await started(mark)).toBe('x');
  });

  it('is left out when a worker lives', async () => {
    const home = makeHome();
    mkdirSync(home.data, { recursive: true });
    const worker = { pid: process.pid, port: 1, token: 't', startedAt: '2026-11-22T09:00:00Z', version: '0.1.0' };
    writeFileSync(join(home.data, 'worker.json'), JSON.stringify(worker));
    await home.run(failedTest, { CLAUDE_MEM_NO_WORKER: undefined });
    expect(home.events()).toHaveLength(1);
    expect(existsSync(join(home.data, 'starting'))).toBe(false);
  });
});
