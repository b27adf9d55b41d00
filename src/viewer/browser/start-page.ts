// Brings a page to life: login, search box, choice of the vault, live stream. Text is only ever set as text.

import { createFinder } from './finder.ts';
import { createLiveLine } from './live-line.ts';
import { logIn } from './login.ts';
import type { PageWindow } from './page-window.ts';
import { createRowSource } from './row-source.ts';
import { attachSearchBox } from './search-box.ts';
import { attachStreamList } from './stream-list.ts';

export function startPage(page: PageWindow): void {
  const { document, location } = page;
  void logIn(page);
  attachVaultChoice(page);
  const form = document.getElementById('search');
  const input = document.getElementById('q');
  if (form === null || !isInput(input)) return;
  const vault = form.dataset['vault'] ?? '';
  const line = createLiveLine(page, { vault, after: document.getElementById('stream')?.dataset['after'] ?? '' });
  const box = attachSearchBox(page, {
    form,
    input,
    finder: createFinder(),
    source: createRowSource(page, vault),
    addressOf: (path, query) => addressOf(location, path, query),
    onFirstUse: () => line.open(),
  });
  line.listen((event) => {
    if (event.kind !== 'event') box.refreshSoon();
  });
  attachStreamList(page, line);
}

function attachVaultChoice({ document, location }: PageWindow): void {
  const choice = document.getElementById('vault');
  choice?.addEventListener('change', () => {
    if ('value' in choice) location.assign(`/?${new URLSearchParams({ vault: String(choice.value) })}`);
  });
}

/** An address in the vault of this page: the parameter is there when it is on this page's own. */
function addressOf(location: Location, path: string, query: Readonly<Record<string, string>> = {}): string {
  const vault = new URLSearchParams(location.search).get('vault');
  const search = new URLSearchParams({ ...query, ...(vault === null ? {} : { vault }) });
  return search.size === 0 ? path : `${path}?${search}`;
}

function isInput(element: HTMLElement | null): element is HTMLInputElement {
  return element?.tagName === 'INPUT';
}
