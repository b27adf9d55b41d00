// Hook events and batches made by hand, for tests that need no recording.

import { planBatches } from '../../src/compress/batches.ts';
import { EVENT_VERSION } from '../../src/model/hook-event.ts';
import type { HookEvent, ToolDetail } from '../../src/model/hook-event.ts';
import type { Batch } from '../../src/model/turn.ts';

export const PROJECT = '/home/dev/shop';
const START = Date.UTC(2026, 10, 22, 9, 0, 0);

type Given = 'v' | 'id' | 'at' | 'sessionId' | 'project' | 'account' | 'accountKind' | 'endpoint';
type Body<E> = E extends HookEvent ? Omit<E, Given> & Partial<Pick<E, Given>> : never;
/** What differs from event to event. */
export type EventBody = Body<HookEvent>;

/** Numbers the events one second apart, all of one session and account. */
export function makeEvents(bodies: readonly EventBody[]): readonly HookEvent[] {
  const v: typeof EVENT_VERSION = EVENT_VERSION;
  return bodies.map((body, index) => {
    const at = START + index * 1000;
    const base = {
      v,
      id: `${at}-7-${index.toString(16).padStart(8, '0')}`,
      at: new Date(at).toISOString(),
      sessionId: 'session-1',
      project: PROJECT,
      worktree: PROJECT,
      account: 'aaaaaaaaaaaaaaaa',
      accountKind: 'api-key' as const,
      endpoint: 'https://api.anthropic.com',
    };
    return { ...base, ...body };
  });
}

export const prompt = (text: string, promptId?: string): EventBody => ({
  type: 'prompt',
  prompt: text,
  author: 'user',
  ...(promptId === undefined ? {} : { promptId }),
});
export const notification = (text = '<task-notification>done</task-notification>'): EventBody => ({
  type: 'prompt',
  prompt: text,
  author: 'notification',
});
export const stop = (reply?: string, promptId?: string): EventBody => ({
  type: 'stop',
  ...(reply === undefined ? {} : { reply }),
  ...(promptId === undefined ? {} : { promptId }),
});
export const use = (detail: ToolDetail, ok = true, tool = TOOLS[detail.kind]): EventBody => ({
  type: 'tool-use',
  toolUseId: 'toolu_1',
  tool,
  ok,
  detail,
});
export const ran = (command: string, output = '', exitCode = 0): EventBody =>
  use({ kind: 'command', command, output, exitCode }, exitCode === 0);
export const edited = (path: string, patch: string): EventBody =>
  use({
    kind: 'edit',
    path,
    patch,
    added: patch.split('\n').filter((line) => line.startsWith('+')).length,
    removed: patch.split('\n').filter((line) => line.startsWith('-')).length,
  });
export const ended = (): EventBody => ({ type: 'session-end', reason: 'other' });

const TOOLS: Readonly<Record<ToolDetail['kind'], string>> = {
  command: 'Bash',
  edit: 'Edit',
  write: 'Write',
  read: 'Read',
  search: 'Grep',
  agent: 'Agent',
  task: 'TaskCreate',
  fetch: 'WebFetch',
  failure: 'Edit',
  other: 'mcp__other__tool',
};

/** One batch of all the events. */
export function makeBatch(bodies: readonly EventBody[], overrides: Partial<Batch> = {}): Batch {
  const events = makeEvents([...bodies]);
  const plan = planBatches(events, { now: START + 86_400_000, idleMs: 1000, maxToolUses: 10_000, maxBytes: 1e9 });
  const batch = plan.closed[0];
  if (batch === undefined || plan.closed.length > 1)
    throw new Error(`the events make ${plan.closed.length} batches, not one`);
  return { ...batch, ...overrides };
}
