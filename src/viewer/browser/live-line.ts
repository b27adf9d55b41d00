// The page's one connection to the live stream; open while somebody listens and the page is seen.

import type { LiveEvent } from '../../model/viewer-source.ts';
import type { PageWindow } from './page-window.ts';

export type LineState = 'live' | 'reconnecting' | 'paused';

export interface LiveLine {
  /** Calls the listeners for every event from now on. */
  listen(onEvent: (event: LiveEvent) => void, onState?: (state: LineState) => void): void;
  /** Opens the connection now, or when the page is seen; a second call does nothing. */
  open(): void;
}

interface LiveLineOptions {
  readonly vault: string;
  /** Id of the last event that the page shows. */
  readonly after: string;
}

export function createLiveLine(page: PageWindow, { vault, after }: LiveLineOptions): LiveLine {
  const { document, EventSource } = page;
  const onEvents: ((event: LiveEvent) => void)[] = [];
  const onStates: ((state: LineState) => void)[] = [];
  let lastSeen = after;
  let wanted = false;
  let source: EventSource | undefined;

  const say = (state: LineState): void => onStates.forEach((onState) => onState(state));
  const close = (): void => {
    source?.close();
    source = undefined;
  };
  const connect = (): void => {
    if (source !== undefined || document.hidden) return;
    const opened = new EventSource(`/api/events?${new URLSearchParams({ vault, after: lastSeen })}`);
    source = opened;
    opened.addEventListener('open', () => say('live'));
    opened.addEventListener('error', () => {
      const isOver = opened.readyState === 2;
      say(isOver ? 'paused' : 'reconnecting');
      if (isOver) close();
    });
    opened.addEventListener('message', (message: MessageEvent<string>) => {
      const event: LiveEvent = JSON.parse(message.data);
      lastSeen = event.id;
      onEvents.forEach((onEvent) => onEvent(event));
    });
  };

  return {
    listen(onEvent, onState) {
      onEvents.push(onEvent);
      if (onState !== undefined) onStates.push(onState);
    },
    open() {
      if (wanted) return connect();
      wanted = true;
      // A hidden page gives its connection back: browsers allow few to one server.
      document.addEventListener('visibilitychange', () => (document.hidden ? close() : connect()));
      page.addEventListener('pagehide', close);
      connect();
    },
  };
}
