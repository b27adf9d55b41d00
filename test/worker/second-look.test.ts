// Secrets that secretlint knows and our own rules do not: they come to no model, no memory, no index and no log.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay, TimedPayload } from '../../scripts/replay.ts';
import { addAllowed } from '../../src/system/allowed.ts';
import { redactText } from '../../src/system/redaction/redact.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { countSpool } from '../../src/system/spool-count.ts';
import { goodInput, openFakeMessagesApi } from '../support/fake-messages-api.ts';
import type { FakeMessagesApi } from '../support/fake-messages-api.ts';

// Of a private app of Shopify, but not in hex, as those are that our own rules know.
const TOKEN = ['shppa', '_qR7tYw2xKm9ZbN4vLs8PdF3hGj6CeA1uTy5WiOq0'].join('');
const SCANNER = '../../src/system/redaction/secretlint.ts';
const HOUR_MS = 3_600_000;

const open: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  vi.doUnmock(SCANNER);
  for (const resource of open.splice(0)) await resource.dispose();
});

describe('a secret that only secretlint knows', () => {
  it('is none to our own rules', () => {
    expect(redactText(`app ${TOKEN} here`).text).toContain(TOKEN);
  });

  it('is in no request, and in no file once its session was worked off', async () => {
    const { replay, api } = await stage();
    await replay.start();
    await replay.send(session(replay.root));
    await replay.wait(HOUR_MS);
    expect(api.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(api.requests)).not.toContain(TOKEN);
    expect(JSON.stringify(api.requests)).toContain('[redacted:shopify]');
    expect(replay.memories().length).toBeGreaterThan(1);
    expect(filesWith(dirname(replay.root), TOKEN)).toEqual([]);
  });

  it('is cut by rules as well, where no model is asked', async () => {
    const { replay } = await stage({ CLAUDE_MEM_PROVIDER: 'extractive' });
    await replay.send(session(replay.root));
    await replay.wait(HOUR_MS);
    expect(replay.memories().length).toBeGreaterThan(0);
    expect(filesWith(dirname(replay.root), TOKEN)).toEqual([]);
  });

  it('stays where its owner said that it is none', async () => {
    const { replay, api } = await stage();
    addAllowed(dataPaths(replay.env).allowedFile, TOKEN, { at: '2026-11-01T00:00:00Z', salt: 'salt' });
    await replay.start();
    await replay.send(session(replay.root));
    expect(JSON.stringify(api.requests)).toContain(TOKEN);
  });
});

describe('without secretlint', () => {
  it.each<readonly [string, () => object]>([
    ['that throws', () => ({ scanWithSecretlint: () => Promise.reject(new Error('no such rule')) })],
    [
      'that cannot be loaded',
      () => {
        throw new Error('Cannot find module secretlint.js');
      },
    ],
  ])('every event is worked off, and our own rules hold: one %s', async (_, broken) => {
    vi.doMock(SCANNER, broken);
    const { replay, api } = await stage();
    await replay.start();
    await replay.send(session(replay.root));
    await replay.wait(HOUR_MS);
    expect(countSpool(dataPaths(replay.env))).toMatchObject({ events: 0, deadLetters: 0 });
    expect(existsSync(join(dataPaths(replay.env).home, 'drops.jsonl'))).toBe(false);
    expect(replay.memories().length).toBeGreaterThan(1);
    // What shows that it was out of order.
    expect(JSON.stringify(api.requests)).toContain(TOKEN);
    expect(JSON.stringify(api.requests)).not.toContain('AKIAZ7Q2M4N6P8R1T3V5');
    expect(JSON.stringify(api.requests)).toContain('[redacted:aws');
  });
});

async function stage(
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly replay: Replay; readonly api: FakeMessagesApi }> {
  const answer = goodInput({
    observations: [
      {
        type: 'bugfix',
        title: 'The shop answered 401 to an app without a scope',
        narrative: `The app's token ${TOKEN} lacked read_orders.`,
        facts: [`src/shop.ts sends ${TOKEN}`],
      },
    ],
  });
  const api = await openFakeMessagesApi([{ kind: 'tool', input: answer }]);
  const replay = openReplay({
    CLAUDE_MEM_PROVIDER: 'api',
    ANTHROPIC_API_KEY: 'sk-test-of-the-session',
    ANTHROPIC_BASE_URL: api.url,
    ...env,
  });
  open.push({ dispose: () => replay.remove() }, { dispose: () => api[Symbol.asyncDispose]() });
  return { replay, api };
}

function session(cwd: string): readonly TimedPayload[] {
  const base = { session_id: 'shop', cwd, prompt_id: 'shop-1' };
  const tool = { ...base, hook_event_name: 'PostToolUse' };
  const payloads = [
    { session_id: 'shop', cwd, hook_event_name: 'SessionStart', source: 'startup' },
    {
      ...base,
      hook_event_name: 'UserPromptSubmit',
      prompt: `Why does the shop answer 401 to ${TOKEN}? The bucket is read with AKIAZ7Q2M4N6P8R1T3V5.`,
    },
    {
      ...tool,
      tool_use_id: 'toolu_1',
      tool_name: 'Bash',
      tool_input: { command: `node probe.js --app ${TOKEN}` },
      tool_response: { stdout: `401 for ${TOKEN}\nscope read_orders is missing`, stderr: '', interrupted: false },
    },
    {
      ...tool,
      tool_use_id: 'toolu_2',
      tool_name: 'Write',
      tool_input: { file_path: `${cwd}/src/shop.ts`, content: `export const app = '${TOKEN}';\n` },
      tool_response: {
        type: 'create',
        filePath: `${cwd}/src/shop.ts`,
        content: `export const app = '${TOKEN}';\n`,
        structuredPatch: [],
        originalFile: null,
      },
    },
    {
      ...base,
      hook_event_name: 'Stop',
      last_assistant_message: `The app ${TOKEN} lacked the scope read_orders; I added it, and the probe answers 200.`,
    },
    { session_id: 'shop', cwd, hook_event_name: 'SessionEnd', reason: 'other' },
  ];
  return payloads.map((payload, index) => ({ payload, at: Date.UTC(2026, 10, 2, 9) + index * 20_000 }));
}

/** Files below the folder that hold the text as it is. */
function filesWith(folder: string, text: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}
