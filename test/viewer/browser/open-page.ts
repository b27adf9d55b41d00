// A page of a running viewer in a DOM without a browser: real markup, real answers; navigation, timers and the live stream in the test's hand.

import { Window } from 'happy-dom';
import { onTestFinished, vi } from 'vitest';
import { startPage } from '../../../src/viewer/browser/start-page.ts';
import type { PageWindow } from '../../../src/viewer/browser/page-window.ts';
import type { ViewerSource } from '../../../src/model/viewer-source.ts';
import { BEARER, fakeSource, openViewer, send } from '../fake-viewer.ts';

export interface OpenPageOptions {
  readonly path?: string;
  readonly source?: ViewerSource;
  /** The page that a browser without a login gets. */
  readonly isStranger?: boolean;
  /** A login code in the address, as `memvault open` puts it there: one that works, or one that does not. */
  readonly code?: 'fresh' | 'used';
}

/** Fetches the page, puts it into a window, starts its script. */
export async function openPage({
  path = '/',
  source = fakeSource().source,
  isStranger = false,
  code,
}: OpenPageOptions = {}) {
  const viewer = await openViewer(source);
  onTestFinished(() => viewer.close());
  const window = new Window({
    url: `http://127.0.0.1:${viewer.port}${path}${await hashOf(viewer.port, code)}`,
    settings: {
      disableCSSFileLoading: true,
      disableJavaScriptFileLoading: true,
      handleDisabledFileLoadingAsSuccess: true,
    },
  });
  onTestFinished(() => window.happyDOM.close());
  window.document.write((await send(viewer.port, `GET ${path}`, isStranger ? {} : BEARER)).body);

  const requests: { readonly path: string; readonly status: number }[] = [];
  const went: string[] = [];
  const opened: string[] = [];
  const timers: (() => void)[] = [];
  const streams: FakeEventSource[] = [];
  let login = !isStranger;
  let reachable = true;

  const fetch = async (
    address: string,
    init: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ) => {
    if (!reachable) throw new TypeError('fetch failed');
    const headers = { ...init.headers, ...(login ? BEARER : {}) };
    const target = address.replace(/^https?:\/\/[^/]+/, '');
    const {
      status,
      body,
      headers: got,
    } = await send(viewer.port, `${init.method ?? 'GET'} ${target}`, headers, init.body);
    requests.push({ path: target, status });
    return new Response(status === 304 ? null : body, { status, headers: got });
  };

  class FakeEventSource extends EventTarget {
    readonly url: string;
    readyState = 1;
    readonly #unsubscribe: () => void;
    constructor(url: string) {
      super();
      this.url = url;
      streams.push(this);
      this.#unsubscribe = source.subscribe((event) =>
        this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(event) })),
      );
    }
    close(): void {
      this.readyState = 2;
      this.#unsubscribe();
    }
  }

  const { document, history, DOMParser } = window;
  const page = {
    document,
    history,
    DOMParser,
    fetch,
    EventSource: FakeEventSource,
    location: {
      get href() {
        return window.location.href;
      },
      get search() {
        return window.location.search;
      },
      get pathname() {
        return window.location.pathname;
      },
      get hash() {
        return window.location.hash;
      },
      assign: (address: string) => void went.push(address),
      reload: () => void went.push('reload'),
    },
    addEventListener: window.addEventListener.bind(window),
    setTimeout: (run: () => void) => timers.push(run),
    open: (address: string) => void opened.push(address),
  };
  startPage(page as unknown as PageWindow);

  const input = document.getElementById('q') as unknown as HTMLInputElement;
  const status = () => document.querySelector('#search [role=status]')?.textContent ?? '';
  return {
    document: document as unknown as Document,
    input,
    requests,
    went,
    opened,
    streams,
    status,
    /** The texts of the options, the search of all texts among them. */
    options: () => [...document.querySelectorAll('[role=option]')].map((option) => option.textContent),
    chosen: () =>
      [...document.querySelectorAll('[role=option][aria-selected=true]')].map((option) => option.textContent),
    isOpen: () => input.getAttribute('aria-expanded') === 'true',
    note: () => {
      const note = document.querySelector<InstanceType<typeof window.HTMLElement>>('.found-note');
      return note === null || note.hidden ? '' : note.textContent;
    },
    /** Presses a key where the focus is; Enter in the box submits its form, as browsers do. */
    press(key: string, init: { readonly isComposing?: boolean; readonly ctrlKey?: boolean } = {}) {
      const target = document.activeElement ?? document.body;
      const event = new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init });
      target.dispatchEvent(event);
      if (key === 'Enter' && !event.defaultPrevented && target.id === 'q')
        document.getElementById('search')?.dispatchEvent(new window.Event('submit', { cancelable: true }));
      return event;
    },
    type(text: string) {
      input.focus();
      input.value = text;
      input.dispatchEvent(new window.Event('input', { bubbles: true }) as unknown as Event);
    },
    click(element: Element | null, init: { readonly ctrlKey?: boolean; readonly button?: number } = {}) {
      const type = init.button === 1 ? 'auxclick' : 'click';
      element?.dispatchEvent(new window.MouseEvent(type, { bubbles: true, ...init }) as unknown as Event);
    },
    /** Waits until the page says so. */
    says: (text: string) =>
      vi.waitFor(() => {
        if (!status().includes(text)) throw new Error(`the page says "${status()}", not "${text}"`);
      }, PATIENCE),
    /** Runs what waits for its time. */
    letTimePass: () => timers.splice(0).forEach((run) => run()),
    logOut: () => (login = false),
    breakOff: () => (reachable = false),
    address: () => window.location.href,
    change(element: Element | null) {
      element?.dispatchEvent(new window.Event('change', { bubbles: true }) as unknown as Event);
    },
    hide(isHidden: boolean) {
      Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
      document.dispatchEvent(new window.Event('visibilitychange'));
    },
  };
}

/** A machine may be busy; a wait ends as soon as it may. */
export const PATIENCE = { timeout: 20_000 };

async function hashOf(port: number, code: OpenPageOptions['code']): Promise<string> {
  if (code === undefined) return '';
  if (code === 'used') return `#code=${'0'.repeat(64)}`;
  const headers = { ...BEARER, 'content-type': 'application/json' };
  const drawn: { code: string } = JSON.parse((await send(port, 'POST /api/login-codes', headers, '{}')).body);
  return `#code=${drawn.code}`;
}
