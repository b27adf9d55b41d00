// The search box as a person with a keyboard, a mouse or a screen reader meets it.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { MemoryLibrary } from '../../../src/model/ports.ts';
import { libraryOf, memory } from '../../support/library.ts';
import { fakeSource } from '../fake-viewer.ts';
import { PATIENCE, openPage } from './open-page.ts';

const RACE = 'Two parallel refreshes could both rotate the same token';

describe('typing', () => {
  it('finds at once, with typos, and asks the server for the rows only once', async () => {
    const page = await openPage();
    page.type('x');
    await page.says('No title comes near');
    page.type('refrsh tokne');
    expect(page.options()[0]).toContain(RACE);
    page.type('sesion');
    expect(page.options()[0]).toContain('Session store moved to Redis');
    expect(page.requests).toEqual([{ path: '/api/rows?vault=shop', status: 200 }]);
  });

  it('costs nothing before somebody uses the box', async () => {
    const page = await openPage({ path: '/search?q=token' });
    expect([page.requests, page.streams]).toEqual([[], []]);
    expect(page.isOpen()).toBe(false);
  });

  it('marks what was found, says how many, and what each is', async () => {
    const page = await openPage();
    page.type('redis');
    await page.says('1 memory');
    expect(page.options()).toEqual([
      'decisionSession store moved to Redis20 Nov 2026replaced by a newer one',
      'Search all texts for “redis”Enter',
    ]);
    expect([...page.document.querySelectorAll('.found mark')].map((mark) => mark.textContent)).toEqual(['Redis']);
  });

  it('closes the list when the box is empty again', async () => {
    const page = await openPage();
    page.type('redis');
    await page.says('1 memory');
    page.type('  ');
    expect([page.isOpen(), page.status()]).toEqual([false, '']);
  });
});

describe('the keyboard', () => {
  it('comes to the box with a slash from anywhere but another field', async () => {
    const page = await openPage();
    const event = page.press('/');
    expect([page.document.activeElement?.id, event.defaultPrevented]).toEqual(['q', true]);
    expect(page.press('/').defaultPrevented).toBe(false);
    page.input.blur();
    page.document.getElementById('vault')?.focus();
    expect(page.press('/').defaultPrevented).toBe(false);
    page.document.getElementById('vault')?.blur();
    expect(page.press('/', { ctrlKey: true }).defaultPrevented).toBe(false);
  });

  it('chooses with arrows, round and round, and opens with Enter', async () => {
    const page = await openPage();
    page.type('session');
    await page.says('1 memory');
    expect(page.chosen()).toEqual([]);
    page.press('ArrowDown');
    expect(page.chosen()[0]).toContain('Session store moved');
    page.press('ArrowDown');
    expect(page.chosen()[0]).toContain('Search all texts');
    page.press('ArrowDown');
    expect(page.chosen()).toEqual([]);
    page.press('ArrowUp');
    expect(page.chosen()[0]).toContain('Search all texts');
    page.press('ArrowUp');
    page.press('Enter');
    expect(page.went).toEqual(['/memory/7k2mzzzzzzzz']);
  });

  it('chooses none any more when somebody types on', async () => {
    const page = await openPage();
    page.type('session');
    await page.says('1 memory');
    page.press('ArrowDown');
    page.type('session store');
    expect([page.chosen(), page.options()[0]]).toEqual([[], expect.stringContaining('Session store moved')]);
    page.press('Enter');
    expect(page.went).toEqual(['/search?q=session+store']);
  });

  it('asks the server for the full search with Enter when nothing is chosen', async () => {
    const page = await openPage();
    page.type(' why did it break? ');
    page.press('Enter');
    expect(page.went).toEqual(['/search?q=why+did+it+break%3F']);
  });

  it('keeps to the chosen vault', async () => {
    const page = await openPage({ path: '/?vault=shop' });
    page.type('session');
    await page.says('1 memory');
    page.press('Enter');
    page.press('ArrowDown');
    page.press('Enter');
    expect(page.went).toEqual(['/search?q=session&vault=shop', '/memory/7k2mzzzzzzzz?vault=shop']);
  });

  it('closes the list with Escape, then leaves the box; the text stays', async () => {
    const page = await openPage();
    page.type('session');
    await page.says('1 memory');
    expect(page.press('Escape').defaultPrevented).toBe(true);
    expect([page.isOpen(), page.document.activeElement?.id]).toEqual([false, 'q']);
    page.press('ArrowDown');
    expect([page.isOpen(), page.chosen().length]).toEqual([true, 1]);
    page.press('Escape');
    page.press('Escape');
    expect([page.document.activeElement?.id, page.input.value]).toEqual(['', 'session']);
  });

  it('belongs to an input method while that composes', async () => {
    const page = await openPage();
    page.type('session');
    await page.says('1 memory');
    expect(page.press('ArrowDown', { isComposing: true }).defaultPrevented).toBe(false);
    expect(page.chosen()).toEqual([]);
  });
});

describe('the mouse', () => {
  it('opens an option, with Ctrl or the middle button beside the page', async () => {
    const page = await openPage();
    page.type('session');
    await page.says('1 memory');
    const [first, last] = page.document.querySelectorAll('[role=option]');
    page.click(first?.querySelector('.title') ?? null);
    page.click(last ?? null, { ctrlKey: true });
    page.click(first ?? null, { button: 1 });
    page.click(first ?? null, { button: 2 });
    expect(page.went).toEqual(['/memory/7k2mzzzzzzzz']);
    expect(page.opened).toEqual(['/search?q=session', '/memory/7k2mzzzzzzzz']);
  });
});

describe('a screen reader', () => {
  it('meets a combobox with a listbox, one active option, and a count that is spoken', async () => {
    const page = await openPage();
    const { input, document } = page;
    expect(input.getAttribute('role')).toBe('combobox');
    expect(input.getAttribute('aria-autocomplete')).toBe('list');
    expect(input.getAttribute('aria-expanded')).toBe('false');
    const list = document.getElementById(input.getAttribute('aria-controls') ?? '');
    expect([list?.getAttribute('role'), list?.getAttribute('aria-label')]).toEqual(['listbox', 'Memories']);
    page.type('session');
    await page.says('1 memory');
    expect(input.getAttribute('aria-expanded')).toBe('true');
    expect(input.hasAttribute('aria-activedescendant')).toBe(false);
    page.press('ArrowDown');
    const active = document.getElementById(input.getAttribute('aria-activedescendant') ?? '');
    expect([active?.getAttribute('role'), active?.getAttribute('aria-selected')]).toEqual(['option', 'true']);
    expect(list?.querySelectorAll('[aria-selected=true]')).toHaveLength(1);
    expect([...(list?.children ?? [])].every((child) => child.getAttribute('role') === 'option')).toBe(true);
    expect(list?.querySelectorAll('a, button, input, [tabindex]')).toHaveLength(0);
  });
});

describe('a hostile title', () => {
  const html = join(import.meta.dirname, '../../fixtures/hostile-vault/files/html');
  const texts = [
    ...readdirSync(html).map((name) => readFileSync(join(html, name), 'utf8')),
    `"><script>alert(1)</script><img src=x onerror=alert(1)>'`,
    '</ul></div><iframe src=javascript:alert(1)>',
  ];

  it.each(texts)('stays text in the list', async (text) => {
    const hostile = memory({
      id: 'aaaaaaaaaaaa',
      title: `zebra ${text}`,
      files: [{ path: text }],
      tags: [text, 'javascript:alert(1)'],
    });
    const page = await openPage({ source: fakeSource([hostile]).source });
    page.type(`zebra ${text}`);
    await page.says('1 memory');
    const found = page.document.querySelector('.found');
    expect(found?.textContent).toContain('zebra');
    const elements = [...(found?.querySelectorAll('*') ?? [])];
    expect(elements.filter((one) => !/^(?:UL|LI|P|SPAN|MARK|KBD)$/.test(one.tagName))).toEqual([]);
    const attributes = elements.flatMap((one) => one.getAttributeNames());
    expect(new Set(attributes.filter((name) => !/^(?:id|class|role|hidden|aria-\w+)$/.test(name)))).toEqual(new Set());
  });
});

describe('rows that change', () => {
  it('are asked for when the live stream tells of a memory, and found without typing again', async () => {
    const { source, index, emit } = changingSource();
    const page = await openPage({ source });
    page.type('zebra');
    await page.says('There are no memories yet.');
    index.take([memory({ id: 'bbbbbbbbbbbb', title: 'Zebra crossing' })]);
    emit({ kind: 'memory', title: 'Zebra crossing' });
    page.letTimePass();
    await page.says('1 memory');
    expect(page.options()[0]).toContain('Zebra crossing');
  });

  it('keep the option that was chosen', async () => {
    const { source, index, emit } = changingSource([memory({ id: 'aaaaaaaaaaaa', title: 'Zebra one' })]);
    const page = await openPage({ source });
    page.type('zebra');
    await page.says('1 memory');
    page.press('ArrowDown');
    index.take([memory({ id: 'bbbbbbbbbbbb', title: 'Zebra two', created: '2027-01-01T00:00:00Z' })]);
    emit({ kind: 'publish' });
    page.letTimePass();
    await page.says('2 memories');
    expect(page.chosen()[0]).toContain('Zebra one');
  });

  it('are not asked for by events that change none, nor by a page whose box nobody uses', async () => {
    const { source, emit } = changingSource();
    const page = await openPage({ source });
    emit({ kind: 'memory' });
    page.letTimePass();
    page.type('zebra');
    await page.says('There are no memories yet.');
    emit({ kind: 'event' });
    page.letTimePass();
    expect(page.requests.filter(({ path }) => path.startsWith('/api/rows'))).toHaveLength(1);
  });

  it('are asked for at each coming back, which costs nothing when they are the same', async () => {
    const page = await openPage();
    page.type('redis');
    await page.says('1 memory');
    page.input.blur();
    page.input.focus();
    await vi.waitFor(() => expect(page.requests.map(({ status }) => status)).toEqual([200, 304]), PATIENCE);
    page.type('redis');
    expect(page.status()).toBe('1 memory.');
  });

  it('come by one connection, which other pages open at the first use and a hidden page gives back', async () => {
    const page = await openPage({ path: '/search?q=token' });
    page.type('redis');
    page.input.blur();
    page.input.focus();
    expect(page.streams.map(({ url }) => url)).toEqual(['/api/events?vault=shop&after=']);
    page.hide(true);
    expect(page.streams[0]?.readyState).toBe(2);
    page.hide(false);
    expect(page.streams).toHaveLength(2);
  });
});

describe('when there is little to find in', () => {
  it('says that the vault is empty', async () => {
    const page = await openPage({ path: '/?vault=blog' });
    page.type('token');
    await page.says('There are no memories yet.');
    expect(page.options()).toEqual(['Search all texts for “token”Enter']);
  });

  it('asks for nothing as long as no vault is open', async () => {
    const page = await openPage({ source: { ...fakeSource().source, vaults: () => [] } });
    page.type('token');
    await page.says('There are no memories yet.');
    expect(page.requests).toEqual([]);
  });

  it('says that the login is over, or that nobody answers; Enter goes on to the server all the same', async () => {
    for (const [spoil, text] of [
      ['logOut', 'Your login is over'],
      ['breakOff', 'memvault does not answer'],
    ] as const) {
      const page = await openPage();
      page[spoil]();
      page.type('token');
      await page.says(text);
      expect(page.note()).toContain('memvault open');
      page.press('Enter');
      expect(page.went).toEqual(['/search?q=token']);
    }
  });

  it('goes on with the rows of before when the server is gone', async () => {
    const page = await openPage();
    page.type('redis');
    await page.says('1 memory');
    page.breakOff();
    page.input.blur();
    page.type('parallel');
    await page.says('1 memory');
    expect(page.options()[0]).toContain(RACE);
  });

  it('says among how many it finds when the vault has more', async () => {
    const many = Array.from({ length: 5001 }, (_, n) => memory({ id: `${n}`, title: `Zebra ${n}` }));
    const page = await openPage({ source: fakeSource(many).source });
    page.type('zebra');
    await page.says('5,000 memories.');
    expect(page.options()).toHaveLength(9);
    expect(page.note()).toBe('5,000 memories. Typing finds among the newest 5,000; the full search knows all.');
  });
});

/** A source whose vault takes new memories in, with the revision that goes with it. */
function changingSource(first: Parameters<typeof libraryOf>[0] = []) {
  const fake = fakeSource();
  let memories = [...first];
  const library: MemoryLibrary = {
    ...libraryOf([]),
    revision: () => String(memories.length),
    recent: (filters, limit) => libraryOf(memories).recent(filters, limit),
  };
  const index = { take: (more: typeof memories) => (memories = [...memories, ...more]) };
  return { source: { ...fake.source, library: () => library }, emit: fake.emit, index };
}
