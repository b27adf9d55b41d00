// A page comes to life: the login, the live stream, the choice of the vault.

import { describe, expect, it, vi } from 'vitest';
import { memory } from '../../support/library.ts';
import { MEMORIES, fakeSource } from '../fake-viewer.ts';
import { PATIENCE, openPage } from './open-page.ts';

describe('the login', () => {
  it('swaps the code in the address for a cookie, and the code leaves the address', async () => {
    const page = await openPage({ isStranger: true, code: 'fresh' });
    expect(page.address()).not.toContain('code');
    await vi.waitFor(() => expect(page.went).toEqual(['reload']), PATIENCE);
    expect(page.requests).toEqual([{ path: '/api/login', status: 200 }]);
  });

  it('says so when the code does not work any more', async () => {
    const page = await openPage({ isStranger: true, code: 'used' });
    const note = () => page.document.getElementById('login')?.textContent;
    await vi.waitFor(() => expect(note()).toBe('This code was used already or is too old.'), PATIENCE);
    expect([page.went, page.address().includes('code')]).toEqual([[], false]);
  });

  it('asks nothing without a code', async () => {
    const page = await openPage({ isStranger: true });
    expect([page.requests, page.went]).toEqual([[], []]);
  });
});

describe('the live stream on the first page', () => {
  it('lists what happens, the newest first and twelve at most, as text', async () => {
    const { source, emit } = fakeSource();
    const page = await openPage({ source });
    const list = page.document.getElementById('stream');
    emit({ kind: 'memory', title: '<img src=x onerror=alert(1)>', memoryId: '7k2m9qx4hd3a' });
    expect(list?.querySelector('li')?.className).toBe('memory new');
    expect(list?.querySelector('a')?.textContent).toBe('<img src=x onerror=alert(1)>');
    expect(list?.querySelector('a')?.getAttribute('href')).toBe('/memory/7k2m9qx4hd3a?vault=shop');
    for (let n = 0; n < 20; n++) emit({ title: `event ${n}` });
    expect(list?.children).toHaveLength(12);
    expect(list?.firstElementChild?.textContent).toContain('event 19');
    expect(list?.querySelectorAll('img')).toHaveLength(0);
  });

  it('says whether it is connected', async () => {
    const page = await openPage();
    const [stream] = page.streams;
    const state = () => page.document.getElementById('live')?.textContent;
    stream?.dispatchEvent(new Event('open'));
    expect(state()).toBe('live');
    stream?.dispatchEvent(new Event('error'));
    expect(state()).toBe('reconnecting');
    stream?.close();
    stream?.dispatchEvent(new Event('error'));
    expect(state()).toBe('paused');
  });

  it('goes on after the last event that was seen when the page is seen again', async () => {
    const { source, emit } = fakeSource();
    const page = await openPage({ source });
    emit({ title: 'one' });
    page.hide(true);
    page.hide(false);
    expect(page.streams.map(({ url }) => new URLSearchParams(url.split('?')[1]).get('after'))).toEqual(['', '1']);
  });

  it('brings the latest memories up to date a little later, once for many events', async () => {
    const memories = [...MEMORIES];
    const { source, emit } = fakeSource(memories);
    const page = await openPage({ source });
    const young = memory({ id: 'bbbbbbbbbbbb', title: 'Zebra crossing', created: '2026-11-24T10:00:00Z' });
    const later = fakeSource([...memories, young]).source;
    vi.spyOn(source, 'library').mockImplementation((key) => later.library(key));
    emit({ kind: 'memory' });
    emit({ kind: 'memory' });
    page.letTimePass();
    const latest = () => page.document.getElementById('latest')?.textContent;
    await vi.waitFor(() => expect(latest()).toContain('Zebra crossing'), PATIENCE);
    expect(page.requests).toHaveLength(1);
  });
});

it('the choice of another vault leads there', async () => {
  const page = await openPage();
  const choice = page.document.getElementById('vault') as HTMLSelectElement;
  choice.value = 'blog';
  page.change(choice);
  expect(page.went).toEqual(['/?vault=blog']);
});
