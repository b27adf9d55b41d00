// No key leaves by the page: neither from the settings nor from the environment, on any route, page or error.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReplay } from '../../scripts/replay.ts';
import type { Replay } from '../../scripts/replay.ts';
import { silentLog } from '../../src/system/log.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { readSettings } from '../../src/system/settings.ts';
import type { Viewer } from '../../src/viewer/server.ts';
import { openWorker } from '../../src/worker/worker.ts';
import type { Worker } from '../../src/worker/worker.ts';
import { readScenario } from '../support/scenario.ts';
import { until } from '../support/until.ts';
import { BEARER, listen, logIn, openViewer, send } from '../viewer/fake-viewer.ts';

/** Of no form that the redactor knows: what is not there was not given, and not cut. */
const CANARY = 'canarywren';
const KEYS = {
  ANTHROPIC_API_KEY: `${CANARY} of the session`,
  ANTHROPIC_AUTH_TOKEN: `${CANARY} of the login`,
  CLAUDE_MEM_API_KEY: `${CANARY} of memvault`,
  AWS_SECRET_ACCESS_KEY: `${CANARY} of the cloud`,
  AWS_BEARER_TOKEN_BEDROCK: `${CANARY} of bedrock`,
  HF_TOKEN: `${CANARY} of the hub`,
};
/** Every path that the routes name, with something in place of an id. */
const PATHS = [
  ...new Set(
    [
      ...readFileSync(join(import.meta.dirname, '../../src/viewer/routes.tsx'), 'utf8').matchAll(
        /app\.get\('([^']+)'/g,
      ),
    ].map(([, path = '']) => path),
  ),
];

let replay: Replay;
let worker: Worker;
let viewer: Viewer;
let ids: { memory: string; session: string; vault: string };

beforeAll(async () => {
  replay = openReplay();
  for (const session of readScenario('abandoned-approach', replay.root)) await replay.send(session);
  await replay.wait(3_600_000);
  const env = { ...replay.env, ...KEYS, CLAUDE_MEM_PROVIDER: 'api' };
  const paths = dataPaths(env);
  mkdirSync(dirname(paths.settingsFile), { recursive: true });
  writeFileSync(
    paths.settingsFile,
    JSON.stringify({
      memvault: {
        'api.key': `${CANARY} of the settings`,
        'api.baseUrl': `https://ada:${CANARY}@gateway.example/v1?key=${CANARY}`,
        port: `${CANARY} at a wrong place`,
        projects: { [replay.root]: { 'api.key': `${CANARY} of the project` } },
      },
    }),
  );
  worker = openWorker({ paths, env, clock: { now: () => Date.now() }, log: silentLog, randomBytes });
  await worker.viewerSource.queryVector?.({ text: 'x', model: 'none', project: replay.root });
  const memory = replay.memories()[0]?.memory;
  await until(() => worker.viewerSource.vaults().length > 0);
  ids = { memory: memory?.id ?? '', session: memory?.session ?? '', vault: worker.viewerSource.vaults()[0]?.key ?? '' };
  viewer = await openViewer(worker.viewerSource);
});
afterAll(async () => {
  await viewer.close();
  await worker.close();
  await replay.remove();
});

describe('settings and environment full of keys', () => {
  it('are what the worker reads', () => {
    const env = { ...replay.env, ...KEYS };
    const { values } = readSettings({ env, file: dataPaths(env).settingsFile });
    expect(values['api.key']).toContain(CANARY);
    expect(values['api.baseUrl']).toContain(CANARY);
    expect(PATHS.length).toBeGreaterThan(10);
    expect(ids.vault).not.toBe('');
  });

  it.each([...PATHS, '/api/settings', '/api/config', '/settings.json', '/api/env', '/nothing'])(
    'give none by GET %s, to a program and to a browser, with whatever is asked',
    async (path) => {
      const cookie = await logIn(viewer.port);
      for (const at of [
        path.replace(':id', path.includes('session') ? ids.session : ids.memory),
        path.replace(':id', CANARY.slice(0, 3)),
      ])
        for (const query of [`?vault=${ids.vault}`, `?vault=${ids.vault}&q=key&only=`, '?q=api.key&vault=none', ''])
          for (const headers of [BEARER, { cookie }, {}]) {
            const reply = await send(viewer.port, `GET ${at}${query}`, headers);
            expect(reply.status).toBeGreaterThanOrEqual(200);
            expect(reply.body + JSON.stringify(reply.headers)).not.toContain(CANARY);
          }
    },
  );

  it.each(['/api/login', '/api/login-codes', '/api/query-vector', '/api/vault-search'])(
    'give none by POST %s, well or badly formed',
    async (path) => {
      const from = { cwd: replay.root, env: { HOME: replay.env['HOME'] ?? '' } };
      const search = JSON.stringify({ from, query: { text: 'api.key canary', limit: 10 } });
      const type = { 'content-type': 'application/json' };
      for (const body of ['{}', '{', '{"code":"x"}', '{"text":"api.key","model":"none"}', search, '[]'])
        expect(JSON.stringify(await send(viewer.port, `POST ${path}`, { ...BEARER, ...type }, body))).not.toContain(
          CANARY,
        );
    },
  );

  it('give none by the stream of events', async () => {
    const stream = await listen(viewer.port, '/api/events');
    expect(stream.text()).toContain('200');
    expect(stream.text()).not.toContain(CANARY);
    stream.socket.destroy();
  });

  it('give none by the state, which still names the host', async () => {
    const { body } = await send(viewer.port, `GET /api/status?vault=${ids.vault}`, BEARER);
    expect(body).toContain('gateway.example');
  });
});
