// The pages and the JSON as they come over the wire.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { localDay, localTime } from '../../src/viewer/pages/moments.ts';
import { memory } from '../support/library.ts';
import { BEARER, MEMORIES, SESSION, fakeSource, openViewer, send } from './fake-viewer.ts';

/** What one request to a viewer over these memories gives. */
async function get(path: string, memories = MEMORIES): Promise<{ status: number; body: string }> {
  const viewer = await openViewer(fakeSource(memories).source);
  const reply = await send(viewer.port, `GET ${path}`, BEARER);
  await viewer.close();
  return reply;
}

describe('the first page', () => {
  it('shows the latest memories, where the work stands, and the state', async () => {
    const { status, body } = await get('/');
    expect(status).toBe(200);
    expect(body).toMatch(/^<!doctype html><html lang="en">/);
    for (const text of [
      'Two parallel refreshes',
      'not published yet',
      'replaced by a newer one',
      'run the load test',
      'It is the default branch.',
      '<code>memvault publish --now</code>',
      '1 event could not be read',
      '3 events waiting',
      '1 remark about files',
    ])
      expect(body).toContain(text);
    expect(body).not.toContain('Afterword');
    expect(body.indexOf('Auth race found')).toBeLessThan(body.indexOf('Session store moved'));
  });

  it('says what will come when there is nothing yet', async () => {
    expect((await get('/?vault=blog')).body).toContain(
      '<strong>No memories yet.</strong> They appear here as you work.',
    );
  });

  it('says so as well before any vault is open', async () => {
    const viewer = await openViewer({ ...fakeSource().source, vaults: () => [] });
    const home = await send(viewer.port, 'GET /', BEARER);
    expect([home.status, home.body.includes('No memories yet.')]).toEqual([200, true]);
    expect((await send(viewer.port, 'GET /search?q=x', BEARER)).status).toBe(200);
    expect((await send(viewer.port, 'GET /memory/7k2m9', BEARER)).status).toBe(404);
    expect((await send(viewer.port, 'GET /api/search?q=x', BEARER)).status).toBe(404);
    await viewer.close();
  });

  it('offers the vaults, and keeps to the chosen one in its links', async () => {
    const { body } = await get('/search?q=zebra&vault=blog');
    expect(body).toContain('<option value="blog" selected="">');
    expect(body).toContain('blog (personal)');
    expect(body).toContain('href="/?vault=blog"');
    expect((await get('/?vault=nowhere')).status).toBe(404);
  });
});

describe('search', () => {
  it('marks the words, and what has the same stem', async () => {
    const { body } = await get('/search?q=refresh+token');
    expect(body).toContain('Two parallel <mark>refreshes</mark> could both rotate the same <mark>token</mark>');
    expect(body).toContain('value="refresh token"');
  });

  it('narrows by type and by kind, and shows the newest when there are no words', async () => {
    expect((await get('/search?q=session+parallel&only=decision')).body).toContain('moved to Redis');
    expect((await get('/search?q=session+parallel&only=decision')).body).not.toContain('Two parallel');
    const summaries = (await get('/search?q=&only=summary')).body;
    expect(summaries).toContain('Auth race found');
    expect(summaries).not.toContain('Session store');
  });

  it('asks whether near titles were meant when nothing is found', async () => {
    const { body } = await get('/search?q=paralel+refrshes');
    expect(body).toContain('Nothing found. Did you mean one of these?');
    expect(body).toContain('/memory/7k2m9qx4hd3a');
    expect(JSON.parse((await get('/api/search?q=paralel+refrshes')).body)).toMatchObject({
      total: 0,
      hits: [],
      didYouMean: [{ id: '7k2m9qx4hd3a' }],
    });
  });

  it('gives advice when nothing is found', async () => {
    expect((await get('/search?q=zebra')).body).toContain('Nothing found.');
    expect((await get('/search?q=token&only=security')).body).toContain('look in all memories');
  });
});

describe('one memory', () => {
  it('shows its text, where it comes from and what lies around it', async () => {
    const { body } = await get('/memory/7k2m9qx4hd3a');
    for (const text of [
      '<code>read-and-rotate</code>',
      '<code>src/auth/refresh.ts</code>',
      `/session/${SESSION}`,
      'Before and after',
      'aria-current="true"',
    ])
      expect(body).toContain(text);
  });

  it('is found by the beginning of its id; several candidates are listed', async () => {
    expect((await get('/memory/7k2m9')).status).toBe(200);
    const several = await get('/memory/7k2m');
    expect(several.status).toBe(409);
    expect(several.body).toContain('2 memories begin with');
    expect((await get('/memory/zzzz')).status).toBe(404);
  });
});

describe('one session', () => {
  it('shows its summary, then what it noted', async () => {
    const { body } = await get(`/session/${SESSION}`);
    expect(body).toContain('<h1>Auth race found and fixed</h1>');
    expect(body.indexOf('Two parallel refreshes')).toBeGreaterThan(body.indexOf('Noted in this session'));
    expect((await get('/session/unknown')).status).toBe(404);
  });
});

describe('what sessions were given', () => {
  it('is told by session: moment, rule, score, tokens, and what was left out and why', async () => {
    const { status, body } = await get('/given');
    expect(status).toBe(200);
    for (const text of [
      'at the start (startup): 1 memory, 1,240 of 1,500 tokens',
      'branch, files',
      'score 2.5',
      'code moved',
      'too much of one person',
      '7 more in the vault; 2 of other people not merged, never shown',
      'before a file src/auth/refresh.ts',
      '2 times',
      '1,330 tokens (estimated)',
    ])
      expect(body).toContain(text);
    expect(body).toContain('The token [redacted:');
    expect(body).not.toMatch(/<script>alert|ghp_aB3d/);
    expect((await get('/')).body).toContain('href="/given"');
  });

  it('stands on the page of the session too', async () => {
    expect((await get(`/session/${SESSION}`)).body).toContain('What it was given');
  });

  it('says so when there was nothing', async () => {
    expect((await get('/given?vault=blog')).body).toContain('<strong>Nothing yet.</strong>');
  });

  it('is given to programs', async () => {
    const { sessions } = JSON.parse((await get('/api/receipts')).body) as { sessions: { event: string }[][] };
    expect(sessions[0]?.map(({ event }) => event)).toEqual(['startup', 'file']);
  });
});

describe('the JSON interface', () => {
  it('gives hits, memories, sessions and the state', async () => {
    expect(JSON.parse((await get('/api/search?q=token&limit=1')).body)).toMatchObject({
      vault: 'shop',
      total: 1,
      stale: false,
      hits: [{ id: '7k2m9qx4hd3a' }],
    });
    expect(JSON.parse((await get('/api/memories/7k2m9')).body)).toMatchObject({
      memory: { id: '7k2m9qx4hd3a', place: 'vault' },
    });
    expect(JSON.parse((await get(`/api/sessions/${SESSION}`)).body)).toMatchObject({
      session: SESSION,
      rows: [{ id: '7k2m9qx4hd3a' }, { id: 'c4hd7k2m9qxa' }],
      summary: { kind: 'summary' },
    });
    expect(JSON.parse((await get('/api/status')).body)).toMatchObject({
      version: '0.1.0',
      vault: 'shop',
      status: { queue: { events: 3 } },
    });
  });

  it('says what was wrong with a request', async () => {
    expect(JSON.parse((await get('/api/search?q=x&limit=1000')).body).error).toMatchObject({
      code: 'invalid_input',
      message: 'limit: expected a whole number from 1 to 100',
    });
    expect((await get('/api/search?q=x&only=nonsense')).status).toBe(400);
    expect(JSON.parse((await get('/api/memories/zzzz')).body).error.code).toBe('not_found');
    const ambiguous = await get('/api/memories/7k2m');
    expect(ambiguous.status).toBe(409);
    expect(JSON.parse(ambiguous.body)).toMatchObject({ error: { code: 'ambiguous' }, candidates: [{}, {}] });
  });
});

describe('hostile text', () => {
  const HTML = join(import.meta.dirname, '../fixtures/hostile-vault/files/html');
  const bodies = readdirSync(HTML).map((name) => readFileSync(join(HTML, name), 'utf8'));
  const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>'\`\u001b]8;;http://evil\u0007\u202e`;
  /** What an address may carry: control characters are refused before any route. */
  const visibleAttack = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
  const hostile = memory({
    id: 'aaaaaaaaaaaa',
    kind: 'summary',
    title: attack,
    session: visibleAttack,
    branch: attack,
    commit: attack,
    files: [{ path: attack }],
    tags: [attack, 'javascript:alert(1)'],
    path: attack,
    body: `${bodies.join('\n\n')}\n\n${attack}\n\n## Next steps\n\n- ${attack}\n`,
  });

  /** The frame's own elements. */
  const OURS =
    /^(?:<\/form>|<\/script>|<form id="search" role="search" data-vault="shop">|<img src="\/assets\/mark\.svg" alt="" width="22" height="22"\/>|<meta [a-z]+="[a-z0-9-]+"(?: content="[a-z0-9 ,=-]+")?\/>|<script src="\/assets\/viewer\.js" defer="">)$/;

  it.each([
    '/',
    '/search?q=script',
    '/memory/aaaa',
    `/session/${encodeURIComponent(visibleAttack)}`,
    `/search?q=${encodeURIComponent(attack)}`,
    '/search?q=scrpit+allert',
    `/memory/${encodeURIComponent('<script>alert(1)</script>')}`,
  ])('stays text on %s', async (path) => {
    const { body } = await get(path, [hostile]);
    const tags = body.match(/<[^>]*>/g) ?? [];
    const active = tags.filter((tag) => /^<\/?(?:script|img|svg|iframe|base|style|form|meta|math)\b/i.test(tag));
    expect(active.filter((tag) => !OURS.test(tag))).toEqual([]);
    expect(tags.filter((tag) => / on[a-z]+ ?=/i.test(tag.replaceAll(/"[^"]*"/g, '""')))).toEqual([]);
    expect(
      [...body.matchAll(/ (?:href|src)="([^"]*)"/g)]
        .map((match) => match[1] ?? '')
        .filter((target) => !/^(?:\/(?!\/)|#main|https?:\/\/)/.test(target)),
    ).toEqual([]);
    // eslint-disable-next-line no-control-regex
    expect(body).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/);
  });

  it('loses its secrets before it is shown', async () => {
    const secret = `ghp_${'aB3dE5fG7h'.repeat(4).slice(0, 36)}`;
    const leaky = memory({ id: 'aaaaaaaaaaaa', title: `token ${secret}`, body: `token ${secret}\n` });
    for (const path of [
      '/',
      '/search?q=token',
      '/search?q=tokne',
      '/memory/aaaa',
      '/api/search?q=token',
      '/api/memories/aaaa',
      '/api/rows',
    ]) {
      const { body } = await get(path, [leaky]);
      expect(body).toContain('[redacted:');
      expect(body).not.toContain(secret);
    }
  });
});

describe('times', () => {
  const moments = { nowMs: Date.UTC(2026, 10, 23, 12), timeZone: 'Europe/Berlin' };

  it('are local', () => {
    expect(localTime('2026-11-22T14:32:05Z', moments, 'full')).toBe('22 Nov 2026, 15:32');
    expect(localTime('2026-11-22T14:32:05Z', moments, 'time')).toBe('15:32');
    expect(localTime('no time', moments, 'full')).toBe('no time');
  });

  it('have days with names, by the local day', () => {
    expect(localDay('2026-11-22T23:30:00Z', moments)).toBe('Today');
    expect(localDay('2026-11-22T22:30:00Z', moments)).toBe('Yesterday');
    expect(localDay('2026-11-20T10:00:00Z', moments)).toBe('Friday, 20 November 2026');
  });
});
