// Who compresses, and with whose account.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseCompressor } from '../../src/compress/choose.ts';
import type { ChooseInput } from '../../src/compress/choose.ts';
import { compressBatch } from '../../src/compress/compress-batch.ts';
import { createExtractiveCompressor } from '../../src/compress/extractive/compressor.ts';
import { accountFingerprint } from '../../src/compress/way.ts';
import { MemvaultError } from '../../src/model/errors.ts';
import { silentLog } from '../../src/system/log.ts';
import { NOTHING_KNOWN } from '../contracts/compressor.ts';
import { makeBatch, prompt, stop } from '../support/hook-events.ts';

const DEFAULT = 'https://api.anthropic.com';
const session = (
  key: string,
  accountKind: ChooseInput['batch']['accountKind'],
  endpoint = DEFAULT,
): ChooseInput['batch'] => ({
  account: accountFingerprint(endpoint, key),
  accountKind,
  endpoint,
});
const chooseWhole = (parts: Partial<ChooseInput>) =>
  chooseCompressor({
    provider: 'auto',
    offline: false,
    batch: session('key-1', 'api-key'),
    settings: { apiKey: '', baseUrl: '', model: 'claude-haiku-4-5' },
    environment: {},
    findCommand: () => undefined,
    dataDir: '/nowhere',
    logger: silentLog,
    ...parts,
  });
const choose = (parts: Partial<ChooseInput>) => {
  const chosen = chooseWhole(parts);
  return [chosen.compressor.name, chosen.fallbackReason] as const;
};

/** A package of the cloud's SDK in small: it answers with the region that it was opened for. */
function installFakeCloud(runtimeDir: string): void {
  const folder = join(runtimeDir, 'node_modules', '@anthropic-ai', 'bedrock-sdk');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"@anthropic-ai/bedrock-sdk","main":"index.js"}');
  writeFileSync(
    join(folder, 'index.js'),
    `exports.AnthropicBedrock = class {
       constructor(options) {
         const observation = { type: 'discovery', title: 'Asked in ' + options.awsRegion, narrative: '', facts: [], files: [], tags: [], supersedes: [] };
         const content = [{ type: 'tool_use', id: 't', name: 'record_memories', input: { observations: [observation] } }];
         this.messages = { create: async () => ({ content, stop_reason: 'tool_use', usage: { input_tokens: 1, output_tokens: 1 } }) };
       }
     };`,
  );
}

describe('chooseCompressor', () => {
  it("uses the API with the worker's key when it is the session's", () => {
    expect(choose({ environment: { ANTHROPIC_API_KEY: 'key-1' } })).toEqual(['api', undefined]);
    expect(choose({ batch: session('t', 'auth-token'), environment: { ANTHROPIC_AUTH_TOKEN: 't' } })).toEqual([
      'api',
      undefined,
    ]);
  });

  it("never uses another session's account or endpoint", () => {
    expect(choose({ environment: { ANTHROPIC_API_KEY: 'key-2' } })).toEqual([
      'extractive',
      expect.stringContaining("not the session's account"),
    ]);
    expect(
      choose({ environment: { ANTHROPIC_API_KEY: 'key-1', ANTHROPIC_BASE_URL: 'https://gateway.example' } })[0],
    ).toBe('extractive');
    expect(
      choose({
        batch: session('key-1', 'api-key', 'https://gateway.example'),
        environment: { ANTHROPIC_API_KEY: 'key-1' },
      })[0],
    ).toBe('extractive');
    expect(choose({ environment: {} })).toEqual([
      'extractive',
      expect.stringContaining("does not have the session's key"),
    ]);
  });

  it('knows the endpoint by its origin, also when the variable has a path', () => {
    expect(
      choose({
        batch: session('key-1', 'api-key', 'https://gateway.example'),
        environment: { ANTHROPIC_API_KEY: 'key-1', ANTHROPIC_BASE_URL: 'https://gateway.example/anthropic/' },
      })[0],
    ).toBe('api');
  });

  it("uses the key of the user's settings for any session", () => {
    const settings = { apiKey: 'own', baseUrl: '', model: 'm' };
    expect(choose({ settings, batch: session('subscription', 'subscription') })[0]).toBe('api');
    expect(choose({ settings, batch: session('cloud', 'cloud') })[0]).toBe('api');
  });

  it("does not send the session's key to an endpoint of the settings", () => {
    expect(
      choose({
        settings: { apiKey: '', baseUrl: 'https://other.example', model: 'm' },
        environment: { ANTHROPIC_API_KEY: 'key-1' },
      }),
    ).toEqual(['extractive', expect.stringContaining('not sent to another endpoint')]);
  });

  it('uses claude for subscriptions only', () => {
    const findCommand = (name: string): string => `/usr/bin/${name}`;
    expect(choose({ findCommand, batch: session('subscription', 'subscription') })).toEqual(['cli', undefined]);
    expect(choose({ findCommand })[0]).toBe('extractive');
    expect(choose({ findCommand, provider: 'api', batch: session('subscription', 'subscription') })[0]).toBe(
      'extractive',
    );
    expect(choose({ findCommand, batch: session('subscription', 'subscription', 'https://gateway.example') })[0]).toBe(
      'extractive',
    );
    expect(choose({ batch: session('subscription', 'subscription') })).toEqual([
      'extractive',
      expect.stringContaining('no `claude` on PATH'),
    ]);
  });

  it("asks a server on this machine without anybody's key", () => {
    const settings = { apiKey: '', baseUrl: 'http://127.0.0.1:8080/v1', model: 'm' };
    expect(chooseWhole({ settings, environment: { ANTHROPIC_API_KEY: 'key-1' } }).destination).toEqual({
      provider: 'api',
      host: '127.0.0.1:8080',
      account: 'none',
    });
  });

  it('names host and account of whom it chose, and none for rules', () => {
    const findCommand = (name: string): string => `/usr/bin/${name}`;
    expect(chooseWhole({ environment: { ANTHROPIC_API_KEY: 'key-1' } }).destination).toEqual({
      provider: 'api',
      host: 'api.anthropic.com',
      account: 'api-key',
    });
    expect(chooseWhole({ findCommand, batch: session('subscription', 'subscription') }).destination?.account).toBe(
      'subscription',
    );
    expect(chooseWhole({ offline: true, environment: { ANTHROPIC_API_KEY: 'key-1' } }).destination).toBeUndefined();
  });

  it('goes to a cloud only when told so, and says what is missing', async () => {
    const runtimeDir = mkdtempSync(join(tmpdir(), 'memvault-runtime-'));
    try {
      const bedrock = { provider: 'bedrock', runtimeDir, batch: session('cloud', 'cloud') } as const;
      expect(choose({ batch: session('cloud', 'cloud') })[1]).toContain('set `provider` to bedrock or vertex');
      expect(choose(bedrock)[1]).toBe(
        `@anthropic-ai/bedrock-sdk is not installed: npm install --prefix ${runtimeDir} @anthropic-ai/bedrock-sdk`,
      );
      installFakeCloud(runtimeDir);
      expect(choose(bedrock)[1]).toBe('AWS_REGION is not set');
      const chosen = chooseWhole({ ...bedrock, environment: { AWS_REGION: 'eu-central-1' } });
      expect(chosen.destination).toEqual({
        provider: 'bedrock',
        host: 'bedrock-runtime.eu-central-1.amazonaws.com',
        account: 'cloud',
      });
      const compression = await chosen.compressor.compress(
        makeBatch([prompt('Why is it slow?'), stop('x')]),
        NOTHING_KNOWN,
      );
      expect(compression.observations[0]?.title).toBe('Asked in eu-central-1');
      expect(compression.usage?.model).toBe('global.anthropic.claude-haiku-4-5-20251001-v1:0');
    } finally {
      rmSync(runtimeDir, { recursive: true, force: true });
    }
  });

  it('stays on this machine when offline or told so', () => {
    const environment = { ANTHROPIC_API_KEY: 'key-1' };
    expect(choose({ offline: true, environment })).toEqual(['extractive', 'offline is set']);
    expect(choose({ provider: 'extractive', environment })).toEqual(['extractive', undefined]);
  });
});

describe('compressBatch', () => {
  const batch = makeBatch([prompt('hello there'), stop('Hello.')]);
  const failing = (error: Error) => ({ name: 'api' as const, compress: () => Promise.reject(error) });

  it('falls back to rules, says why, and keeps what the failed calls cost', async () => {
    const usage = { calls: 2, inputTokens: 900, outputTokens: 10, model: 'm' };
    const error = new MemvaultError('invalid_input', 'does not fit', { data: { usage } });
    const compression = await compressBatch(
      batch,
      NOTHING_KNOWN,
      { compressor: failing(error) },
      createExtractiveCompressor(),
    );
    expect(compression).toMatchObject({ by: 'extractive', fallbackReason: 'does not fit', usage });
  });

  it('falls back after a fault of our own too', async () => {
    const compression = await compressBatch(
      batch,
      NOTHING_KNOWN,
      { compressor: failing(new TypeError('oops')) },
      createExtractiveCompressor(),
    );
    expect(compression).toMatchObject({ by: 'extractive', fallbackReason: 'oops' });
  });

  it('keeps the reason of the choice', async () => {
    const chosen = { compressor: createExtractiveCompressor(), fallbackReason: 'offline is set' };
    expect(await compressBatch(batch, NOTHING_KNOWN, chosen, createExtractiveCompressor())).toMatchObject({
      fallbackReason: 'offline is set',
    });
  });
});
