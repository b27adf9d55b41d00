// Where batches close, and that no event is lost or taken twice.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from '../../src/compress/batches.ts';
import type { BatchOptions } from '../../src/compress/batches.ts';
import type { HookEvent } from '../../src/model/hook-event.ts';
import { edited, ended, makeEvents, notification, prompt, ran, stop } from '../support/hook-events.ts';
import type { EventBody } from '../support/hook-events.ts';

const limits = (events: readonly HookEvent[], more: Partial<BatchOptions> = {}): BatchOptions => ({
  now: Date.parse(events.at(-1)?.at ?? '2026-11-22T00:00:00Z'),
  idleMs: 600_000,
  maxToolUses: 60,
  maxBytes: 128 * 1024,
  ...more,
});
const plan = (bodies: readonly EventBody[], more: Partial<BatchOptions> = {}) => {
  const events = makeEvents([...bodies]);
  const result = planBatches(events, limits(events, more));
  return {
    closes: result.closed.map((batch) => batch.close),
    sizes: result.closed.map((batch) => batch.eventIds.length),
    ...result,
  };
};

describe('planBatches', () => {
  it('closes at Stop and leaves the running turn open', () => {
    const { closes, open } = plan([prompt('one'), ran('a'), stop('ok'), prompt('two'), ran('b')]);
    expect(closes).toEqual(['stop']);
    expect(open.map((event) => event.type)).toEqual(['prompt', 'tool-use']);
  });

  it('leaves a turn alone that ended a moment ago, and all that came after it', () => {
    const bodies = [prompt('one'), ran('a'), stop('ok'), prompt('two')];
    const now = Date.parse(makeEvents([...bodies])[2]?.at ?? '');
    const early = plan(bodies, { now: now + 1499, settleMs: 1500 });
    expect(early.closes).toEqual([]);
    expect(early.settling.map((event) => event.type)).toEqual(['prompt', 'tool-use', 'stop']);
    expect(early.open.map((event) => event.type)).toEqual(['prompt']);
    expect(plan(bodies, { now: now + 1500, settleMs: 1500 })).toMatchObject({ closes: ['stop'], settling: [] });
  });

  it('is not held by a clock that was set back', () => {
    const bodies = [prompt('one'), stop('ok'), ended()];
    const now = Date.parse(makeEvents([...bodies])[2]?.at ?? '') - 3_600_000;
    expect(plan(bodies, { now, settleMs: 1500 }).closes).toEqual(['end']);
  });

  it('joins small finished turns that wait together', () => {
    const { closes, closed } = plan([prompt('one'), stop('a'), prompt('two'), stop('b'), prompt('three'), stop('c')]);
    expect(closes).toEqual(['stop']);
    expect(closed[0]?.turns).toHaveLength(3);
  });

  it('closes a long turn by size before it grows over the limit, and goes on inside the turn', () => {
    const uses = Array.from({ length: 25 }, (_, index) => ran(`step ${index}`));
    const { closes, closed, open } = plan([prompt('long'), ...uses], { maxToolUses: 10 });
    expect(closes).toEqual(['size', 'size']);
    expect(closed.map((batch) => batch.turns[0]?.end)).toEqual(['open', 'open']);
    expect(open).toHaveLength(5);
  });

  it('closes by bytes too', () => {
    const { closes } = plan([prompt('big'), ran('a', 'x'.repeat(700)), ran('b', 'y'.repeat(700)), ran('c')], {
      maxBytes: 2000,
    });
    expect(closes).toEqual(['size']);
  });

  it('closes at PreCompact, and the summary rides with what follows', () => {
    const { closes, open } = plan([
      prompt('go'),
      ran('a'),
      { type: 'pre-compact', trigger: 'auto' },
      { type: 'session-start', source: 'compact' },
      { type: 'post-compact', summary: 'so far' },
      ran('b'),
    ]);
    expect(closes).toEqual(['compact']);
    expect(open.map((event) => event.type)).toEqual(['session-start', 'post-compact', 'tool-use']);
  });

  it('closes an interrupted turn by the next prompt, and what it left is over', () => {
    const uses = Array.from({ length: 8 }, () => ran('a'));
    const { closes, closed } = plan([prompt('one'), ...uses, prompt('two')], { maxToolUses: 10 });
    expect(closes).toEqual(['interrupted']);
    expect(closed[0]?.turns.map((turn) => turn.end)).toEqual(['interrupted']);
  });

  it('closes by idleness', () => {
    const events = makeEvents([prompt('one'), ran('a')]);
    const now = Date.parse(events.at(-1)?.at ?? '') + 600_000;
    expect(planBatches(events, limits(events, { now })).closed).toMatchObject([
      { close: 'idle', turns: [{ end: 'interrupted' }] },
    ]);
    expect(planBatches(events, limits(events, { now: now - 1 })).closed).toEqual([]);
  });

  it('ends a session', () => {
    const { closed } = plan([prompt('one'), stop('ok'), ended()]);
    expect(closed).toMatchObject([{ close: 'end', endsSession: true }]);
  });

  it('takes a tool use that comes after its Stop into the same batch', () => {
    const { sizes, open } = plan([prompt('one'), ran('a'), stop('ok'), ran('late')]);
    expect(sizes).toEqual([4]);
    expect(open).toEqual([]);
  });

  it('keeps a turn open that a notification woke up after its Stop', () => {
    const { closes, open } = plan([prompt('one'), stop('started it'), notification(), ran('tail log')]);
    expect(closes).toEqual(['stop']);
    expect(open).toHaveLength(2);
  });

  it('starts a new batch when the session goes on with another account', () => {
    const { closed } = plan([prompt('one'), { ...stop('ok'), account: 'bbbbbbbbbbbbbbbb' }]);
    expect(closed.map((batch) => batch.account)).toEqual(['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb']);
  });

  it('gives the same events the same id', () => {
    const bodies = [prompt('one'), stop('ok')];
    expect(plan(bodies).closed[0]?.id).toBe(plan(bodies).closed[0]?.id);
    expect(plan(bodies).closed[0]?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  const anyEvent = fc.oneof(
    fc.constantFrom<EventBody>(
      prompt('go on'),
      notification(),
      stop('done'),
      stop(),
      { type: 'pre-compact', trigger: 'auto' },
      { type: 'post-compact', summary: 'so far' },
      { type: 'session-start', source: 'startup' },
      { type: 'session-start', source: 'compact' },
      { type: 'subagent-stop', reply: 'found it' },
      edited('a.js', '+x'),
      ended(),
    ),
    fc.nat(3000).map((size) => ran('a', 'x'.repeat(size))),
  );

  it('puts every event into exactly one batch or leaves it waiting, in order, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(anyEvent, { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 500, max: 20_000 }),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 0, max: 20_000 }),
        (bodies, maxToolUses, maxBytes, continuesTurn, isIdle, settleMs) => {
          const events = makeEvents(bodies);
          const options = limits(events, { maxToolUses, maxBytes, continuesTurn, settleMs });
          const result = planBatches(events, isIdle ? { ...options, now: options.now + options.idleMs } : options);
          const rest = [...result.settling, ...result.open].map((event) => event.id);
          const ids = [...result.closed.flatMap((batch) => batch.eventIds), ...rest];
          expect(ids).toEqual(events.map((event) => event.id));
          for (const batch of result.closed) {
            expect(batch.eventIds.length).toBeGreaterThan(0);
            expect(batch.turns.reduce((sum, turn) => sum + turn.toolUses.length, 0)).toBeLessThanOrEqual(
              Math.max(maxToolUses, 1),
            );
          }
          expect(isIdle && rest.length > 0).toBe(false);
        },
      ),
    );
  });

  it('gives the same batches of finished turns whether the events come at once or one by one, but for joining', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (bodies) => {
        const events = makeEvents(bodies);
        const taken: string[] = [];
        let waiting: readonly HookEvent[] = [];
        let continuesTurn = false;
        for (const event of events) {
          const result = planBatches([...waiting, event], {
            ...limits(events),
            now: Date.parse(event.at),
            continuesTurn,
          });
          taken.push(...result.closed.flatMap((batch) => batch.eventIds));
          waiting = result.open;
          const last = result.closed.at(-1);
          if (last !== undefined) continuesTurn = last.turns.at(-1)?.end === 'open';
        }
        expect([...taken, ...waiting.map((event) => event.id)]).toEqual(events.map((event) => event.id));
      }),
    );
  });
});
