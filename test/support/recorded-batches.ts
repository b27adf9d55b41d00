// Recorded payloads as hook events and batches, the way that hook and worker make them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePayload } from '../../src/capture/payload.ts';
import { planBatches } from '../../src/compress/batches.ts';
import type { EventOrigin, HookEvent } from '../../src/model/hook-event.ts';
import type { Batch } from '../../src/model/turn.ts';

export const RECORDED_PROJECT = '/home/dev/acme-api';

/** What the hook sets on each event, but for id and time. */
export const ORIGIN: Omit<EventOrigin, 'id' | 'at'> = {
  project: RECORDED_PROJECT,
  worktree: RECORDED_PROJECT,
  account: '0123456789abcdef',
  accountKind: 'api-key',
  endpoint: 'https://api.anthropic.com',
};

const START = Date.UTC(2026, 10, 22, 14, 0, 0);

/** The events of a recorded session, one second apart. */
export function readRecordedEvents(file: string, origin: Partial<EventOrigin> = {}): readonly HookEvent[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.flatMap((line, index) => {
    const payload: unknown = JSON.parse(line);
    const at = START + index * 1000;
    const event = parsePayload(payload, {
      ...ORIGIN,
      ...origin,
      id: `${at}-1-${index.toString(16).padStart(8, '0')}`,
      at: new Date(at).toISOString(),
    });
    return 'ignored' in event ? [] : [event];
  });
}

export function recordedFixture(name: string): string {
  return join(import.meta.dirname, '../fixtures/claude-code', name);
}

/** The batches that a worker makes which looks in after each Stop, as it does while people work. */
export function batchesLive(events: readonly HookEvent[]): readonly Batch[] {
  const batches: Batch[] = [];
  let waiting: readonly HookEvent[] = [];
  let continuesTurn = false;
  for (const event of events) {
    const plan = planBatches([...waiting, event], { now: Date.parse(event.at), ...LIMITS, continuesTurn });
    batches.push(...plan.closed);
    waiting = plan.open;
    const last = plan.closed.at(-1);
    if (last !== undefined) continuesTurn = last.turns.at(-1)?.end === 'open';
  }
  return batches;
}

/** The batches of a session that waited as a whole. */
export function batchesAtOnce(events: readonly HookEvent[]): readonly Batch[] {
  const last = events.at(-1);
  return planBatches(events, { now: last === undefined ? 0 : Date.parse(last.at) + LIMITS.idleMs, ...LIMITS }).closed;
}

export const LIMITS = { idleMs: 600_000, maxToolUses: 60, maxBytes: 128 * 1024 };
