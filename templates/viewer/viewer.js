// The page's script: swaps a login code for a cookie, opens searches, follows the live stream. Text is only ever set as text.

const STREAM_PAUSE_MS = 2000;

login();
listenToSearch();
listenToVaultChoice();
followStream();

/** A code in the address (`#code=…`, put there by `memvault open`) works once; it leaves the address in any case. */
async function login() {
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
  if (response?.ok) location.reload();
  else note.textContent = 'This code was used already or is too old.';
}

function listenToSearch() {
  const form = document.getElementById('search');
  const box = document.getElementById('q');
  if (form === null || box === null) return;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const parameters = new URLSearchParams({ q: box.value.trim() });
    const chosen = new URLSearchParams(location.search);
    if (chosen.has('vault')) parameters.set('vault', chosen.get('vault'));
    location.assign(`/search?${parameters}`);
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof Element && event.target.closest('input, select, textarea') !== null;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
    if (event.key === 'Escape' && event.target === box) box.blur();
  });
}

function listenToVaultChoice() {
  const choice = document.getElementById('vault');
  choice?.addEventListener('change', () => {
    location.assign(`/?${new URLSearchParams({ vault: choice.value })}`);
  });
}

function followStream() {
  const list = document.getElementById('stream');
  if (list === null) return;
  const { vault, max } = list.dataset;
  let source;
  const open = () => {
    if (source !== undefined) return;
    source = new EventSource(`/api/events?${new URLSearchParams({ vault, after: list.dataset.after })}`);
    source.onopen = () => say('live');
    source.onerror = () => {
      const isOver = source?.readyState === EventSource.CLOSED;
      say(isOver ? 'paused' : 'reconnecting');
      if (isOver) close();
    };
    source.onmessage = (message) => {
      const event = JSON.parse(message.data);
      list.dataset.after = event.id;
      list.prepend(renderEvent(event, vault));
      while (list.children.length > Number(max)) list.lastElementChild.remove();
      refreshSoon();
    };
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  // A hidden page gives its connection back: browsers allow few to one server.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  if (!document.hidden) open();
}

function say(state) {
  const live = document.getElementById('live');
  live.textContent = state;
  live.classList.toggle('on', state === 'live');
}

function renderEvent(event, vault) {
  const item = document.createElement('li');
  item.className = ['event', 'memory', 'publish', 'worker'].includes(event.kind) ? event.kind : 'event';
  item.classList.add('new');
  const time = document.createElement('time');
  time.dateTime = event.at;
  time.textContent = new Date(event.at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const title = document.createElement(event.memoryId === undefined ? 'span' : 'a');
  title.textContent = event.title;
  if (event.memoryId !== undefined)
    title.href = `/memory/${encodeURIComponent(event.memoryId)}?${new URLSearchParams({ vault })}`;
  item.append(time, title);
  return item;
}

let refreshing;

/** Fetches the page again and swaps the parts that may have changed; the server has escaped them. */
function refreshSoon() {
  refreshing ??= setTimeout(async () => {
    refreshing = undefined;
    const response = await fetch(location.href).catch(() => undefined);
    if (!response?.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
    for (const id of ['latest', 'state']) swap(document.getElementById(id), fresh.getElementById(id));
  }, STREAM_PAUSE_MS);
}

function swap(old, fresh) {
  if (old === null || fresh === null) return;
  for (const details of old.querySelectorAll('details[open]'))
    fresh.querySelector(`details.${details.className}`)?.setAttribute('open', '');
  if (old.isEqualNode(fresh)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
  old.replaceWith(fresh);
  if (focused !== null) [...fresh.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
}
