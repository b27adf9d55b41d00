// A black-box probe: what a hostile page, a rebound name or a stray program may try at the viewer's port.

import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConnection } from 'node:net';
import { silentLog } from '../../src/system/log.ts';
import { proofNonce, proofOf } from '../../src/system/worker-proof.ts';
import { requestLogin } from '../../src/viewer/login-client.ts';
import { startViewer } from '../../src/viewer/server.ts';
import { BEARER, TOKEN, fakeSource, logIn, openViewer, send, sendRaw } from './fake-viewer.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
let viewer: Awaited<ReturnType<typeof openViewer>>;
let port: number;

beforeAll(async () => {
  viewer = await openViewer();
  port = viewer.port;
});
afterAll(() => viewer.close());

/** Every kind of route, each of which gives something worth stealing. */
const READS = [
  '/',
  '/search?q=token',
  '/memory/7k2m9qx',
  '/session/x',
  '/api/search?q=token',
  '/api/status',
  '/api/memories/7k2m9qx',
  '/api/sessions/x',
  '/api/rows',
  '/api/events',
  '/nothing-here',
];

describe('the address', () => {
  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    'localhost',
    '127.0.0.1:1',
    '127.0.0.1.:PORT',
    '127.0.0.2:PORT',
    '[::1]:PORT',
    '0.0.0.0:PORT',
    'LOCALHOST:PORT',
    'localhost.evil.example:PORT',
    '127.0.0.1:PORT@evil.example',
    '',
  ])('refuses the Host "%s"', async (host) => {
    const reply = await send(port, 'GET /api/status', { ...BEARER, host: host.replace('PORT', String(port)) });
    expect(reply.status).toBe(421);
  });

  it('refuses no Host and two Hosts', async () => {
    const mine = `host: 127.0.0.1:${port}\r\n`;
    const rest = `authorization: Bearer ${TOKEN}\r\nconnection: close\r\n\r\n`;
    expect((await sendRaw(port, `GET /api/status HTTP/1.1\r\n${rest}`)).status).toBe(421);
    expect((await sendRaw(port, `GET /api/status HTTP/1.0\r\n${rest}`)).status).toBe(421);
    expect((await sendRaw(port, `GET /api/status HTTP/1.1\r\n${mine}${mine}${rest}`)).status).toBe(421);
    expect((await sendRaw(port, `GET /api/status HTTP/1.1\r\n${mine}host: evil.example\r\n${rest}`)).status).toBe(421);
  });

  it('does not let X-Forwarded-Host speak for Host', async () => {
    const reply = await send(port, 'GET /api/status', {
      ...BEARER,
      host: 'evil.example',
      'x-forwarded-host': `127.0.0.1:${port}`,
    });
    expect(reply.status).toBe(421);
  });

  it('answers to 127.0.0.1 and localhost', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`])
      expect((await send(port, 'GET /api/status', { ...BEARER, host })).status).toBe(200);
  });

  it('listens on the loopback address only', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((address) => !address.internal && address.family === 'IPv4');
    for (const { address } of others) {
      const outcome = await new Promise((resolve) => {
        const socket = createConnection({ port, host: address, timeout: 2000 });
        socket
          .on('connect', () => resolve('open'))
          .on('error', () => resolve('closed'))
          .on('timeout', () => resolve('closed'));
      });
      expect(outcome).toBe('closed');
    }
  });

  it.each([
    'http://127.0.0.1:PORT/api/status',
    '//127.0.0.1:PORT/api/status',
    '//evil.example/',
    '*',
    '/\\evil.example',
    '/a\u0001b',
  ])('refuses the target "%s"', async (target) => {
    expect((await send(port, `GET ${target.replace('PORT', String(port))}`, BEARER)).status).toBe(400);
  });

  it.each([
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/../../../etc/passwd',
    '/memory/..%2f..%2fetc%2fpasswd',
    '/api/memories/%2e%2e%2f%2e%2e',
    '/assets/viewer.css/..%5c..%5cpackage.json',
  ])('finds nothing at "%s"', async (target) => {
    const reply = await send(port, `GET ${target}`, BEARER);
    expect([400, 404]).toContain(reply.status);
    expect(reply.body).not.toMatch(/devDependencies|root:/);
  });

  it.each(['/%00', '/assets/viewer.css%00.js', '/memory/%00', '/%0d%0aset-cookie:x', '/memory/%1b', '/%', '/%ff'])(
    'refuses "%s" and goes on',
    async (target) => {
      expect((await send(port, `GET ${target}`, BEARER)).status).toBe(400);
      expect((await send(port, 'GET /api/status', BEARER)).status).toBe(200);
    },
  );
});

it('takes control characters in a query as nothing', async () => {
  expect((await send(port, 'GET /search?q=%00%1b%0d%0a', BEARER)).status).toBe(200);
});

describe('other origins', () => {
  it.each([
    'null',
    'http://evil.example',
    'https://127.0.0.1:PORT',
    'http://127.0.0.1',
    'http://127.0.0.1:1',
    'http://localhost:3000',
    'http://127.0.0.1:PORT.evil.example',
    'http://127.0.0.1:PORT/',
    '',
  ])('refuses the Origin "%s" even with the token', async (origin) => {
    const headers = { ...BEARER, origin: origin.replace('PORT', String(port)) };
    expect((await send(port, 'GET /api/status', headers)).status).toBe(403);
    expect((await send(port, 'POST /api/login-codes', { ...headers, ...JSON_TYPE }, '{}')).status).toBe(403);
  });

  it.each(['cross-site', 'same-site', 'anything'])('refuses Sec-Fetch-Site: %s', async (site) => {
    expect((await send(port, 'GET /', { ...BEARER, 'sec-fetch-site': site })).status).toBe(403);
  });

  it('lets its own pages in', async () => {
    const headers = { ...BEARER, origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    expect((await send(port, 'GET /api/status', headers)).status).toBe(200);
    expect((await send(port, 'GET /api/status', { ...BEARER, 'sec-fetch-site': 'none' })).status).toBe(200);
  });

  it('grants no CORS, to nobody', async () => {
    const preflight = {
      origin: 'http://evil.example',
      'access-control-request-method': 'GET',
      'access-control-request-private-network': 'true',
    };
    for (const reply of [
      await send(port, 'OPTIONS /api/status', { ...BEARER, ...preflight }),
      await send(port, 'OPTIONS /api/status', BEARER),
      await send(port, 'GET /api/status', BEARER),
    ])
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('the token', () => {
  it.each(READS)('is needed for %s', async (path) => {
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: TOKEN },
      { authorization: `Basic ${TOKEN}` },
      { authorization: `Bearer ${TOKEN}x` },
      { cookie: `memvault_${port}=${TOKEN}` },
    ]) {
      const reply = await send(port, `GET ${path}`, headers);
      expect(reply.status).toBe(401);
      expect(reply.body).not.toContain('parallel refreshes');
    }
  });

  it('does not count in the address', async () => {
    for (const name of ['token', 'access_token', 'authorization'])
      expect((await send(port, `GET /api/status?${name}=${TOKEN}`)).status).toBe(401);
  });

  it('never stands in an answer', async () => {
    for (const path of READS.filter((read) => read !== '/api/events')) {
      const reply = await send(port, `GET ${path}`, BEARER);
      expect(reply.body + JSON.stringify(reply.headers)).not.toContain(TOKEN);
    }
  });

  it('is not needed for the login page and the three static files, which say nothing of anybody', async () => {
    const login = await send(port, 'GET /');
    expect(login.status).toBe(401);
    expect(login.body).toContain('memvault open');
    expect(login.body).not.toContain('shop');
    for (const path of ['/assets/viewer.css', '/assets/viewer.js', '/assets/mark.svg'])
      expect((await send(port, `GET ${path}`)).status).toBe(200);
  });
});

describe("the page's script", () => {
  it('is one plain file that a strict policy lets run, and makes no markup out of text', async () => {
    const { body } = await send(port, 'GET /assets/viewer.js');
    expect(body).toMatch(/^\(?function/);
    expect(body).not.toMatch(
      /\beval\(|new Function|\bimport\b\s*[("'{]|innerHTML|outerHTML|insertAdjacentHTML|document\.write/,
    );
  });
});

describe('the login of a browser', () => {
  it('swaps a code for a cookie that no script and no other site can use', async () => {
    const { body } = await send(port, 'POST /api/login-codes', { ...BEARER, ...JSON_TYPE }, '{}');
    const reply = await send(port, 'POST /api/login', JSON_TYPE, body);
    expect(reply.status).toBe(200);
    const [pair, ...flags] = (reply.headers['set-cookie'] ?? '').split('; ');
    expect(pair).toMatch(new RegExp(`^memvault_${port}=[0-9a-f]{64}$`));
    expect(flags).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/']));
    const home = await send(port, 'GET /', { cookie: `other=1; ${pair}` });
    expect(home.status).toBe(200);
    expect(home.body).toContain('Two parallel refreshes');
  });

  it('takes a code once, and for a minute', async () => {
    const login = async (code: string) =>
      (await send(port, 'POST /api/login', JSON_TYPE, JSON.stringify({ code }))).status;
    const draw = async (): Promise<string> =>
      JSON.parse((await send(port, 'POST /api/login-codes', { ...BEARER, ...JSON_TYPE }, '{}')).body).code;
    const used = await draw();
    expect([await login(used), await login(used)]).toEqual([200, 403]);
    const old = await draw();
    viewer.clock.ms += 61_000;
    expect(await login(old)).toBe(403);
    expect(await login('0'.repeat(64))).toBe(403);
  });

  it('refuses bodies that hold no code', async () => {
    for (const body of ['', '{', '[]', 'null', '{"code":1}', '{"code":["x"]}', '"x"', '{"__proto__":{"code":"x"}}'])
      expect((await send(port, 'POST /api/login', JSON_TYPE, body)).status).toBe(403);
  });

  it('gives codes for the token only, not for a cookie', async () => {
    const cookie = await logIn(port);
    expect((await send(port, 'POST /api/login-codes', { ...JSON_TYPE, cookie }, '{}')).status).toBe(401);
    expect((await send(port, 'POST /api/login-codes', JSON_TYPE, '{}')).status).toBe(401);
  });

  it('binds the cookie to the host name, and lets a wrong token not hide behind it', async () => {
    const cookie = await logIn(port);
    expect((await send(port, 'GET /api/status', { cookie })).status).toBe(200);
    expect((await send(port, 'GET /api/status', { cookie, host: `localhost:${port}` })).status).toBe(401);
    expect((await send(port, 'GET /api/status', { cookie, authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await send(port, 'GET /api/status', { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('ends after a day', async () => {
    const cookie = await logIn(port);
    viewer.clock.ms += 24 * 60 * 60 * 1000 + 1;
    expect((await send(port, 'GET /api/status', { cookie })).status).toBe(401);
  });
});

describe('the proof', () => {
  it('tells that the server knows the token', async () => {
    const nonce = 'ab'.repeat(16);
    expect(JSON.parse((await send(port, `GET /api/proof?nonce=${nonce}`)).body)).toEqual({
      proof: proofOf(TOKEN, nonce),
    });
  });

  it('is not given for a nonce that was meant for another port, or is none', async () => {
    const elsewhere = proofNonce(port + 1, new Uint8Array(16));
    for (const nonce of ['', 'short', elsewhere, `${port}-xyz`, 'g'.repeat(32), 'a'.repeat(129)])
      expect((await send(port, `GET /api/proof?nonce=${nonce}`)).status).toBe(400);
  });

  it('leads to an address that logs in', async () => {
    const url = new URL(await requestLogin({ port, token: TOKEN }));
    expect(url.origin).toBe(`http://127.0.0.1:${port}`);
    const code = new URLSearchParams(url.hash.slice(1)).get('code');
    expect((await send(port, 'POST /api/login', JSON_TYPE, JSON.stringify({ code }))).status).toBe(200);
  });

  it('keeps the token from a stranger on the port, also from one that passes our own answer on', async () => {
    const seen: string[] = [];
    const stranger = createServer((request, response) => {
      seen.push(JSON.stringify(request.headers));
      void send(port, `GET ${request.url ?? '/'}`).then((reply) => response.writeHead(reply.status).end(reply.body));
    });
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const address = stranger.address();
    const strange = typeof address === 'object' ? (address?.port ?? 0) : 0;
    await expect(requestLogin({ port: strange, token: TOKEN })).rejects.toMatchObject({ code: 'unavailable' });
    stranger.removeAllListeners('request');
    stranger.on('request', (request, response) => {
      seen.push(JSON.stringify(request.headers));
      response.end(JSON.stringify({ proof: 'ab'.repeat(32), code: 'x' }));
    });
    await expect(requestLogin({ port: strange, token: TOKEN })).rejects.toMatchObject({ code: 'denied' });
    expect(seen).toHaveLength(2);
    expect(seen.join()).not.toContain(TOKEN);
    await new Promise((resolve) => stranger.close(resolve));
  });
});

describe('methods and bodies', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'refuses %s where only reading is',
    async (method) => {
      for (const path of ['/', '/api/status', '/api/memories/7k2m9qx']) {
        const reply = await send(port, `${method} ${path}`, { ...BEARER, ...JSON_TYPE });
        expect(reply.status).toBe(405);
        expect(reply.headers['allow']).toBe('GET, HEAD');
      }
    },
  );

  it('refuses reading where only posting is', async () => {
    for (const path of ['/api/login', '/api/login-codes', '/api/query-vector', '/api/vault-search'])
      expect((await send(port, `GET ${path}`, BEARER)).status).toBe(405);
  });

  it('answers HEAD like GET without the body', async () => {
    const reply = await send(port, 'HEAD /', BEARER);
    expect(reply.status).toBe(200);
    expect(reply.body).toBe('');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/plain',
    'application/jsonp',
    '',
  ])('refuses a post of the type "%s"', async (type) => {
    expect((await send(port, 'POST /api/login-codes', { ...BEARER, 'content-type': type }, '{}')).status).toBe(415);
  });

  it('refuses a post without a type', async () => {
    expect((await send(port, 'POST /api/login-codes', BEARER, '{}')).status).toBe(415);
  });

  it('refuses more than 1 MB, announced or not', async () => {
    const announced = await send(port, 'POST /api/login', { ...JSON_TYPE, 'content-length': '1048577' });
    expect(announced.status).toBe(413);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const chunked = await send(
      port,
      'POST /api/login',
      { ...JSON_TYPE, 'transfer-encoding': 'chunked', 'content-length': '' },
      '',
    ).catch(() => undefined);
    expect(chunked?.status).not.toBe(200);
    const head = `POST /api/login HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
    expect((await sendRaw(port, head + chunk.repeat(17))).status).toBe(413);
  });

  it('refuses headers of more than 16 KB, requests to upgrade, and what is no HTTP', async () => {
    expect((await send(port, 'GET /', { ...BEARER, 'x-long': 'x'.repeat(17_000) })).status).toBe(431);
    expect((await send(port, 'GET /', { ...BEARER, connection: 'upgrade', upgrade: 'websocket' })).status).toBe(400);
    expect((await send(port, 'CONNECT 127.0.0.1:22', BEARER)).status).toBe(400);
    expect((await sendRaw(port, 'hello\r\n\r\n')).status).toBe(400);
    expect((await send(port, 'GET /', { ...BEARER, expect: 'the-impossible' })).status).toBe(417);
  });

  it('is still there afterwards', async () => {
    expect((await send(port, 'GET /api/status', BEARER)).status).toBe(200);
  });
});

describe('every answer', () => {
  it('carries the same safe headers, refusals too', async () => {
    const replies = [
      await send(port, 'GET /', BEARER),
      await send(port, 'GET /'),
      await send(port, 'GET /nothing', BEARER),
      await send(port, 'GET /assets/viewer.js'),
      await send(port, 'GET /api/status', BEARER),
      await send(port, 'GET /', { host: 'evil.example' }),
      await send(port, 'DELETE /', BEARER),
      await sendRaw(port, 'hello\r\n\r\n'),
    ];
    for (const { headers } of replies) {
      expect(headers).toMatchObject({
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      });
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  it('names its type, so that nothing is guessed', async () => {
    const types = await Promise.all(
      ['/', '/api/status', '/assets/viewer.js', '/assets/viewer.css', '/assets/mark.svg'].map(
        async (path) => (await send(port, `GET ${path}`, BEARER)).headers['content-type']?.split(';')[0],
      ),
    );
    expect(types).toEqual(['text/html', 'application/json', 'text/javascript', 'text/css', 'image/svg+xml']);
  });

  it('says no more than code, message and hint when something breaks', async () => {
    const { source } = fakeSource();
    const broken = await openViewer({
      ...source,
      library: () => {
        throw new TypeError('secret /home/me/path');
      },
    });
    for (const path of ['/', '/api/search?q=x']) {
      const reply = await send(broken.port, `GET ${path}`, BEARER);
      expect(reply.status).toBe(500);
      expect(reply.body).not.toMatch(/secret|\/home|TypeError|\.ts:/);
    }
    await broken.close();
  });
});

describe('the port', () => {
  it('is the next free one when a stranger has the wanted one', async () => {
    const options = {
      token: TOKEN,
      version: '0',
      logger: silentLog,
      clock: { now: () => 0 },
      randomBytes: (length: number) => new Uint8Array(length),
    };
    const second = await startViewer(fakeSource().source, { ...options, port });
    expect(second.port).not.toBe(port);
    expect((await send(second.port, 'GET /api/status', BEARER)).status).toBe(200);
    await second.close();
  });
});
