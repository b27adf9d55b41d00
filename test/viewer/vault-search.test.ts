// A search for another process of memvault: a route that only the token opens, and that takes nothing but a well-formed question.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DelegatedSearch, FoundHere } from '../../src/model/delegated-search.ts';
import { BEARER, fakeSource, logIn, openViewer, send } from './fake-viewer.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const FROM = { cwd: '/home/me/shop', env: { HOME: '/home/me' } };
const ASKED: DelegatedSearch = { from: FROM, query: { text: 'token', limit: 10 } };
const FOUND: FoundHere = { hits: [], total: 0, stale: false, branches: {} };
let viewer: Awaited<ReturnType<typeof openViewer>>;
let asked: DelegatedSearch[];
let answer: FoundHere | undefined;

beforeEach(async () => {
  asked = [];
  answer = FOUND;
  viewer = await openViewer({
    ...fakeSource().source,
    searchFor(search) {
      asked.push(search);
      return Promise.resolve(answer);
    },
  });
});
afterEach(() => viewer.close());

describe('POST /api/vault-search', () => {
  it('answers the token only: no stranger, no logged-in page', async () => {
    expect((await post(ASKED, {})).status).toBe(401);
    expect((await post(ASKED, { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await post(ASKED, { cookie: await logIn(viewer.port) })).status).toBe(401);
    expect((await post(ASKED, { ...BEARER, origin: 'http://evil.example' })).status).toBe(403);
    expect((await post(ASKED, { ...BEARER, host: 'evil.example' })).status).toBe(421);
    expect((await post(ASKED, { ...BEARER, 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send(viewer.port, 'GET /api/vault-search', BEARER)).status).toBe(405);
    expect(asked).toEqual([]);
    expect(JSON.parse((await post(ASKED)).body)).toEqual(FOUND);
    expect(asked).toEqual([ASKED]);
  });

  it('passes every filter on, and nothing that is none', async () => {
    const query = {
      text: 'token',
      limit: 3,
      type: ['bugfix'],
      kind: ['note'],
      tags: ['auth'],
      files: ['src'],
      since: '2026',
      until: '2026-11',
      branch: 'main',
    } as const;
    const from = { ...FROM, vaultFlag: '../shop' };
    await post({ from: { ...from, more: 1 }, query: { ...query, without: ['recency'], vector: {} } });
    expect(asked).toEqual([{ from, query }]);
  });

  it.each([
    ['no object', []],
    ['no query', { from: FROM }],
    ['no standpoint', { query: ASKED.query }],
    ['an environment that is none', { ...ASKED, from: { ...FROM, env: ['HOME'] } }],
    ['a variable that is no text', { ...ASKED, from: { ...FROM, env: { HOME: 1 } } }],
    ['no text', { ...ASKED, query: { limit: 10 } }],
    ['a limit of nothing', { ...ASKED, query: { text: 'x', limit: 0 } }],
    ['a limit of everything', { ...ASKED, query: { text: 'x', limit: 101 } }],
    ['an unknown type', { ...ASKED, query: { ...ASKED.query, type: ['nonsense'] } }],
    ['tags that are no list', { ...ASKED, query: { ...ASKED.query, tags: 'auth' } }],
    ['a flag that is no text', { ...ASKED, from: { ...FROM, vaultFlag: 1 } }],
  ])('refuses %s', async (_, body) => {
    const reply = await post(body);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: 'invalid_input' } });
    expect(asked).toEqual([]);
  });

  it('says that it cannot where the vault is not open or no one searches', async () => {
    answer = undefined;
    expect((await post(ASKED)).status).toBe(503);
    const without = await openViewer(fakeSource().source);
    const reply = await send(
      without.port,
      'POST /api/vault-search',
      { ...JSON_TYPE, ...BEARER },
      JSON.stringify(ASKED),
    );
    expect(reply.status).toBe(503);
    await without.close();
  });
});

function post(body: unknown, headers: Readonly<Record<string, string>> = BEARER) {
  return send(viewer.port, 'POST /api/vault-search', { ...JSON_TYPE, ...headers }, JSON.stringify(body));
}
