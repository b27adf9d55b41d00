// The live stream over real sockets: who gets what, and how many.

import { afterEach, describe, expect, it } from 'vitest';
import { BEARER, fakeSource, listen, logIn, openViewer, send } from './fake-viewer.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const viewer of open.splice(0)) await viewer.close();
});

async function start() {
  const fake = fakeSource();
  const viewer = await openViewer(fake.source);
  open.push(viewer);
  return { ...fake, port: viewer.port };
}

describe('the live stream', () => {
  it('sends what happens, as it happens, with ids and titles', async () => {
    const { port, emit } = await start();
    const client = await listen(port, '/api/events');
    emit({ kind: 'memory', title: 'A memory', memoryId: '7k2m9qx4hd3a' });
    const text = await client.holds('A memory');
    expect(text).toContain('content-type: text/event-stream');
    expect(text).toContain('id: 1\n');
    expect(text).toContain(
      '{"id":"1","at":"2026-11-22T14:32:05Z","kind":"memory","title":"A memory","vault":"shop","memoryId":"7k2m9qx4hd3a"}',
    );
  });

  it('tells a client that comes back what it missed, and only that', async () => {
    const { port, emit } = await start();
    for (const title of ['one', 'two', 'three']) emit({ title });
    const byHeader = await (await listen(port, '/api/events', { ...BEARER, 'last-event-id': '1' })).holds('three');
    expect(byHeader).toContain('two');
    expect(byHeader).not.toContain('"one"');
    const byAddress = await (await listen(port, '/api/events?after=2')).holds('three');
    expect(byAddress).not.toContain('two');
    const unknown = await listen(port, '/api/events?after=999');
    emit({ title: 'four' });
    expect(await unknown.holds('four')).not.toContain('three');
  });

  it('keeps to the vault that was asked for, and to what belongs to none', async () => {
    const { port, emit } = await start();
    const client = await listen(port, '/api/events?vault=blog');
    emit({ title: 'in the shop', vault: 'shop' });
    emit({ title: 'of the worker', vault: '' });
    emit({ title: 'in the blog', vault: 'blog' });
    const text = await client.holds('in the blog');
    expect(text).toContain('of the worker');
    expect(text).not.toContain('in the shop');
  });

  it('cannot be broken into frames by a title', async () => {
    const { port, emit } = await start();
    const client = await listen(port, '/api/events');
    emit({ title: 'x\n\nid: 99\ndata: forged\r\n\u001b[31m', id: '1\nevil' });
    emit({ title: 'the end' });
    const text = await client.holds('the end');
    expect(text).not.toMatch(/^data: forged|^id: 99|^evil/m);
    expect(text).not.toContain('\u001b');
  });

  it('takes ten clients; the eleventh is told to come later, and gets in when one leaves', async () => {
    const { port, listeners } = await start();
    const clients = await Promise.all(Array.from({ length: 10 }, () => listen(port, '/api/events')));
    const refused = await send(port, 'GET /api/events', BEARER);
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('10');
    expect(listeners.size).toBe(10);
    clients[0]?.socket.destroy();
    while (listeners.size === 10) await new Promise((resolve) => setImmediate(resolve));
    const next = await listen(port, '/api/events');
    expect(next.text()).toContain('200 OK');
  });

  it('drops a client that does not read', async () => {
    const { port, emit, listeners } = await start();
    const client = await listen(port, '/api/events');
    client.socket.pause();
    const title = 'x'.repeat(480);
    for (let n = 0; n < 200_000 && listeners.size > 0; n++) {
      emit({ title });
      if (n % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(listeners.size).toBe(0);
  });

  it('takes a cookie as well, and ends when the viewer ends', async () => {
    const fake = fakeSource();
    const viewer = await openViewer(fake.source);
    const cookie = await logIn(viewer.port);
    const client = await listen(viewer.port, '/api/events', { cookie });
    expect(client.text()).toContain('200 OK');
    await viewer.close();
    await client.closed();
    expect(fake.listeners.size).toBe(0);
  });
});
