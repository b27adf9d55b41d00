// The clouds by the SDK's own packages: with `CLOUD_RUNTIME=<folder>` whose node_modules holds them, against an endpoint on this
// machine. Without the folder the rest is held: which address is named and asked.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseCompressor } from '../../src/compress/choose.ts';
import { cloudUrl } from '../../src/compress/claude-cloud.ts';
import type { Cloud } from '../../src/compress/claude-cloud.ts';
import { silentLog } from '../../src/system/log.ts';
import { NOTHING_KNOWN } from '../contracts/compressor.ts';
import { goodInput, openFakeMessagesApi } from '../support/fake-messages-api.ts';
import type { FakeAnswer, FakeMessagesApi } from '../support/fake-messages-api.ts';
import { makeBatch, prompt, stop } from '../support/hook-events.ts';

const RUNTIME = process.env['CLOUD_RUNTIME'];

describe('the address of a cloud', () => {
  it.each<readonly [Cloud, Record<string, string>, string]>([
    ['bedrock', { AWS_REGION: 'eu-central-1' }, 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
    ['vertex', { CLOUD_ML_REGION: 'europe-west1' }, 'https://europe-west1-aiplatform.googleapis.com/v1'],
    ['vertex', { CLOUD_ML_REGION: 'global' }, 'https://aiplatform.googleapis.com/v1'],
    ['vertex', { CLOUD_ML_REGION: 'eu' }, 'https://aiplatform.eu.rep.googleapis.com/v1'],
    // A gateway is where events really go: it is what people have to be told.
    ['bedrock', { AWS_REGION: 'x', ANTHROPIC_BEDROCK_BASE_URL: 'https://gateway.example' }, 'https://gateway.example'],
    ['vertex', { ANTHROPIC_VERTEX_BASE_URL: 'https://gateway.example/v1' }, 'https://gateway.example/v1'],
  ])('%s with %o', (cloud, env, url) => {
    expect(cloudUrl(cloud, env)).toBe(url);
  });
});

describe.skipIf(RUNTIME === undefined)("the SDK's own packages", () => {
  let api: FakeMessagesApi | undefined;
  let metadata: Server | undefined;
  let folder: string;
  const saved = { ...process.env };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'memvault-cloud-'));
  });
  afterEach(async () => {
    process.env = { ...saved };
    metadata?.closeAllConnections();
    metadata?.close();
    await api?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each<readonly [Cloud, RegExp, RegExp]>([
    [
      'bedrock',
      /^\/model\/global\.anthropic\.claude-haiku.*\/invoke$/,
      /^AWS4-HMAC-SHA256 .*\/eu-central-1\/bedrock\//,
    ],
    [
      'vertex',
      /^\/v1\/projects\/p1\/locations\/europe-west1\/publishers\/anthropic\/models\/claude-haiku.*:rawPredict$/,
      /^Bearer cloud-token$/,
    ],
  ])(
    '%s: compresses, as the cloud wants to be asked, with the account of the cloud alone',
    async (cloud, path, auth) => {
      const { compressor, destination } = await stage(cloud, [{ kind: 'tool', input: goodInput() }]);
      expect(destination?.host).toBe(new URL(api?.url ?? '').host);
      const compression = await compressor.compress(makeBatch([prompt('Why is it slow?'), stop('x')]), NOTHING_KNOWN);
      expect(compression).toMatchObject({
        by: 'api',
        observations: [{ title: 'Parallel refreshes rotated one token twice' }],
      });
      const asked = api?.requests.find((request) => path.test(decodeURIComponent(request.path)));
      expect(asked?.headers['authorization']).toMatch(auth);
      expect(JSON.stringify(asked?.headers)).not.toContain('sk-of-a-session');
      expect(asked?.headers['x-api-key']).toBeUndefined();
      expect(compression.usage?.calls).toBe(1);
    },
  );

  it.each<readonly [Cloud, FakeAnswer]>([
    ['bedrock', { kind: 'status', status: 403 }],
    ['bedrock', { kind: 'huge', bytes: 10 * 1024 * 1024 }],
    ['bedrock', { kind: 'status', status: 302, headers: { location: 'http://127.0.0.1:9/elsewhere' } }],
    ['vertex', { kind: 'status', status: 401 }],
    ['vertex', { kind: 'reset' }],
  ])(
    '%s: is unavailable, with its reason, when the endpoint answers %o',
    { timeout: 30_000 },
    async (cloud, answer) => {
      const { compressor } = await stage(cloud, [answer]);
      await expect(
        compressor.compress(makeBatch([prompt('Why is it slow?'), stop('x')]), NOTHING_KNOWN),
      ).rejects.toMatchObject({ code: 'unavailable' });
    },
  );

  async function openMetadata(): Promise<string> {
    const server = createServer((request, response) => {
      const isToken = request.url?.includes('/token') ?? false;
      response.writeHead(isToken ? 200 : 404, { 'metadata-flavor': 'Google', 'content-type': 'application/json' });
      response.end(isToken ? '{"access_token":"cloud-token","expires_in":3600,"token_type":"Bearer"}' : '');
    });
    metadata = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  async function stage(cloud: Cloud, script: readonly FakeAnswer[]) {
    api = await openFakeMessagesApi(script);
    const environment = {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIA-not-a-key',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      ANTHROPIC_BEDROCK_BASE_URL: api.url,
      CLOUD_ML_REGION: 'europe-west1',
      ANTHROPIC_VERTEX_PROJECT_ID: 'p1',
      ANTHROPIC_VERTEX_BASE_URL: `${api.url}/v1`,
    };
    // Google's library asks the machine that it runs on for its account: here that is another server of the test.
    const google = {
      GCE_METADATA_HOST: await openMetadata(),
      METADATA_SERVER_DETECTION: 'assume-present',
      HOME: folder,
    };
    const sessions = { ANTHROPIC_API_KEY: 'sk-of-a-session', ANTHROPIC_AUTH_TOKEN: 'sk-of-a-session' };
    process.env = { ...saved, ...environment, ...google, ...sessions };
    return chooseCompressor({
      provider: cloud,
      offline: false,
      batch: { account: '0', accountKind: 'cloud', endpoint: 'https://cloud.example' },
      settings: { apiKey: '', baseUrl: '', model: 'claude-haiku-4-5', timeoutMs: 3000 },
      environment,
      findCommand: () => undefined,
      dataDir: folder,
      runtimeDir: RUNTIME ?? '',
      logger: silentLog,
    });
  }
});
