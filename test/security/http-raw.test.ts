// The viewer's port under raw sockets: smuggled requests, slow and many clients, and strangers that take the port.

import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { askQueryVector } from '../../src/system/query-vector.ts';
import { VERSION } from '../../src/system/version.ts';
import { askWorkerSearch } from '../../src/system/worker-search.ts';
import { proofOf } from '../../src/system/worker-proof.ts';
import { requestLogin } from '../../src/viewer/login-client.ts';
import { startViewer } from '../../src/viewer/server.ts';
import { BEARER, TOKEN, fakeSource, logIn, openViewer, send, sendRaw } from '../viewer/fake-viewer.ts';

let viewer: Awaited<ReturnType<typeof openViewer>>;
let port: number;

beforeAll(async () => {
  viewer = await openViewer();
  port = viewer.port;
});
afterAll(() => viewer.close());

const own = (): string => `Host: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKEN}\r\n`;
/** What a smuggled request would be answered with: it must never be. */
const INNER = 'GET /api/status HTTP/1.1\r\n';

describe('one request that two readers would take for two', () => {
  it.each([
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 40\r\n', '{}'],
    ['two lengths in one line', 'Content-Length: 2, 40\r\n', '{}'],
    ['a length with a sign', 'Content-Length: +2\r\n', '{}'],
    ['a negative length', 'Content-Length: -1\r\n', '{}'],
    ['a length in hex', 'Content-Length: 0x2\r\n', '{}'],
    ['a length larger than any number', 'Content-Length: 99999999999999999999\r\n', '{}'],
    ['chunks by another name', 'Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'],
    ['chunks that are not last', 'Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n', '0\r\n\r\n'],
    ['a folded line', 'X: a\r\n Transfer-Encoding: chunked\r\n', '0\r\n\r\n'],
    ['a chunk size with rubbish', 'Transfer-Encoding: chunked\r\n', '2;\n\r\n{}\r\n0\r\n\r\n'],
    ['a chunk size that is none', 'Transfer-Encoding: chunked\r\n', 'zz\r\n{}\r\n0\r\n\r\n'],
    ['a NUL in a header', 'X: a\0b\r\nContent-Length: 2\r\n', '{}'],
    ['a lone line feed between headers', 'X: a\nContent-Length: 2\r\n', '{}'],
    ['a lone carriage return', 'X: a\rContent-Length: 2\r\n', '{}'],
    ['a header without a name', ': x\r\nContent-Length: 2\r\n', '{}'],
  ])('with %s is refused, and what follows is not answered', async (_, lines, body) => {
    const head = `POST /api/login HTTP/1.1\r\n${own()}Content-Type: application/json\r\n${lines}\r\n`;
    const reply = await sendRaw(port, `${head}${body}${INNER}${own()}Connection: close\r\n\r\n`);
    expect([400, 403, 413]).toContain(reply.status);
    expect(reply.body).not.toContain('diagnostics');
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it.each([
    'GET /api/status HTTP/3.0',
    'GET /api/status',
    'get /api/status HTTP/1.1',
    'GET /api/status HTTP/1.1 x',
    'GET /api/sta tus HTTP/1.1',
    'PRI * HTTP/2.0',
    '\u0016\u0003\u0001',
  ])('gives nothing for the first line %j', async (line) => {
    const reply = await sendRaw(port, `${line}\r\n${own()}Connection: close\r\n\r\n`);
    expect(reply.status).not.toBe(200);
    expect(reply.body).not.toContain('diagnostics');
  });

  it('takes the body of a GET for a body', async () => {
    const inner = `${INNER}${own()}\r\n`;
    const head = `GET /nothing HTTP/1.1\r\n${own()}Content-Length: ${inner.length}\r\n\r\n`;
    const reply = await sendRaw(port, head + inner);
    expect(reply.status).toBe(404);
    expect(reply.body).not.toContain('HTTP/1.1');
  });

  it('answers a request behind a refused one no more', async () => {
    const both = `GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n${INNER}${own()}Connection: close\r\n\r\n`;
    const reply = await sendRaw(port, both);
    expect(reply.status).toBe(421);
    expect(reply.body).not.toContain('diagnostics');
  });
});

describe('a page of another site', () => {
  it('cannot log a browser in, read, or start a stream, whatever it sends along', async () => {
    const cookie = await logIn(port);
    for (const [line, headers] of [
      ['POST /api/login', { 'content-type': 'text/plain' }],
      ['POST /api/login', { 'content-type': 'application/json', origin: 'http://evil.example' }],
      ['POST /api/login-codes', { 'content-type': 'application/json', cookie }],
      ['GET /api/status', { cookie, origin: 'http://evil.example' }],
      ['GET /api/status', { cookie, 'sec-fetch-site': 'cross-site' }],
      ['GET /api/status', { cookie, 'sec-fetch-site': 'same-site' }],
      ['GET /api/events', { cookie, origin: 'null' }],
      ['GET /api/status', { cookie, host: `rebound.example:${port}` }],
      ['GET /api/status', { cookie: cookie.replace(/=.*/, '=') }],
      ['GET /api/status', { cookie: cookie.toUpperCase() }],
      ['GET /api/status', { cookie: `__Host-${cookie}` }],
      ['OPTIONS /api/status', { origin: 'http://evil.example', 'access-control-request-method': 'GET' }],
    ] as const) {
      const reply = await send(port, line, headers, line.startsWith('POST') ? '{}' : '');
      expect(reply.status, `${line} ${JSON.stringify(headers)}`).toBeGreaterThanOrEqual(400);
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(reply.headers).not.toHaveProperty('set-cookie');
    }
  });

  it('gets no code out of guessing: a thousand wrong ones, and the right one still works once', async () => {
    const { body } = await send(port, 'POST /api/login-codes', { ...BEARER, 'content-type': 'application/json' }, '{}');
    const wrong = Array.from({ length: 1_000 }, (_, at) => JSON.stringify({ code: String(at).padStart(64, '0') }));
    // Over few connections, as a guesser would: each request on its own is refused.
    for (let at = 0; at < wrong.length; at += 50) {
      const replies = await Promise.all(
        wrong
          .slice(at, at + 50)
          .map((code) => send(port, 'POST /api/login', { 'content-type': 'application/json' }, code)),
      );
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([403]));
    }
    const login = () => send(port, 'POST /api/login', { 'content-type': 'application/json' }, body);
    expect((await login()).status).toBe(200);
    expect((await login()).status).toBe(403);
  });
});

describe('many and slow clients', () => {
  it('end by themselves when they send their headers, or a body, drop by drop', async () => {
    const [headers, body, silent] = await Promise.all([
      drip(`GET / HTTP/1.1\r\n${own()}X-Slow: `),
      drip(`POST /api/login HTTP/1.1\r\n${own()}Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n`),
      untilClosed(open('')),
    ]);
    for (const text of [headers, body]) expect(text).toMatch(/^HTTP\/1\.1 408|^$/);
    expect(silent).toMatch(/^HTTP\/1\.1 408|^$/);
    expect((await send(port, 'GET /api/status', BEARER)).status).toBe(200);
  }, 60_000);

  it('hold it up for seconds at most, a thousand of them', async () => {
    const crowd = Array.from({ length: 1_000 }, () => open('GET / HTTP/1.1\r\n'));
    const ended = Promise.all(crowd.map((socket) => untilClosed(socket)));
    // Whoever finds no room is turned away at once; the others are ended by the clock of the server.
    await ended;
    expect((await send(port, 'GET /api/status', BEARER)).status).toBe(200);
  }, 60_000);

  it('get no more than they may send', async () => {
    const long = 'x'.repeat(20_000);
    for (const request of [
      `GET /${long} HTTP/1.1\r\n${own()}\r\n`,
      `GET / HTTP/1.1\r\n${own()}Cookie: ${long}\r\n\r\n`,
      `GET / HTTP/1.1\r\n${own()}${'X: y\r\n'.repeat(5_000)}\r\n`,
      `POST /api/login HTTP/1.1\r\n${own()}Content-Type: application/json\r\nContent-Length: 1048577\r\n\r\n`,
    ]) {
      const reply = await sendRaw(port, request).catch(() => undefined);
      expect([undefined, 413, 431]).toContain(reply?.status);
      if (reply !== undefined) expect(reply.headers['x-content-type-options']).toBe('nosniff');
    }
    expect((await send(port, 'GET /api/status', BEARER)).status).toBe(200);
  });
});

describe('a stranger on the port', () => {
  it('that has it first is noticed: the page goes elsewhere, and the log says so', async () => {
    const stranger = await listen(createServer());
    const warnings: unknown[] = [];
    const logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: (message: string, data?: unknown) => warnings.push([message, data]),
      error: () => undefined,
    };
    const second = await startViewer(fakeSource().source, {
      port: stranger.port,
      token: TOKEN,
      version: '0',
      logger,
      clock: { now: () => 0 },
      randomBytes: (length) => new Uint8Array(length),
    });
    onTestFinished(() => second.close());
    expect(second.port).not.toBe(stranger.port);
    expect(warnings).toEqual([['the port is taken, another one serves', { wanted: stranger.port, port: second.port }]]);
  });

  it.each([
    ['answers nothing', () => undefined],
    ['answers at once with rubbish', (socket: Socket) => socket.end('220 ftp ready\r\n')],
    [
      'answers the proof of another token',
      (socket: Socket) => answer(socket, { proof: proofOf('x', 'y'), code: 'evil' }),
    ],
    ['answers a code without a proof', (socket: Socket) => answer(socket, { code: 'evil' })],
    ['sends without end', (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(200_000)}`)],
    [
      'sends elsewhere',
      (socket: Socket) => socket.end(`HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${port}/api/status\r\n\r\n`),
    ],
  ])(
    'that %s gets neither token, nor code, nor question',
    async (_, behave) => {
      const heard: string[] = [];
      const stranger = await listen(
        createServer((socket) => {
          socket.on('error', () => undefined);
          socket.on('data', (part) => {
            heard.push(part.toString());
            behave(socket);
          });
        }),
      );
      await expect(requestLogin({ port: stranger.port, token: TOKEN })).rejects.toMatchObject({
        code: expect.stringMatching(/denied|unavailable/),
      });
      const file = workerFile(stranger.port);
      expect(await askQueryVector(file, { text: 'a private question', model: 'm' }, 300)).toBeUndefined();
      const search = { query: { text: 'a private question', limit: 1 }, cwd: '/', vaultFlag: undefined, env: {} };
      expect(await askWorkerSearch(file, search, { proofMs: 300, limitMs: 600 })).toBeUndefined();
      expect(heard.length).toBeGreaterThan(1);
      expect(heard.join('')).not.toContain(TOKEN);
      expect(heard.join('')).not.toContain('private question');
    },
    20_000,
  );

  it('that takes the port of a worker which has just died hears nothing either', async () => {
    const heard: string[] = [];
    let isOurs = true;
    const first = await listen(
      createHttpServer((request, response) => {
        heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
        if (!isOurs) return void response.end('{}');
        const nonce = new URL(request.url ?? '', 'http://x').searchParams.get('nonce');
        response.end(JSON.stringify(nonce === null ? { model: 'm', vector: '' } : { proof: proofOf(TOKEN, nonce) }));
      }),
    );
    const file = workerFile(first.port);
    expect(await askQueryVector(file, { text: 'first', model: 'm' }, 2_000)).toBeDefined();
    isOurs = false;
    heard.length = 0;
    expect(await askQueryVector(file, { text: 'a private question', model: 'm' }, 2_000)).toBeUndefined();
    expect(heard).toHaveLength(1);
    expect(heard.join('')).not.toContain(TOKEN);
  });
});

function open(bytes: string): Socket {
  const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
  socket.on('error', () => undefined);
  return socket;
}

/** What came until the server closed the connection. */
function untilClosed(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (part) => (text += part.toString()));
    socket.on('close', () => resolve(text));
  });
}

async function drip(bytes: string): Promise<string> {
  const socket = open(bytes);
  const drops = setInterval(() => socket.write('x'), 300);
  const text = await untilClosed(socket);
  clearInterval(drops);
  return text;
}

async function listen(server: Server): Promise<{ readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0 };
}

function answer(socket: Socket, value: object): void {
  const text = JSON.stringify(value);
  socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
}

/** As a worker leaves it. */
function workerFile(at: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-worker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'worker.json');
  writeFileSync(
    file,
    JSON.stringify({ pid: process.pid, port: at, token: TOKEN, version: VERSION, startedAt: '2026-11-22T10:00:00Z' }),
  );
  const now = new Date();
  utimesSync(file, now, now);
  return file;
}
