// A worker that is killed (SIGKILL) around a model's answer: the same memories afterwards, and the model is not asked again.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { goodInput, openFakeMessagesApi } from '../support/fake-messages-api.ts';
import type { FakeMessagesApi } from '../support/fake-messages-api.ts';
import { until } from '../support/until.ts';

const DIST = resolve(import.meta.dirname, '..', '..', 'dist');
let root: string;
let api: FakeMessagesApi;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'memvault-kill-'));
  mkdirSync(join(root, 'project'));
  api = await openFakeMessagesApi([{ kind: 'tool', input: goodInput({ observations: [{ files: [] }] }) }]);
});
afterEach(async () => {
  await api[Symbol.asyncDispose]();
  rmSync(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

it.each([
  ['the answer is journaled', () => journal() !== undefined],
  ['the answer has become memories', () => journal()?.includes('"step":"answered"') === false],
  ['the first memory is in the outbox', () => outbox().length > 0],
  ['the batch is closed', () => journal()?.includes('"step":"acknowledged"') === true],
] as const)('killed once %s', async (_, reached) => {
  run(join(DIST, 'launch.cjs'), ['recall'], { session_id: 's1', source: 'startup' });
  hook({ hook_event_name: 'UserPromptSubmit', prompt: 'Why are users logged out?' });
  hook({ hook_event_name: 'Stop', last_assistant_message: 'The refresh is not atomic.' });
  hook({ hook_event_name: 'SessionEnd', reason: 'other' });
  const first = spawn(process.execPath, [join(DIST, 'worker.js')], { env: env(), stdio: 'ignore' });
  const ended = new Promise((done) => first.once('exit', done));
  await until(reached, { everyMs: 2 });
  first.kill('SIGKILL');
  await ended;
  const second = spawn(process.execPath, [join(DIST, 'worker.js')], { env: env(), stdio: 'ignore' });
  await new Promise((done) => second.once('exit', done));
  expect(api.requests).toHaveLength(1);
  const status = JSON.parse(run(join(DIST, 'cli.js'), ['status', '--json'])) as {
    readonly vault: { readonly observations: number; readonly summaries: number };
    readonly queue: { readonly events: number; readonly deadLetters: number };
    readonly compression: { readonly spending: { readonly today: { readonly calls: number } } };
  };
  expect(status.vault).toMatchObject({ observations: 1, summaries: 1 });
  expect(status.queue).toMatchObject({ events: 0, deadLetters: 0 });
  expect(status.compression.spending.today.calls).toBe(1);
});

function hook(payload: object): void {
  run(join(DIST, 'hooks', 'record.cjs'), [], { session_id: 's1', cwd: join(root, 'project'), ...payload });
}

function run(file: string, args: readonly string[], input?: object): string {
  const result = spawnSync(process.execPath, [file, ...args], {
    input: input === undefined ? '' : JSON.stringify(input),
    env: env(),
    cwd: join(root, 'project'),
    encoding: 'utf8',
  });
  expect(result.status).toBe(0);
  return result.stdout;
}

function env(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: root,
    CLAUDE_PROJECT_DIR: join(root, 'project'),
    CLAUDE_MEM_NO_WORKER: '1',
    CLAUDE_MEM_WORKER_IDLE_SECONDS: '1',
    CLAUDE_MEM_PROVIDER: 'api',
    CLAUDE_MEM_VIEWER: 'false',
    ANTHROPIC_API_KEY: 'sk-test-of-the-session',
    ANTHROPIC_BASE_URL: api.url,
    GIT_CONFIG_NOSYSTEM: '1',
  };
}

function files(pattern: RegExp): readonly string[] {
  const home = join(root, '.claude-mem', 'memvault', 'vaults');
  if (!existsSync(home)) return [];
  try {
    return readdirSync(home, { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name))
      .map((name) => join(home, name));
  } catch {
    // Git takes folders away while they are listed.
    return [];
  }
}

function journal(): string | undefined {
  const [file] = files(/journal\/[0-9a-f]+\.json$/);
  try {
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  } catch {
    // Replaced while it was read.
    return undefined;
  }
}

function outbox(): readonly string[] {
  return files(/outbox\/.*\.md$/);
}
