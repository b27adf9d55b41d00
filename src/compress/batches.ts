// Cuts a session's waiting events into batches, the unit of compression.

import { createHash } from 'node:crypto';
import type { HookEvent } from '../model/hook-event.ts';
import type { Batch, BatchClose } from '../model/turn.ts';
import { groupTurns } from './turns.ts';

export interface BatchOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** A session without events for so long is paused: what waits is closed. */
  readonly idleMs: number;
  /** Most tool uses of one batch. */
  readonly maxToolUses: number;
  /** Most bytes of one batch's events as JSON; one event alone may be more. */
  readonly maxBytes: number;
  /** Whether the session's batch before ended inside a turn, which then goes on here. */
  readonly continuesTurn?: boolean;
  /** A turn that ended is left alone for so long: the hooks of its last tool uses may still be on their way. */
  readonly settleMs?: number;
}

export interface BatchPlan {
  readonly closed: readonly Batch[];
  /** What ended a moment ago. */
  readonly settling: readonly HookEvent[];
  /** What waits for its turn to end. */
  readonly open: readonly HookEvent[];
}

/**
 * Plans the batches of ONE session's events, given in order. Every event is in exactly one batch, in `settling` or in
 * `open`. A batch closes at Stop, before it grows too big, at PreCompact, by the next prompt after an interruption, at the
 * session's end and by idleness. Small finished turns that wait together share a batch.
 */
export function planBatches(events: readonly HookEvent[], options: BatchOptions): BatchPlan {
  const closed: Batch[] = [];
  let waiting = startWaiting(options.continuesTurn ?? false);

  const close = (reason: BatchClose, insideTurn: boolean): void => {
    pushBatch(closed, waiting.events, reason);
    waiting = startWaiting(insideTurn);
  };
  /** Gives the finished turns their own batch, so that what began after them waits alone. */
  const closeFinished = (): void => {
    const { events: all, finished, reason, inTurn } = waiting;
    pushBatch(closed, all.slice(0, finished), reason);
    waiting = startWaiting(inTurn);
    for (const event of all.slice(finished)) add(waiting, event);
  };

  for (const event of events) {
    if (changesAccount(waiting, event)) close('interrupted', false);
    if (startsTurn(event, waiting)) {
      if (waiting.inTurn) finish(waiting, 'interrupted');
      if (waiting.finished > 0 && !isSmall(waiting, options)) close(waiting.reason, false);
      waiting.inTurn = true;
    }
    if (event.type === 'tool-use' && isFull(waiting, event, options)) {
      if (waiting.finished > 0 && waiting.finished < waiting.events.length) closeFinished();
      if (isFull(waiting, event, options)) close('size', waiting.inTurn);
    }
    add(waiting, event);
    if (event.type === 'stop') {
      waiting.inTurn = false;
      finish(waiting, 'stop');
    } else if (event.type === 'session-end') {
      close('end', false);
    } else if (event.type === 'pre-compact') {
      close('compact', waiting.inTurn);
    } else if (!waiting.inTurn && waiting.finished > 0) {
      finish(waiting, waiting.reason);
    }
  }

  if (waiting.finished > 0) closeFinished();
  const last = waiting.events.at(-1);
  if (last !== undefined && options.now - Date.parse(last.at) >= options.idleMs) close('idle', false);
  const fresh = closed.findIndex((batch) => mayGrow(batch, options));
  const settled = fresh < 0 ? closed.length : fresh;
  const done = closed.slice(0, settled).reduce((count, batch) => count + batch.eventIds.length, 0);
  return {
    closed: closed.slice(0, settled),
    settling: events.slice(done, events.length - waiting.events.length),
    open: waiting.events,
  };
}

/** Asynchronous hooks reach the spool after the Stop that followed them. A clock that was set back must not hold a batch. */
function mayGrow({ close, to }: Batch, { now, settleMs = 0 }: BatchOptions): boolean {
  return (close === 'stop' || close === 'end') && Math.abs(now - Date.parse(to)) < settleMs;
}

interface Waiting {
  readonly events: HookEvent[];
  toolUses: number;
  bytes: number;
  /** So many of the first events belong to turns that are over. */
  finished: number;
  /** Why the last of those turns is over. */
  reason: BatchClose;
  inTurn: boolean;
}

function startWaiting(inTurn: boolean): Waiting {
  return { events: [], toolUses: 0, bytes: 0, finished: 0, reason: 'stop', inTurn };
}

function add(waiting: Waiting, event: HookEvent): void {
  waiting.events.push(event);
  waiting.bytes += sizeOf(event);
  if (event.type === 'tool-use') waiting.toolUses++;
}

function finish(waiting: Waiting, reason: BatchClose): void {
  waiting.finished = waiting.events.length;
  waiting.reason = reason;
}

/** A batch goes to one account only: a session resumed with another login starts a new one. */
function changesAccount(waiting: Waiting, event: HookEvent): boolean {
  const last = waiting.events.at(-1);
  return last !== undefined && (last.account !== event.account || last.endpoint !== event.endpoint);
}

/** A user's prompt, or a notification that wakes the model after its Stop. */
function startsTurn(event: HookEvent, waiting: Waiting): boolean {
  return event.type === 'prompt' && (event.author !== 'notification' || !waiting.inTurn);
}

function isFull(waiting: Waiting, next: HookEvent, options: BatchOptions): boolean {
  return (
    waiting.toolUses > 0 &&
    (waiting.toolUses + 1 > options.maxToolUses || waiting.bytes + sizeOf(next) > options.maxBytes)
  );
}

function isSmall(waiting: Waiting, options: BatchOptions): boolean {
  return waiting.toolUses * 2 <= options.maxToolUses && waiting.bytes * 2 <= options.maxBytes;
}

/** Reckoned once: a turn that goes on is planned again with each new event. */
function sizeOf(event: HookEvent): number {
  const known = sizes.get(event);
  if (known !== undefined) return known;
  const size = Buffer.byteLength(JSON.stringify(event));
  sizes.set(event, size);
  return size;
}

const sizes = new WeakMap<HookEvent, number>();

/** The batch that these events of one session make; undefined without any. */
export function batchOf(events: readonly HookEvent[], close: BatchClose): Batch | undefined {
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const times = events.map((event) => event.at).toSorted();
  return {
    id: batchId(events),
    sessionId: last.sessionId,
    eventIds: events.map((event) => event.id),
    turns: turnsOf(events, close),
    compactSummaries: events.flatMap((event) => (event.type === 'post-compact' ? [event.summary] : [])),
    close,
    endsSession: events.some((event) => event.type === 'session-end'),
    project: last.project,
    ...(last.worktree === undefined ? {} : { worktree: last.worktree }),
    account: last.account,
    accountKind: last.accountKind,
    endpoint: last.endpoint,
    from: times[0] ?? last.at,
    to: times.at(-1) ?? last.at,
  };
}

function pushBatch(batches: Batch[], events: readonly HookEvent[], close: BatchClose): void {
  const batch = batchOf(events, close);
  if (batch !== undefined) batches.push(batch);
}

/** What closed by interruption or idleness goes on in no later batch. */
function turnsOf(events: readonly HookEvent[], close: BatchClose): Batch['turns'] {
  const isOver = close === 'interrupted' || close === 'idle';
  return groupTurns(events).map((turn) => (isOver && turn.end === 'open' ? { ...turn, end: 'interrupted' } : turn));
}

function batchId(events: readonly HookEvent[]): string {
  return createHash('sha256')
    .update(events.map((event) => event.id).join('\n'))
    .digest('hex')
    .slice(0, 32);
}
