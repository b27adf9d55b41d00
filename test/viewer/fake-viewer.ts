// A running viewer over two small vaults, and raw requests to it: what a hostile page or program could send.

import { randomBytes } from 'node:crypto';
import { type Socket, connect } from 'node:net';
import type { Memory } from '../../src/model/memory.ts';
import type { Receipt } from '../../src/model/receipt.ts';
import type { VaultStatus } from '../../src/model/status.ts';
import { silentLog } from '../../src/system/log.ts';
import { type Viewer, startViewer } from '../../src/viewer/server.ts';
import type { LiveEvent, ViewerSource } from '../../src/model/viewer-source.ts';
import { libraryOf, memory } from '../support/library.ts';

export const TOKEN = 'a1'.repeat(32);

export const SESSION = 'fe0548c7-2487-4719-957b-715cd87e8307';

export const MEMORIES = [
  memory({
    id: '7k2m9qx4hd3a',
    title: 'Two parallel refreshes could both rotate the same token',
    session: SESSION,
    branch: 'fix/auth-race',
    files: [{ path: 'src/auth/refresh.ts', blob: '9c1e0b2d44aa' }],
    tags: ['auth'],
    body: 'A per-user mutex around `read-and-rotate` fixes it.\n',
  }),
  memory({
    id: '7k2mzzzzzzzz',
    title: 'Session store moved to Redis',
    type: 'decision',
    created: '2026-11-20T10:00:00Z',
    supersededBy: '7k2m9qx4hd3a',
  }),
  memory({
    id: 'c4hd7k2m9qxa',
    kind: 'summary',
    title: 'Auth race found and fixed',
    session: SESSION,
    created: '2026-11-23T09:00:00Z',
    place: 'outbox',
    body: '## Completed\n\n- the mutex\n\n## Next steps\n\n- run the load test\n\n## Afterword\n\n- none\n',
  }),
];

const STATUS: VaultStatus = {
  vault: {
    kind: 'repository',
    root: '/home/me/shop',
    exists: true,
    observations: 2,
    summaries: 1,
    notes: 0,
    branch: 'fix/auth-race',
  },
  outbox: {
    waiting: 1,
    held: { reason: 'default-branch', sentence: 'It is the default branch.', wayOut: 'Run `memvault publish --now`.' },
  },
  queue: { events: 3, deadLetters: 1, drops: [] },
  worker: { running: true, pid: 1, port: 1 },
  compression: { provider: 'api', model: 'some-model', endpoint: 'https://api.anthropic.com', offline: false },
  diagnostics: [
    { path: 'memories/x.md', line: 1, rule: 'frontmatter-missing', severity: 'error', message: 'expected ---' },
  ],
};

const RECEIPTS: readonly Receipt[] = [
  {
    sessionId: SESSION,
    at: '2026-11-22T14:00:00Z',
    event: 'startup',
    root: '/home/me/shop',
    items: [
      { id: '7k2m9qx4hd3a', title: 'Two parallel refreshes', rule: 'relevant', score: 2.5, tokens: 40, code: 'moved' },
    ],
    cut: [{ id: '7k2mzzzzzzzz', title: 'Store <script>alert(1)</script>', reason: 'author-share', score: 0.4 }],
    tokens: 1240,
    budgetTokens: 1500,
    leftOut: 7,
    pending: 2,
  },
  {
    sessionId: SESSION,
    at: '2026-11-22T14:05:00Z',
    event: 'file',
    root: '/home/me/shop',
    file: 'src/auth/refresh.ts',
    items: [
      { id: 'c4hd7k2m9qxa', title: `The token ghp_${'aB3dE5fG7h'.repeat(4).slice(0, 36)}`, rule: 'file', tokens: 30 },
    ],
    cut: [],
    tokens: 90,
    budgetTokens: 320,
    leftOut: 0,
  },
];

/** A source over the memories of one vault and an empty second one; `emit` makes an event happen. */
export function fakeSource(memories: readonly (Memory & (typeof MEMORIES)[number])[] = MEMORIES) {
  const listeners = new Set<(event: LiveEvent) => void>();
  const events: LiveEvent[] = [];
  const libraries = new Map([
    ['shop', libraryOf(memories)],
    ['blog', libraryOf([])],
  ]);
  const source: ViewerSource = {
    vaults: () => [
      { key: 'shop', name: 'shop', root: '/home/me/shop', kind: 'repository' },
      { key: 'blog', name: 'blog', root: '/home/me/blog', kind: 'personal' },
    ],
    library: (key) => libraries.get(key),
    status: async (key) => (libraries.has(key) ? STATUS : undefined),
    receipts: (key) => (key === 'shop' ? [RECEIPTS] : []),
    recentEvents: () => events.toReversed(),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const emit = (fields: Partial<LiveEvent> = {}): LiveEvent => {
    const event: LiveEvent = {
      id: String(events.length + 1),
      at: '2026-11-22T14:32:05Z',
      kind: 'event',
      title: 'Bash: npm test',
      vault: 'shop',
      ...fields,
    };
    events.push(event);
    for (const listener of listeners) listener(event);
    return event;
  };
  return { source, emit, listeners };
}

/** A viewer on a free port, its clock in the test's hand. */
export async function openViewer(
  source: ViewerSource = fakeSource().source,
): Promise<Viewer & { clock: { ms: number } }> {
  const clock = { ms: Date.UTC(2026, 10, 23, 12) };
  const viewer = await startViewer(source, {
    port: 0,
    token: TOKEN,
    version: '0.1.0',
    logger: silentLog,
    clock: { now: () => clock.ms },
    randomBytes,
  });
  return { ...viewer, clock };
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends the bytes as they are and reads until the server closes the connection. */
export function sendRaw(port: number, bytes: string): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(Buffer.from(part)));
    socket.on('error', (error) => (parts.length > 0 ? resolve(parseReply(parts)) : reject(error)));
    socket.on('close', () => resolve(parseReply(parts)));
  });
}

/** A request with our Host and `Connection: close`, unless the headers say otherwise. */
export function send(
  port: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<RawReply> {
  const all = { host: `127.0.0.1:${port}`, connection: 'close', ...headers };
  const lengths =
    body === '' || 'content-length' in headers ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ ...all, ...lengths }).map(([name, value]) => `${name}: ${value}\r\n`);
  return sendRaw(port, `${line} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

export const BEARER = { authorization: `Bearer ${TOKEN}` };
const JSON_TYPE = { 'content-type': 'application/json' };

/** Logs in as a browser does; gives the cookie pair. */
export async function logIn(port: number): Promise<string> {
  const { code } = JSON.parse((await send(port, 'POST /api/login-codes', { ...BEARER, ...JSON_TYPE }, '{}')).body);
  const reply = await send(port, 'POST /api/login', JSON_TYPE, JSON.stringify({ code }));
  return (reply.headers['set-cookie'] ?? '').split(';')[0] ?? '';
}

/** A live stream: the frames that came so far, and a wait for one more that holds a text. */
export async function listen(port: number, path: string, headers: Readonly<Record<string, string>> = BEARER) {
  let text = '';
  const waiting: (() => void)[] = [];
  const socket: Socket = connect(port, '127.0.0.1');
  const wake = (): void => {
    for (const go of waiting.splice(0)) go();
  };
  socket.on('data', (part) => {
    text += part.toString();
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', wake);
  const lines = Object.entries({ host: `127.0.0.1:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  const until = async (isThere: () => boolean): Promise<string> => {
    while (!isThere() && !socket.closed) await new Promise<void>((resolve) => waiting.push(resolve));
    return text;
  };
  await until(() => text.includes('\r\n\r\n'));
  return {
    socket,
    text: () => text,
    holds: (part: string) => until(() => text.includes(part)),
    closed: () => until(() => socket.closed),
  };
}

function parseReply(parts: readonly Buffer[]): RawReply {
  const [head = '', ...rest] = Buffer.concat(parts).toString('utf8').split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(headers),
    body: rest.join('\r\n\r\n'),
  };
}
