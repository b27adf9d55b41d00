// The way of a question's vector: a client that waits 60 ms and never fails, a route that only the token opens.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ViewerSource } from '../../src/model/viewer-source.ts';
import { askQueryVector } from '../../src/system/query-vector.ts';
import { BEARER, TOKEN, fakeSource, logIn, openViewer, send } from './fake-viewer.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const BODY = JSON.stringify({ text: 'log in', model: 'm2v' });
/** Long enough that a loaded machine does not decide; the limit itself is tested by a server that never answers. */
const PATIENT = 10_000;
let folder: string;
let workerFile: string;
let asked: unknown[];
let answer: Awaited<ReturnType<NonNullable<ViewerSource['queryVector']>>>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-query-'));
  workerFile = join(folder, 'worker.json');
  asked = [];
  answer = { model: 'm2v@0123456789ab', vector: Float32Array.from([0.6, -0.8, 1e-7]) };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('askQueryVector', () => {
  it("gives the worker's vector to the last bit", async () => {
    const viewer = await openAnswering();
    present(viewer.port);
    const vector = await askQueryVector(
      workerFile,
      { text: 'log in', model: 'm2v', project: '/home/me/shop' },
      PATIENT,
    );
    expect(vector).toEqual(answer);
    expect(asked).toEqual([{ text: 'log in', model: 'm2v', project: '/home/me/shop' }]);
    await askQueryVector(workerFile, { text: `${'x'.repeat(5000)}\ud800`, model: 'm2v' }, PATIENT);
    expect((asked[1] as { text: string }).text).toBe('x'.repeat(2000));
    await viewer.close();
  });

  it('gives nothing when the model is not ready, and when there is none', async () => {
    const viewer = await openAnswering();
    present(viewer.port);
    answer = undefined;
    expect(await askQueryVector(workerFile, { text: 'log in', model: 'm2v' }, PATIENT)).toBeUndefined();
    await viewer.close();
    const without = await openViewer(fakeSource().source);
    present(without.port);
    expect(await askQueryVector(workerFile, { text: 'log in', model: 'm2v' }, PATIENT)).toBeUndefined();
    await without.close();
  });

  it.each([
    ['no worker', () => undefined],
    ['a worker without its page', () => present(0)],
    ['a worker that is dead', () => present(1, 4_000_000)],
    ['a port where nobody listens', () => present(1)],
    ['a file of nonsense', () => writeFileSync(workerFile, '{')],
  ])('gives nothing where there is %s', async (_, prepare) => {
    prepare();
    expect(await askQueryVector(workerFile, { text: 'log in', model: 'm2v' })).toBeUndefined();
  });

  it('does not tell its token to a stranger on the port', async () => {
    const heard: string[] = [];
    const stranger = createServer((request, response) => {
      heard.push(JSON.stringify(request.headers));
      response.writeHead(200, JSON_TYPE).end('{"proof": "00"}');
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    present((stranger.address() as AddressInfo).port);
    expect(await askQueryVector(workerFile, { text: 'log in', model: 'm2v' }, PATIENT)).toBeUndefined();
    expect(heard).toHaveLength(1);
    expect(heard.join()).not.toContain(TOKEN);
    stranger.close();
  });

  it('waits no longer than its limit for a server that does not answer', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    present((silent.address() as AddressInfo).port);
    expect(await askQueryVector(workerFile, { text: 'log in', model: 'm2v' })).toBeUndefined();
    silent.closeAllConnections();
    silent.close();
  });

  it.each(['[]', 'null', '{"model":1}', '"x"', 'not json', '{"model":"m","vector":7}'])(
    'gives nothing for the answer %s',
    async (text) => {
      const { createHmac } = await import('node:crypto');
      const odd = createServer((request, response) => {
        const nonce = new URL(request.url ?? '', 'http://x').searchParams.get('nonce');
        const proof = createHmac('sha256', TOKEN)
          .update(nonce ?? '')
          .digest('hex');
        response.writeHead(200, JSON_TYPE).end(nonce === null ? text : JSON.stringify({ proof }));
      });
      await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
      present((odd.address() as AddressInfo).port);
      expect(await askQueryVector(workerFile, { text: 'log in', model: 'm2v' }, PATIENT)).toBeUndefined();
      odd.close();
    },
  );
});

describe('POST /api/query-vector', () => {
  it('answers the token only: no stranger, no logged-in page', async () => {
    const viewer = await openAnswering();
    const post = (headers: Record<string, string>, body = BODY) =>
      send(viewer.port, 'POST /api/query-vector', { ...JSON_TYPE, ...headers }, body);
    expect((await post({})).status).toBe(401);
    expect((await post({ authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post({ cookie: await logIn(viewer.port) })).status).toBe(401);
    expect((await post({ ...BEARER, origin: 'http://evil.example' })).status).toBe(403);
    expect(asked).toEqual([]);
    expect((await post(BEARER)).status).toBe(200);
    expect((await post(BEARER, '{"text":"x"}')).status).toBe(400);
    expect((await post(BEARER, 'nonsense')).status).toBe(400);
    expect((await send(viewer.port, 'GET /api/query-vector', BEARER)).status).toBe(405);
    answer = undefined;
    expect((await post(BEARER)).status).toBe(503);
    await viewer.close();
  });
});

function openAnswering() {
  const { source } = fakeSource();
  return openViewer({
    ...source,
    queryVector(question) {
      asked.push(question);
      return Promise.resolve(answer);
    },
  });
}

function present(port: number, pid = process.pid): void {
  writeFileSync(
    workerFile,
    JSON.stringify({ pid, port, token: TOKEN, startedAt: '2026-11-22T14:00:00Z', version: '0.1.0' }),
  );
}
