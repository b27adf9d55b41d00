// One cycle of the worker: claim, turns, compress, journal, outbox, index, publish, acknowledge.

import type { HookEvent } from '../model/hook-event.ts';
import type { Publication } from '../model/publication.ts';
import type { Batch } from '../model/turn.ts';
import { toMemvaultError } from '../model/errors.ts';
import { planBatches } from '../compress/batches.ts';
import type { JournalEntry } from '../vault/journal.ts';
import type { OpenVault } from '../app.ts';
import { stateOf } from './cycle-parts.ts';
import type { CycleParts } from './cycle-parts.ts';
import { describeEvent } from './live-events.ts';
import { lookAgain } from './look-again.ts';
import { failedBatches, isDeadly, noteFailure, resumeJournals, setAside } from './unfinished.ts';

/** A turn with more tool uses than this, or more text, is compressed in parts. */
const MAX_TOOL_USES = 60;
const MAX_BATCH_BYTES = 128 * 1024;

export interface CycleReport {
  readonly batches: number;
  readonly memories: number;
  /** Sessions with events that wait. */
  readonly openSessions: ReadonlySet<string>;
  /** Whether a turn ended a moment ago, so that a cycle is due soon. */
  readonly settling: boolean;
  /** Compressors that answered. */
  readonly by: readonly string[];
  /** Work trees with a session inside a turn. */
  readonly inTurn: ReadonlySet<string>;
}

/** Works off what waits in the spool. A fault of one batch leaves its events claimed and does not stop the others. */
export async function runCycle(parts: CycleParts): Promise<CycleReport> {
  const resting = parts.attempts.failed().filter(({ id }) => !parts.attempts.mayTry(id, parts.clock.now()));
  const except = new Set(resting.flatMap(({ eventIds }) => eventIds));
  const raw = parts.spool.claim({ except });
  const claimed = { ...raw, events: await lookAgain(parts, raw.events, except) };
  if (claimed.rejected > 0) parts.log.warn('events set aside as dead letters', { count: claimed.rejected });
  const fresh = claimed.events.filter((event) => !parts.seen.has(event.id));
  for (const { project, commonDir } of fresh) if (commonDir !== undefined) parts.clones.set(project, commonDir);
  const journaled = await resumeJournals(parts, claimed.events);
  for (const event of fresh) {
    parts.seen.add(event.id);
    parts.live.add('event', describeEvent(event));
  }
  const again = failedBatches(
    parts,
    claimed.events.filter((event) => !journaled.has(event.id)),
  );
  const taken = new Set([...journaled, ...again.flatMap((batch) => batch.eventIds)]);
  const events = claimed.events.filter((event) => !taken.has(event.id));
  const sessions = Map.groupBy(events, (event) => event.sessionId);

  const plans = [...sessions].map(([sessionId, own]) =>
    planBatches(own, {
      now: parts.clock.now(),
      idleMs: parts.sessionIdleMs,
      maxToolUses: MAX_TOOL_USES,
      maxBytes: MAX_BATCH_BYTES,
      continuesTurn: parts.sessions.read(sessionId)?.insideTurn ?? false,
      settleMs: parts.settleMs,
    }),
  );
  const inTurn = new Set([
    ...plans.flatMap((plan) => (isInTurn(plan.open) ? [worktreeOf(plan.open)] : [])),
    ...longTurns(parts),
  ]);
  parts.noteTurns(inTurn);

  const closed = [...again, ...plans.flatMap((plan) => plan.closed)];
  const done: JournalEntry[] = [];
  for (const batch of closed) done.push(...(await workOff(parts, batch, inTurn)));
  return {
    batches: done.length,
    memories: done.reduce((sum, entry) => sum + entry.memories.length, 0),
    openSessions: new Set(plans.flatMap((plan) => [...plan.settling, ...plan.open].map((event) => event.sessionId))),
    settling: plans.some((plan) => plan.settling.length > 0),
    by: done.flatMap((entry) => entry.compression?.by ?? []),
    inTurn,
  };
}

/** Writes the final summary of sessions that paused or ended without one, from their checkpoint. */
export async function writeDueSummaries(parts: CycleParts, openSessionIds: ReadonlySet<string>): Promise<number> {
  let written = 0;
  for (const record of parts.sessions.list()) {
    const idleSince = parts.clock.now() - Date.parse(record.lastEventAt);
    if (record.place.commonDir !== undefined) parts.clones.set(record.project, record.place.commonDir);
    if (!record.summaryDue || openSessionIds.has(record.sessionId) || idleSince < parts.sessionIdleMs) continue;
    try {
      const vault = await parts.vaultFor(record.project);
      if (vault === undefined) continue;
      const entry = parts.writer.summarize(vault, record);
      parts.writer.write(vault, entry);
      await vault.syncInSlices();
      parts.writer.close(vault, entry);
      written++;
    } catch (error) {
      parts.log.error('a summary could not be written', {
        session: record.sessionId,
        message: toMemvaultError(error).message,
      });
    }
  }
  return written;
}

async function workOff(parts: CycleParts, batch: Batch, inTurn: ReadonlySet<string>): Promise<readonly JournalEntry[]> {
  if (!parts.attempts.mayTry(batch.id, parts.clock.now())) return [];
  let vault: OpenVault | undefined;
  try {
    vault = await parts.vaultFor(batch.project);
    if (vault === undefined) {
      parts.drop(batch, 'memories are switched off for this project');
      parts.spool.acknowledge(batch.eventIds);
      return [];
    }
    if (vault.journal.read(batch.id)?.step === 'acknowledged') {
      parts.spool.acknowledge(batch.eventIds);
      return [];
    }
    if (isDeadly(parts, batch.id, vault)) {
      setAside(parts, batch, vault);
      return [];
    }
    parts.inHand.take(batch.id);
    const record = parts.sessions.read(batch.sessionId);
    await parts.writer.noteQuestions(vault, batch);
    const entry = await parts.writer.compress(vault, batch, stateOf(record), record);
    parts.writer.write(vault, entry);
    await vault.syncInSlices();
    for (const memory of entry.memories) parts.live.add('memory', memory.title, vault.key, memory.id);
    if (batch.endsSession && !inTurn.has(batch.worktree ?? batch.project)) {
      reportPublication(parts, vault, await vault.publish({ now: false, atSessionEnd: true }));
    }
    parts.spool.acknowledge(batch.eventIds);
    parts.writer.close(vault, entry);
    noteCutTurn(parts, batch);
    parts.attempts.forget(batch.id);
    return [entry];
  } catch (error) {
    noteFailure(parts, batch, vault, error);
    return [];
  } finally {
    parts.inHand.release();
  }
}

/** Tells the log and the page what publishing did. */
export function reportPublication(
  parts: Pick<CycleParts, 'log' | 'live'>,
  vault: OpenVault,
  publication: Publication,
): void {
  const { committed, held, reason, returned } = publication;
  parts.log.info('published', {
    vault: vault.key,
    committed,
    held,
    ...(reason === undefined ? {} : { reason }),
    ...(returned === undefined ? {} : { returned }),
  });
  if (committed > 0)
    parts.live.add('publish', `${committed} committed on ${publication.branch ?? 'the branch'}`, vault.key);
  else if (held > 0) parts.live.add('publish', `${held} held: ${publication.detail ?? reason ?? ''}`, vault.key);
}

function isInTurn(open: readonly HookEvent[]): boolean {
  return (
    open.some((event) => event.type === 'prompt' && event.author !== 'notification') ||
    open.some((event) => event.type === 'tool-use')
  );
}

/** A turn that was cut in the middle by its size goes on, also while no new event waits. */
function longTurns(parts: CycleParts): readonly string[] {
  return [...parts.cutTurns.values()]
    .filter(({ at }) => parts.clock.now() - Date.parse(at) < parts.sessionIdleMs)
    .map(({ worktree }) => worktree);
}

function noteCutTurn(parts: CycleParts, batch: Batch): void {
  const isOpen = batch.turns.at(-1)?.end === 'open' && !batch.endsSession;
  if (isOpen) parts.cutTurns.set(batch.sessionId, { worktree: batch.worktree ?? batch.project, at: batch.to });
  else parts.cutTurns.delete(batch.sessionId);
}

function worktreeOf(events: readonly HookEvent[]): string {
  const first = events[0];
  return first?.worktree ?? first?.project ?? '';
}
