// What happened lately, for the page's live stream: ids, kinds and titles, never bodies.

import type { HookEvent } from '../model/hook-event.ts';
import type { Clock } from '../model/ports.ts';
import type { LiveEvent } from '../model/viewer-source.ts';

const KEPT = 200;

/** A short memory of events with listeners; `vault` is the key of the vault that the event belongs to. */
export function createLiveEvents(clock: Clock) {
  const events: LiveEvent[] = [];
  const listeners = new Set<(event: LiveEvent) => void>();
  let count = 0;
  return {
    add(kind: LiveEvent['kind'], title: string, vault?: string, memoryId?: string): void {
      const event: LiveEvent = {
        id: String(++count),
        at: new Date(clock.now()).toISOString(),
        kind,
        title,
        vault: vault ?? '',
        ...(memoryId === undefined ? {} : { memoryId }),
      };
      events.push(event);
      if (events.length > KEPT) events.shift();
      for (const listener of listeners) listener(event);
    },
    recent: (): readonly LiveEvent[] => events.toReversed(),
    subscribe(listener: (event: LiveEvent) => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
export type LiveEvents = ReturnType<typeof createLiveEvents>;

/** What the page says of an event: what kind, which tool, which file; nothing of its texts. */
export function describeEvent(event: HookEvent): string {
  const who = event.agentId === undefined ? '' : ' (subagent)';
  switch (event.type) {
    case 'session-start':
      return `Session started (${event.source})`;
    case 'prompt':
      return event.author === 'notification' ? 'Notification' : 'Prompt';
    case 'tool-use':
      return `${event.tool}${'path' in event.detail && event.detail.path !== undefined ? ` ${event.detail.path}` : ''}${event.ok ? '' : ' failed'}${who}`;
    case 'stop':
      return event.error === undefined ? 'Turn ended' : 'Turn ended with an error';
    case 'subagent-stop':
      return 'Subagent ended';
    case 'pre-compact':
      return 'Compaction began';
    case 'post-compact':
      return 'Compaction ended';
    case 'session-end':
      return `Session ended (${event.reason})`;
  }
}
