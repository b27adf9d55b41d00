// Swaps a login code in the address for a cookie.

import type { PageWindow } from './page-window.ts';

/** A code in the address (`#code=…`, put there by `memvault open`) works once; it leaves the address in any case. */
export async function logIn({ document, location, history, fetch }: PageWindow): Promise<void> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code');
  if (code === null) return;
  history.replaceState(null, '', location.pathname + location.search);
  const response = await fetch('/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  }).catch(() => undefined);
  const note = document.getElementById('login');
  if (note === null) return;
  if (response?.ok === true) location.reload();
  else note.textContent = 'This code was used already or is too old.';
}
