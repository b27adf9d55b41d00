// The viewer's server: 127.0.0.1 only, every request through the gate, limits on everything that a client can pile up.

import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hono } from 'hono';
import { MemvaultError, toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger, RandomBytes } from '../model/ports.ts';
import { type Access, createAccess, mayRead } from './access.ts';
import { readAssets } from './assets.ts';
import { type Admission, MAX_BODY_BYTES, type Refusal, TOO_LARGE, passGate } from './gate.ts';
import { type LiveStream, createLiveStream } from './live-stream.ts';
import { createRoutes } from './routes.tsx';
import { SAFE_HEADERS } from './safe-headers.ts';
import type { ViewerSource } from '../model/viewer-source.ts';

export interface ViewerOptions {
  /** The first port to try; 0 lets the system choose. */
  readonly port: number;
  /** The secret that programs bring as `Authorization: Bearer`; new at each start. */
  readonly token: string;
  readonly version: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}

export interface Viewer {
  readonly port: number;
  /** Ends every connection, live streams too. */
  close(): Promise<void>;
}

const PORTS_TRIED = 21;

/** Serves on 127.0.0.1 at `port`, one of the next twenty, or any free one. */
export async function startViewer(source: ViewerSource, options: ViewerOptions): Promise<Viewer> {
  const server = createLimitedServer();
  const port = await listen(server, options);
  const { token, clock, randomBytes } = options;
  const access = createAccess({ token, port, clock, randomBytes });
  const stream = createLiveStream(source);
  const routes = createRoutes({ ...options, source, access, assets: readAssets(), port });
  server.on('request', (request, response) => {
    answer({ request, response, port, access, stream, routes }).catch((error: unknown) => {
      // A client that goes away in the middle of its body is no fault.
      if (request.complete) options.logger.error('the viewer failed', { message: toMemvaultError(error).message });
      response.destroy();
    });
  });
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        stream.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createLimitedServer(): Server {
  const server = createServer({
    headersTimeout: 5_000,
    requestTimeout: 10_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 16 * 1024,
    // The gate wants exactly one Host and says so itself.
    requireHostHeader: false,
  });
  server.maxConnections = 64;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) =>
    refuseRaw(socket, STATUS_OF_FAULT[error.code ?? ''] ?? '400 Bad Request'),
  );
  server.on('upgrade', (_request, socket) => refuseRaw(socket, '400 Bad Request'));
  server.on('connect', (_request, socket) => refuseRaw(socket, '400 Bad Request'));
  server.on('checkExpectation', (_request, response) => {
    response.writeHead(417, { ...SAFE_HEADERS, connection: 'close' }).end();
  });
  return server;
}

const STATUS_OF_FAULT: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function refuseRaw(socket: Duplex, status: string): void {
  if (!socket.writable || socket.destroyed) return;
  const headers = Object.entries(SAFE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status}\r\n${headers.join('')}content-length: 0\r\nconnection: close\r\n\r\n`);
}

async function listen(server: Server, options: ViewerOptions): Promise<number> {
  const wanted = Array.from({ length: PORTS_TRIED }, (_, step) => options.port + step);
  const candidates = options.port === 0 ? [0] : [...wanted.filter((port) => port <= 65_535), 0];
  for (const candidate of candidates) {
    const port = await tryListen(server, candidate);
    if (port === undefined) continue;
    if (candidate !== options.port)
      options.logger.warn('the port is taken, another one serves', { wanted: options.port, port });
    return port;
  }
  throw new MemvaultError('unavailable', `no port from ${options.port} on is free on 127.0.0.1`);
}

function tryListen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : undefined);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ port, host: '127.0.0.1', exclusive: true });
  });
}

const TOO_OLD: Refusal = { status: 505, code: 'invalid_input', message: 'HTTP/1.0 and 1.1 only' };

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly port: number;
  readonly access: Access;
  readonly stream: LiveStream;
  readonly routes: Hono;
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response, port, routes } = exchange;
  for (const [name, value] of Object.entries(SAFE_HEADERS)) response.setHeader(name, value);
  const { method = '', url: target = '', rawHeaders, httpVersion } = request;
  // Nothing that speaks to us knows HTTP/0.9, which Node's parser takes for a request.
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refuse(response, TOO_OLD);
  const admission = passGate({ method, target, rawHeaders }, port);
  if ('status' in admission) return refuse(response, admission);
  // What nobody reads must not keep the connection busy.
  if (method !== 'POST' && hasBody(request)) response.setHeader('connection', 'close');
  if (admission.url.pathname === '/api/events' && method === 'GET' && attachLive(exchange, admission)) return;
  const body = method === 'POST' ? await readBody(request) : undefined;
  if (body === 'too large') return refuse(response, TOO_LARGE);
  const headers = headersFor(request, admission);
  const answered = await routes.fetch(
    new Request(admission.url, { method, headers, ...(body === undefined ? {} : { body }) }),
  );
  const content = Buffer.from(await answered.arrayBuffer());
  const lengthOfBody = method === 'HEAD' || answered.status === 304 ? [] : ['content-length', String(content.length)];
  response.writeHead(answered.status, [...[...answered.headers].flat(), ...lengthOfBody]);
  response.end(content);
}

/** Only what the routes look at goes further. */
function headersFor(request: IncomingMessage, { host }: Admission): Record<string, string> {
  const { authorization, cookie, 'content-type': type, 'if-none-match': tag } = request.headers;
  return {
    host,
    ...(tag === undefined ? {} : { 'if-none-match': tag }),
    ...(authorization === undefined ? {} : { authorization }),
    ...(cookie === undefined ? {} : { cookie }),
    ...(type === undefined ? {} : { 'content-type': type }),
  };
}

/** Whether the request was answered here; without a right to read, the routes refuse it as they refuse everything. */
function attachLive({ request, response, access, stream }: Exchange, { url, host }: Admission): boolean {
  const { authorization, cookie } = request.headers;
  const isAllowed = (): boolean => mayRead(access, { authorization, cookie, host });
  if (!isAllowed()) return false;
  const lastSeen = request.headers['last-event-id'];
  const after = typeof lastSeen === 'string' ? lastSeen : (url.searchParams.get('after') ?? '');
  const vault = url.searchParams.get('vault') ?? '';
  if (!stream.attach(response, { vault, after, mayRead: isAllowed }))
    refuse(response, {
      status: 503,
      code: 'busy',
      message: 'too many pages listen to the live stream',
      headers: { 'retry-after': '10' },
    });
  return true;
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['transfer-encoding'] !== undefined || (request.headers['content-length'] ?? '0') !== '0';
}

async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | 'too large'> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.from(part);
    length += bytes.length;
    if (length > MAX_BODY_BYTES) return 'too large';
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

function refuse(response: ServerResponse, { status, code, message, headers = {} }: Refusal): void {
  const text = JSON.stringify({ error: { code, message } });
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
    ...headers,
  });
  response.end(text);
}
