// The rows that a page keeps for finding while typing: what is in them, who gets them, and what they cost when nothing changed.

import { afterEach, describe, expect, it } from 'vitest';
import type { MemoryLibrary } from '../../src/model/ports.ts';
import type { RowList } from '../../src/viewer/listed-row.ts';
import { libraryOf, memory } from '../support/library.ts';
import { BEARER, MEMORIES, fakeSource, logIn, openViewer, send } from './fake-viewer.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const viewer of open.splice(0)) await viewer.close();
});

async function portOf(memories = MEMORIES): Promise<number> {
  const viewer = await openViewer(fakeSource(memories).source);
  open.push(viewer);
  return viewer.port;
}

async function readRows(port: number, path = '/api/rows'): Promise<RowList> {
  return JSON.parse((await send(port, `GET ${path}`, BEARER)).body);
}

describe('the rows of a vault', () => {
  it('hold what recognises a memory, the newest first, and nothing of its text', async () => {
    const port = await portOf();
    const { body } = await send(port, 'GET /api/rows', BEARER);
    const { rows, more }: RowList = JSON.parse(body);
    expect(more).toBe(false);
    expect(rows.map((row) => row.id)).toEqual(['c4hd7k2m9qxa', '7k2m9qx4hd3a', '7k2mzzzzzzzz']);
    expect(rows[1]).toEqual({
      id: '7k2m9qx4hd3a',
      kind: 'observation',
      type: 'bugfix',
      title: 'Two parallel refreshes could both rotate the same token',
      created: '2026-11-22T14:32:05Z',
      branch: 'fix/auth-race',
      files: ['src/auth/refresh.ts'],
      tags: ['auth'],
    });
    expect(rows[2]?.supersededBy).toBe('7k2m9qx4hd3a');
    expect(body).not.toMatch(/mutex|session":|path":/);
  });

  it('are those of the vault that was asked for', async () => {
    const port = await portOf();
    expect(await readRows(port, '/api/rows?vault=blog')).toEqual({ rows: [], more: false });
    expect((await send(port, 'GET /api/rows?vault=nowhere', BEARER)).status).toBe(404);
  });

  it('are the newest 5,000, and say so when there are more', async () => {
    const many = Array.from({ length: 5001 }, (_, n) =>
      memory({ id: `${n}`, created: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString() }),
    );
    const { rows, more } = await readRows(await portOf(many));
    expect([rows.length, more, rows[0]?.id, rows.at(-1)?.id]).toEqual([5000, true, '5000', '1']);
    expect((await readRows(await portOf(many.slice(1)))).more).toBe(false);
  });

  it('are cut where a memory lists hundreds of files, tags, or letters', async () => {
    const wide = memory({
      id: 'aaaaaaaaaaaa',
      title: 'word '.repeat(1000),
      files: Array.from({ length: 500 }, (_, n) => ({ path: `src/${n}.ts` })),
      tags: Array.from({ length: 500 }, (_, n) => `tag-${n}`),
    });
    const [row] = (await readRows(await portOf([wide]))).rows;
    expect([row?.files.length, row?.tags.length]).toEqual([12, 12]);
    expect(row?.title.length).toBeLessThanOrEqual(200);
  });

  it('lose secrets, controls and what hides from the eye', async () => {
    const secret = `ghp_${'aB3dE5fG7h'.repeat(4).slice(0, 36)}`;
    const text = `a ${secret}\u001b[31m\u202e b`;
    const leaky = memory({ id: 'aaaaaaaaaaaa', title: text, branch: text, tags: [text], files: [{ path: text }] });
    const { body } = await send(await portOf([leaky]), 'GET /api/rows', BEARER);
    expect(body).toContain('[redacted:');
    expect(body).not.toContain(secret);
    expect(body).not.toMatch(/\\u001b|\u202e/);
  });
});

describe('who asks for the rows', () => {
  it('needs the token or a cookie, and is one of our own pages', async () => {
    const port = await portOf();
    expect((await send(port, 'GET /api/rows')).status).toBe(401);
    expect((await send(port, 'GET /api/rows', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await send(port, 'GET /api/rows', { cookie: await logIn(port) })).status).toBe(200);
    expect((await send(port, 'GET /api/rows', { ...BEARER, host: 'evil.example' })).status).toBe(421);
    expect((await send(port, 'GET /api/rows', { ...BEARER, origin: 'http://evil.example' })).status).toBe(403);
    expect((await send(port, 'GET /api/rows', { ...BEARER, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await send(port, 'POST /api/rows', { ...BEARER, 'content-type': 'application/json' }, '{}')).status).toBe(
      405,
    );
  });

  it('is not told by a tag alone that nothing changed', async () => {
    const port = await portOf();
    const { headers } = await send(port, 'GET /api/rows', BEARER);
    const reply = await send(port, 'GET /api/rows', { 'if-none-match': headers['etag'] ?? '' });
    expect(reply.status).toBe(401);
    expect(reply.headers).not.toHaveProperty('etag');
  });

  it('gets the head alone for HEAD', async () => {
    const port = await portOf();
    const reply = await send(port, 'HEAD /api/rows', BEARER);
    expect([reply.status, reply.body]).toEqual([200, '']);
    expect(reply.headers['etag']).toMatch(/^"[\w-]{43}"$/);
  });
});

describe('rows that did not change', () => {
  it('are not sent again', async () => {
    const port = await portOf();
    const first = await send(port, 'GET /api/rows', BEARER);
    const etag = first.headers['etag'] ?? '';
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await send(port, 'GET /api/rows', { ...BEARER, 'if-none-match': tags });
      expect([again.status, again.body, again.headers['etag']]).toEqual([304, '', etag]);
      expect(again.headers['content-security-policy']).toContain("default-src 'none'");
      expect(again.headers).not.toHaveProperty('content-length');
    }
    for (const tags of ['"other"', '', 'W/', etag.slice(0, -2)])
      expect((await send(port, 'GET /api/rows', { ...BEARER, 'if-none-match': tags })).status).toBe(200);
  });

  it('are not even read again: the index says whether it changed', async () => {
    const { port, index } = await openCounted();
    const first = await send(port, 'GET /api/rows', BEARER);
    for (let n = 0; n < 3; n++) await send(port, 'GET /api/rows', BEARER);
    expect(index.reads).toBe(1);
    index.revision = '2';
    const sameRows = await send(port, 'GET /api/rows', { ...BEARER, 'if-none-match': first.headers['etag'] ?? '' });
    expect([sameRows.status, index.reads]).toEqual([304, 2]);
    index.memories = [memory({ id: 'bbbbbbbbbbbb' })];
    index.revision = '3';
    const other = await send(port, 'GET /api/rows', { ...BEARER, 'if-none-match': first.headers['etag'] ?? '' });
    expect([other.status, index.reads]).toEqual([200, 3]);
    expect(other.body).toContain('bbbbbbbbbbbb');
  });
});

/** A viewer over an index whose reads are counted. */
async function openCounted() {
  const index = { revision: '1', reads: 0, memories: [memory({ id: 'aaaaaaaaaaaa' })] };
  const library: MemoryLibrary = {
    ...libraryOf([]),
    revision: () => index.revision,
    recent(filters, limit) {
      index.reads++;
      return libraryOf(index.memories).recent(filters, limit);
    },
  };
  const viewer = await openViewer({ ...fakeSource().source, library: () => library });
  open.push(viewer);
  return { port: viewer.port, index };
}
