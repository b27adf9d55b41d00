// The live stream (server-sent events): few clients, no bodies, and whoever reads too slowly is dropped.

import type { ServerResponse } from 'node:http';
import { shownEvent } from './shown.ts';
import type { LiveEvent, ViewerSource } from '../model/viewer-source.ts';

const MAX_CLIENTS = 10;
/** A client that leaves so much unread in memory does not read any more. */
const MAX_UNREAD_BYTES = 256 * 1024;
const PULSE_MS = 15_000;

interface LiveClient {
  /** Only events of this vault and those of none; all of them when empty. */
  readonly vault: string;
  /** Id of the last event that the client has seen; what came after it is sent at once. */
  readonly after: string;
  /** Asked at every pulse: a client whose login has ended is dropped. */
  readonly mayRead: () => boolean;
}

export interface LiveStream {
  /** Takes over the response, whose headers are not yet sent; false when there are too many clients. */
  attach(response: ServerResponse, client: LiveClient): boolean;
  close(): void;
}

export function createLiveStream(source: ViewerSource): LiveStream {
  const open = new Map<ServerResponse, () => boolean>();
  const pulse = setInterval(() => {
    for (const [response, mayRead] of open) {
      if (mayRead()) send(response, ': pulse\n\n');
      else response.end();
    }
  }, PULSE_MS);
  pulse.unref();

  return {
    attach(response, { vault, after, mayRead }) {
      if (open.size >= MAX_CLIENTS) return false;
      const concerns = (event: LiveEvent): boolean => vault === '' || event.vault === '' || event.vault === vault;
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', connection: 'close' });
      send(
        response,
        `retry: 3000\n\n${missedSince(source.recentEvents(), after).filter(concerns).map(frame).join('')}`,
      );
      const unsubscribe = source.subscribe((event) => {
        if (concerns(event)) send(response, frame(event));
      });
      open.set(response, mayRead);
      response.on('close', () => {
        open.delete(response);
        unsubscribe();
      });
      return true;
    },
    close() {
      clearInterval(pulse);
      for (const response of open.keys()) response.destroy();
    },
  };
}

/** Oldest first. An id from before a restart of the worker is unknown: nothing was missed that can still be told. */
function missedSince(newestFirst: readonly LiveEvent[], after: string): readonly LiveEvent[] {
  const seen = newestFirst.findIndex((event) => event.id === after);
  return seen === -1 ? [] : newestFirst.slice(0, seen).toReversed();
}

function frame(event: LiveEvent): string {
  const { id, at, kind, title, vault, memoryId } = shownEvent(event);
  return `id: ${id.replaceAll(/[^\w-]/g, '')}\ndata: ${JSON.stringify({ id, at, kind, title, vault, memoryId })}\n\n`;
}

function send(response: ServerResponse, text: string): void {
  if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
  else if (!response.writableEnded && !response.destroyed) response.write(text);
}
