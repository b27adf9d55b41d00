// A model hub on 127.0.0.1: serves files as the real one does, with redirections, hashes and ranges, and fails as told.

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeHub {
  readonly url: string;
  /** `GET <path> <range>` of each request for bytes, in order. */
  readonly requests: readonly string[];
  /** Contents by `<owner>/<name>/<path>`. */
  readonly files: Map<string, Buffer>;
  /** Called before each answer with bytes; gives how many of them are sent before the connection breaks. */
  breakAfter: ((path: string, attempt: number) => number | undefined) | undefined;
  /** Changes what is said or sent. */
  lie: Partial<{ commit: string; sha256: string; status: number; plainHttpElsewhere: boolean }>;
  close(): Promise<void>;
}

/** Large files lie elsewhere: their address redirects, and only the redirection tells their SHA-256. */
const LARGE = /\.(?:safetensors|onnx)$/;

export async function startFakeHub(): Promise<FakeHub> {
  const requests: string[] = [];
  const attempts = new Map<string, number>();
  const hub: { -readonly [Key in keyof FakeHub]: FakeHub[Key] } = {
    url: '',
    requests,
    files: new Map(),
    breakAfter: undefined,
    lie: {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return hub;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = new URL(request.url ?? '', hub.url).pathname.slice(1);
    const stored = /^elsewhere\/(.*)$/.exec(path)?.[1];
    const [, repository = '', revision = '', name = ''] = /^([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.*)$/.exec(path) ?? [];
    const key = stored ?? `${repository}/${name}`;
    const content = hub.files.get(key);
    if (hub.lie.status !== undefined) return void response.writeHead(hub.lie.status).end();
    if (content === undefined) return void response.writeHead(404).end('Entry not found');
    const sha256 = hub.lie.sha256 ?? createHash('sha256').update(content).digest('hex');
    if (stored === undefined) response.setHeader('x-repo-commit', hub.lie.commit ?? revision);
    if (stored === undefined && LARGE.test(key)) {
      response.setHeader('x-linked-etag', `"${sha256}"`);
      response.setHeader('location', hub.lie.plainHttpElsewhere === true ? 'ftp://elsewhere/x' : `/elsewhere/${key}`);
      return void response.writeHead(302).end();
    }
    const blob = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
    send(request, response, key, content, stored === undefined ? blob : sha256);
  }

  function send(request: IncomingMessage, response: ServerResponse, key: string, content: Buffer, tag: string): void {
    const etag = `"${tag}"`;
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
    const from = range !== undefined && request.headers['if-range'] === etag ? Number(range) : 0;
    requests.push(`GET ${key} ${request.headers.range ?? ''}`.trimEnd());
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    response.setHeader('etag', etag);
    response.setHeader('content-length', content.length - from);
    if (from > 0) response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
    response.writeHead(from > 0 ? 206 : 200);
    const end = hub.breakAfter?.(key, attempt);
    if (end === undefined) return void response.end(content.subarray(from));
    response.write(content.subarray(from, from + end), () => setTimeout(() => response.destroy(), 20));
  }
}
