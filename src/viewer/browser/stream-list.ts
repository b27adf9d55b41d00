// The list of what happens right now, on the first page; and the parts of that page which then may have changed.

import type { LiveEvent } from '../../model/viewer-source.ts';
import type { LiveLine } from './live-line.ts';
import type { PageWindow } from './page-window.ts';

/** Does nothing on pages that have no such list. */
export function attachStreamList(page: PageWindow, line: LiveLine): void {
  const { document } = page;
  const list = document.getElementById('stream');
  if (list === null) return;
  const vault = list.dataset['vault'] ?? '';
  const max = Number(list.dataset['max']);
  const refreshSoon = createRefresher(page);
  line.listen(
    (event) => {
      list.prepend(renderEvent(document, event, vault));
      while (list.children.length > max) list.lastElementChild?.remove();
      refreshSoon();
    },
    (state) => {
      const live = document.getElementById('live');
      if (live === null) return;
      live.textContent = state;
      live.classList.toggle('on', state === 'live');
    },
  );
  line.open();
}

const KINDS: readonly string[] = ['event', 'memory', 'publish', 'worker'] satisfies readonly LiveEvent['kind'][];

function renderEvent(document: Document, event: LiveEvent, vault: string): HTMLElement {
  const item = document.createElement('li');
  item.className = KINDS.includes(event.kind) ? event.kind : 'event';
  item.classList.add('new');
  const time = document.createElement('time');
  time.dateTime = event.at;
  time.textContent = new Date(event.at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  item.append(
    time,
    event.memoryId === undefined ? document.createElement('span') : linkTo(document, event.memoryId, vault),
  );
  const title = item.lastElementChild;
  if (title !== null) title.textContent = event.title;
  return item;
}

function linkTo(document: Document, id: string, vault: string): HTMLElement {
  const link = document.createElement('a');
  link.href = `/memory/${encodeURIComponent(id)}?${new URLSearchParams({ vault })}`;
  return link;
}

const PAUSE_MS = 2000;

/** Fetches the page again and swaps the parts that may have changed; the server has escaped them. */
function createRefresher(page: PageWindow): () => void {
  const { document, location, fetch, DOMParser } = page;
  let waiting = false;
  const refresh = async (): Promise<void> => {
    waiting = false;
    const response = await fetch(location.href).catch(() => undefined);
    if (response?.ok !== true) return;
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const id of ['latest', 'state']) swap(document.getElementById(id), fresh.getElementById(id), document);
  };
  return () => {
    if (waiting) return;
    waiting = true;
    page.setTimeout(() => void refresh(), PAUSE_MS);
  };
}

function swap(old: HTMLElement | null, fresh: HTMLElement | null, document: Document): void {
  if (old === null || fresh === null) return;
  for (const details of old.querySelectorAll('details[open]'))
    fresh.querySelector(`details.${details.className}`)?.setAttribute('open', '');
  if (old.isEqualNode(fresh)) return;
  const active = document.activeElement;
  const focused = active !== null && old.contains(active) ? active.getAttribute('href') : null;
  old.replaceWith(fresh);
  if (focused === null) return;
  for (const link of fresh.querySelectorAll('a')) if (link.getAttribute('href') === focused) return link.focus();
}
