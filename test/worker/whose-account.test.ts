// Whose account and which host: attempts to have events sent somewhere that nobody was told of, or with somebody else's key.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay } from '../../scripts/replay.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { writeSetting } from '../../src/system/settings.ts';
import { goodInput, openFakeMessagesApi } from '../support/fake-messages-api.ts';
import type { FakeAnswer, FakeMessagesApi, FakeRequest } from '../support/fake-messages-api.ts';
import { readScenario } from '../support/scenario.ts';

const HOUR_MS = 3_600_000;
const good: FakeAnswer = { kind: 'tool', input: goodInput() };
const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

describe("another session's account", () => {
  it.each<readonly [string, (api: FakeMessagesApi) => Record<string, string>]>([
    ['has another key', () => ({ ANTHROPIC_API_KEY: 'sk-of-another-session' })],
    ['goes to another endpoint with the same key', () => ({ ANTHROPIC_BASE_URL: 'https://gateway.example' })],
    ['was logged in by subscription', () => ({ ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '' })],
    ['has a token instead of a key', () => ({ ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: 'sk-of-the-worker' })],
    ['goes over a cloud', () => ({ CLAUDE_CODE_USE_BEDROCK: '1' })],
  ])("is not paid for by the worker's key when it %s: rules write it", async (_, change) => {
    const api = await fakeApi([good]);
    const replay = stage(api);
    await replay.start();
    await play(replay, 'abandoned-approach', change(api));
    expect(api.requests).toEqual([]);
    expect(replay.memories().length).toBeGreaterThan(1);
    // The worker's own session is still served.
    await play(replay, 'german');
    expect(api.requests.length).toBeGreaterThan(0);
    expect(api.requests.filter((request) => !keyOf(request).endsWith('sk-of-the-worker'))).toEqual([]);
  });
});

describe('a host that no session was told of', () => {
  it('gets nothing by a redirect of one that was, and no key either', async () => {
    const elsewhere = await fakeApi([good]);
    const named = await redirectTo(elsewhere.url);
    const replay = openStage({ ...WORKER, ANTHROPIC_BASE_URL: named });
    await replay.start();
    await play(replay, 'abandoned-approach');
    expect(elsewhere.requests).toEqual([]);
    expect(replay.memories().length).toBeGreaterThan(1);
  });

  it('gets nothing when the settings name it after another one was told', async () => {
    const told = await fakeApi([good]);
    const other = await fakeApi([good]);
    const replay = stage(told);
    await replay.start();
    setting(replay, 'api.baseUrl', other.url);
    setting(replay, 'api.key', 'sk-of-the-settings');
    await play(replay, 'abandoned-approach');
    expect([told.requests.length, other.requests.length]).toEqual([0, 0]);
    expect((await replay.start())?.notice).toContain(new URL(other.url).host);
    await play(replay, 'german');
    expect(told.requests).toEqual([]);
    expect(other.requests.filter((request) => !keyOf(request).endsWith('sk-of-the-settings'))).toEqual([]);
    expect(other.requests.length).toBeGreaterThan(0);
  });

  it('gets nothing with another kind of account than the one that was told', async () => {
    const api = await fakeApi([good]);
    const replay = stage(api);
    await replay.start();
    setting(replay, 'api.baseUrl', api.url);
    setting(replay, 'api.key', 'sk-of-the-settings');
    await play(replay, 'abandoned-approach');
    expect(api.requests).toEqual([]);
  });

  it('gets nothing by what a repository brings: its vault.yaml, its settings, its .env', async () => {
    const evil = await fakeApi([good]);
    const replay = openStage({ ANTHROPIC_API_KEY: 'sk-of-the-worker', CLAUDE_MEM_PROVIDER: 'extractive' });
    const hostile = { provider: 'api', offline: 'false', 'api.baseUrl': evil.url, 'api.key': 'k', model: 'm' };
    mkdirSync(join(replay.root, '.claude-mem'), { recursive: true });
    mkdirSync(join(replay.root, '.claude'), { recursive: true });
    writeFileSync(
      join(replay.root, '.claude-mem/vault.yaml'),
      `format: 1\n${Object.entries(hostile)
        .map(([name, value]) => `${name}: "${value}"\n`)
        .join('')}api:\n  baseUrl: ${evil.url}\n`,
    );
    writeFileSync(
      join(replay.root, '.claude/settings.json'),
      JSON.stringify({ memvault: hostile, env: { ANTHROPIC_BASE_URL: evil.url } }),
    );
    writeFileSync(join(replay.root, '.env'), `ANTHROPIC_BASE_URL=${evil.url}\nCLAUDE_MEM_PROVIDER=api\n`);
    await replay.start();
    await play(replay, 'abandoned-approach');
    await replay.start();
    await play(replay, 'german');
    expect(evil.requests).toEqual([]);
  });
});

describe('offline', () => {
  it.each(['auto', 'api', 'cli', 'bedrock', 'vertex'])(
    'sends nothing with provider %s, though the host was named before',
    async (provider) => {
      const api = await fakeApi([good]);
      const clouds = {
        ANTHROPIC_BEDROCK_BASE_URL: api.url,
        ANTHROPIC_VERTEX_BASE_URL: api.url,
        AWS_REGION: 'x',
        CLOUD_ML_REGION: 'x',
      };
      const replay = openStage({ ...WORKER, ...clouds, ANTHROPIC_BASE_URL: api.url, CLAUDE_MEM_PROVIDER: provider });
      await replay.start();
      setting(replay, 'api.key', 'sk-of-the-settings');
      setting(replay, 'offline', 'true');
      await play(replay, 'abandoned-approach');
      expect(api.requests).toEqual([]);
      expect(replay.memories().length).toBeGreaterThan(1);
    },
  );

  it('holds for one project, by its section of the settings', async () => {
    const api = await fakeApi([good]);
    const replay = stage(api);
    await replay.start();
    setting(replay, 'offline', 'true', replay.root);
    await play(replay, 'abandoned-approach');
    expect(api.requests).toEqual([]);
    setting(replay, 'offline', 'false', replay.root);
    await play(replay, 'german');
    expect(api.requests.length).toBeGreaterThan(0);
  });
});

const WORKER = {
  CLAUDE_MEM_PROVIDER: 'api',
  CLAUDE_MEM_API_TIMEOUT_SECONDS: '2',
  ANTHROPIC_API_KEY: 'sk-of-the-worker',
};

function stage(api: FakeMessagesApi): Replay {
  return openStage({ ...WORKER, ANTHROPIC_BASE_URL: api.url });
}

function openStage(env: Readonly<Record<string, string>>): Replay {
  const replay = openReplay(env);
  open.push(() => replay.remove());
  return replay;
}

async function fakeApi(script: readonly FakeAnswer[]): Promise<FakeMessagesApi> {
  const api = await openFakeMessagesApi(script);
  open.push(() => api[Symbol.asyncDispose]());
  return api;
}

function keyOf({ headers }: FakeRequest): string {
  return String(headers['authorization'] ?? headers['x-api-key']);
}

/** A server that sends everybody on, with what they brought. */
async function redirectTo(url: string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(307, { location: `${url}${request.url ?? ''}` });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

function setting(replay: Replay, name: string, value: string, project?: string): void {
  writeSetting(dataPaths(replay.env).settingsFile, name, value, project);
}

async function play(replay: Replay, name: string, env?: Readonly<Record<string, string>>): Promise<void> {
  for (const session of readScenario(name, replay.root)) {
    await replay.send(session, ...(env === undefined ? [] : [{ env }]));
    await replay.wait(HOUR_MS);
  }
}
