// The worker's comings and goings, with real hook processes: whoever comes right after it ended gets a new one.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { until } from '../support/until.ts';

const DIST = resolve(import.meta.dirname, '..', '..', 'dist');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'memvault-restart-'));
  mkdirSync(join(root, 'project'));
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

it('works off a session that begins right after the worker ended', async () => {
  play('one');
  await until(() => isDone(), { everyMs: 50, otherwise: workerLog });
  play('two');
  await until(() => isDone(), { everyMs: 50, otherwise: workerLog });
  expect(readFileSync(join(home(), 'logs', 'worker.log'), 'utf8').match(/"message":"started"/g)).toHaveLength(2);
});

it('works off what a killed worker left, with the next hook', async () => {
  hook({ hook_event_name: 'UserPromptSubmit', prompt: 'What is slow here?' }, 'one');
  await until(() => existsSync(join(home(), 'worker.json')) && list('spool/cur').length === 1, {
    everyMs: 50,
    otherwise: workerLog,
  });
  process.kill((JSON.parse(readFileSync(join(home(), 'worker.json'), 'utf8')) as { pid: number }).pid, 'SIGKILL');
  hook({ hook_event_name: 'Stop', last_assistant_message: 'The cause is the cache: it is read twice.' }, 'one');
  hook({ hook_event_name: 'SessionEnd', reason: 'other' }, 'one');
  await until(() => isDone(), { everyMs: 50, otherwise: workerLog });
  const status = cli(['status', '--json']) as { vault: { observations: number; summaries: number } };
  expect(status.vault.summaries).toBe(1);
});

it('leaves no process behind when it cannot say that it runs', () => {
  // As good as a full or closed disk, also for root: the worker's file can be neither written nor taken away.
  mkdirSync(join(home(), 'worker.json', 'in the way'), { recursive: true });
  const { status, signal } = spawnSync(process.execPath, [join(DIST, 'launch.cjs'), 'worker'], {
    env: env(),
    timeout: 120_000,
  });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  expect(readFileSync(join(home(), 'logs', 'worker.log'), 'utf8')).toContain('"level":"error"');
});

function play(sessionId: string): void {
  hook({ hook_event_name: 'UserPromptSubmit', prompt: 'What is slow here?' }, sessionId);
  hook({ hook_event_name: 'Stop', last_assistant_message: 'The cause is the cache: it is read twice.' }, sessionId);
  hook({ hook_event_name: 'SessionEnd', reason: 'other' }, sessionId);
}

function hook(payload: object, sessionId: string): void {
  const input = JSON.stringify({ session_id: sessionId, cwd: join(root, 'project'), ...payload });
  const result = spawnSync(process.execPath, [join(DIST, 'hooks', 'record.cjs')], { input, env: env(), cwd: root });
  expect(result.status).toBe(0);
}

function cli(args: readonly string[]): unknown {
  const options = { env: env(), cwd: join(root, 'project'), encoding: 'utf8' } as const;
  return JSON.parse(spawnSync(process.execPath, [join(DIST, 'cli.js'), ...args], options).stdout);
}

function env(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    CLAUDE_PROJECT_DIR: join(root, 'project'),
    CLAUDE_MEM_WORKER_IDLE_SECONDS: '1',
    CLAUDE_MEM_PROVIDER: 'extractive',
    CLAUDE_MEM_PORT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

/** Nothing waits and the worker has gone. */
function isDone(): boolean {
  return list('spool/new').length + list('spool/cur').length === 0 && !existsSync(join(home(), 'worker.json'));
}

function list(folder: string): string[] {
  return existsSync(join(home(), folder)) ? readdirSync(join(home(), folder)) : [];
}

function workerLog(): string {
  const file = join(home(), 'logs', 'worker.log');
  return existsSync(file) ? readFileSync(file, 'utf8') : 'there is no log';
}

function home(): string {
  return join(root, '.claude-mem', 'memvault');
}
