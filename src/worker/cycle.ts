// One cycle of the worker: claim, turns, compress, journal, outbox, index, publish, acknowledge.

import type { SessionState } from '../model/draft.ts';
import type { HookEvent } from '../model/hook-event.ts';
import type { Publication } from '../model/publication.ts';
import type { Batch } from '../model/turn.ts';
import type { Clock, Logger } from '../model/ports.ts';
import { toMemvaultError } from '../model/errors.ts';
import type { Spool } from '../capture/spool.ts';
import { batchOf, planBatches } from '../compress/batches.ts';
import type { JournalEntry } from '../vault/journal.ts';
import type { OpenVault } from '../app.ts';
import type { Attempts, FailedBatch } from './attempts.ts';
import type { BatchWriter } from './batch-writer.ts';
import { describeEvent } from './live-events.ts';
import type { LiveEvents } from './live-events.ts';
import type { SessionRecord, Sessions } from './sessions.ts';

/** A turn with more tool uses than this, or more text, is compressed in parts. */
const MAX_TOOL_USES = 60;
const MAX_BATCH_BYTES = 128 * 1024;

export interface CycleParts {
  readonly spool: Spool;
  readonly sessions: Sessions;
  readonly writer: BatchWriter;
  readonly attempts: Attempts;
  /** Ids of the events that this process has met. Grows while the worker lives. */
  readonly seen: Set<string>;
  /** Projects whose journal was searched for what an earlier worker left unfinished. */
  readonly surveyed: Set<string>;
  readonly live: LiveEvents;
  readonly clock: Clock;
  readonly log: Logger;
  /** A session without events for so long counts as paused. */
  readonly sessionIdleMs: number;
  /** Common Git directory of each project's clone, as its events told: a work tree may be gone when its turn comes. */
  readonly clones: Map<string, string>;
  /** Sessions whose turn was too large for one batch and goes on: the work tree and the last event that was worked off. */
  readonly cutTurns: Map<string, { readonly worktree: string; readonly at: string }>;
  /** Tells commands of other processes which work trees have a session inside a turn. */
  noteTurns(worktrees: ReadonlySet<string>): void;
  /** A turn that ended is worked off after so long, when the hooks of its tool uses have come in too. */
  readonly settleMs: number;
  /** Writes a counted drop record. */
  drop(batch: Batch, reason: string): void;
  /** The vault that a project's memories go to; undefined when memories are switched off there. */
  vaultFor(project: string): Promise<OpenVault | undefined>;
}

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
  const claimed = parts.spool.claim({ except: new Set(resting.flatMap(({ eventIds }) => eventIds)) });
  if (claimed.rejected > 0) parts.log.warn('events set aside as dead letters', { count: claimed.rejected });
  const fresh = claimed.events.filter((event) => !parts.seen.has(event.id));
  for (const { project, commonDir } of fresh) if (commonDir !== undefined) parts.clones.set(project, commonDir);
  const journaled = await resumeJournals(parts, claimed.events);
  for (const event of fresh) {
    parts.seen.add(event.id);
    parts.live.add('event', describeEvent(event));
  }
  const again = batchesOf(
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

/** Batches that failed before and may be tried again, cut as they were: what their sessions did since stands in others. */
function batchesOf(parts: CycleParts, events: readonly HookEvent[]): readonly Batch[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return parts.attempts.failed().flatMap((failed) => {
    if (!parts.attempts.mayTry(failed.id, parts.clock.now())) return [];
    const batch = batchOf(
      failed.eventIds.flatMap((id) => byId.get(id) ?? []),
      failed.close,
    );
    if (batch?.id === failed.id) return [batch];
    // Some of its events are gone, and nothing was made of them: whatever is left is planned anew.
    parts.attempts.forget(failed.id);
    return [];
  });
}

/**
 * Finishes what a killed worker had compressed already: no model is asked again, nothing is written twice. Gives the ids of the
 * events that belong to a batch in the journal, finished now or not: they must not get into another one.
 */
async function resumeJournals(parts: CycleParts, claimed: readonly HookEvent[]): Promise<ReadonlySet<string>> {
  const journaled = new Set<string>();
  const ids = new Set(claimed.map((event) => event.id));
  for (const project of new Set(claimed.map((event) => event.project))) {
    if (parts.surveyed.has(project)) continue;
    try {
      const vault = await parts.vaultFor(project);
      let isWhole = true;
      for (const entry of vault?.journal.list() ?? []) {
        const own = entry.eventIds.filter((id) => ids.has(id));
        if (vault === undefined || entry.step === 'acknowledged') parts.spool.acknowledge(own);
        else {
          const outcome = await resume(parts, vault, entry, { claimed, project });
          if (outcome === 'anew') continue;
          if (outcome === 'waits') isWhole = false;
        }
        for (const id of own) journaled.add(id);
      }
      if (isWhole) parts.surveyed.add(project);
    } catch (error) {
      // One project's fault must not stop the others; its own batches meet it again below.
      parts.log.error('a journal could not be read', { project, message: toMemvaultError(error).message });
    }
  }
  for (const id of await finishHalfAcknowledged(parts, claimed, ids)) journaled.add(id);
  return journaled;
}

/** A batch whose memories are written, but whose events could be deleted in part only: the rest must not become another batch. */
async function finishHalfAcknowledged(
  parts: CycleParts,
  claimed: readonly HookEvent[],
  ids: ReadonlySet<string>,
): Promise<readonly string[]> {
  const kept: string[] = [];
  for (const failed of parts.attempts.failed()) {
    const isWhole = failed.eventIds.every((id) => ids.has(id));
    if (!failed.isJournaled || isWhole || !parts.attempts.mayTry(failed.id, parts.clock.now())) continue;
    kept.push(...failed.eventIds);
    try {
      const vault = await parts.vaultFor(failed.project);
      const entry = vault?.journal.read(failed.id);
      if (vault === undefined || entry === undefined) parts.attempts.forget(failed.id);
      else await resume(parts, vault, entry, { claimed, project: failed.project });
    } catch (error) {
      noteFailure(parts, failed, undefined, error);
    }
  }
  return kept;
}

/** `over`: finished or given up; `anew`: its events must be planned and compressed again; `waits`: it is tried again later. */
async function resume(
  parts: CycleParts,
  vault: OpenVault,
  entry: JournalEntry,
  { claimed, project }: { readonly claimed: readonly HookEvent[]; readonly project: string },
): Promise<'over' | 'anew' | 'waits'> {
  if (!parts.attempts.mayTry(entry.batch, parts.clock.now())) return 'waits';
  try {
    parts.log.info('resuming a batch from the journal', { batch: entry.batch, step: entry.step });
    const whole = entry.step === 'answered' ? await finishAnswered(parts, vault, entry, claimed) : entry;
    if (whole === undefined) {
      // Without all its events an answer is of no use: what is left of them is compressed anew.
      vault.journal.remove(entry.batch);
      return 'anew';
    }
    parts.writer.write(vault, whole);
    await vault.syncInSlices();
    parts.spool.acknowledge(entry.eventIds);
    parts.writer.close(vault, whole);
    parts.attempts.forget(entry.batch);
    return 'over';
  } catch (error) {
    const { batch: id, eventIds, close = 'idle' } = entry;
    return noteFailure(parts, { id, eventIds, close, project }, vault, error) ? 'over' : 'waits';
  }
}

/** Counts a failure; after the last one the events are dead letters, and nothing of their batch stays in the journal. Gives whether it was. */
function noteFailure(
  parts: CycleParts,
  batch: Omit<FailedBatch, 'isJournaled'>,
  vault: OpenVault | undefined,
  thrown: unknown,
): boolean {
  const error = toMemvaultError(thrown);
  parts.log.error('a batch could not be worked off', { batch: batch.id, code: error.code, message: error.message });
  const step = journaledStep(batch.id, vault);
  const failed = { ...batch, isJournaled: step !== undefined };
  // Once its memories are written there is nothing to give up: what is left is to delete its events.
  const code = step === 'written' ? 'unavailable' : error.code;
  if (!parts.attempts.fail(failed, code, parts.clock.now()).last) return false;
  try {
    // First of all, so that the same events are never both a dead letter and about to be a memory.
    vault?.journal.remove(batch.id);
    for (const id of batch.eventIds) parts.spool.giveUp(id, `${error.code}: ${error.message}`);
    parts.attempts.forget(batch.id);
    parts.live.add('worker', `A batch was given up: ${error.message}`);
    return true;
  } catch (refused) {
    parts.log.error('a batch could not be given up', { batch: batch.id, message: toMemvaultError(refused).message });
    return false;
  }
}

function journaledStep(batchId: string, vault: OpenVault | undefined): JournalEntry['step'] | undefined {
  try {
    return vault?.journal.read(batchId)?.step;
  } catch {
    // What cannot be read now may be there.
    return 'written';
  }
}

/** Makes memories of an answer that was journaled as it came: the same events make the same batch. */
async function finishAnswered(
  parts: CycleParts,
  vault: OpenVault,
  entry: JournalEntry,
  claimed: readonly HookEvent[],
): Promise<JournalEntry | undefined> {
  const ids = new Map(entry.eventIds.map((id, order) => [id, order]));
  const events = claimed
    .filter((event) => ids.has(event.id))
    .toSorted((a, b) => (ids.get(a.id) ?? 0) - (ids.get(b.id) ?? 0));
  const batch = entry.close === undefined ? undefined : batchOf(events, entry.close);
  if (batch === undefined || batch.id !== entry.batch) return undefined;
  const record = parts.sessions.read(batch.sessionId);
  return parts.writer.compress(vault, batch, stateOf(record), record);
}

function stateOf(record: SessionRecord | undefined): SessionState {
  return { known: record?.known ?? [], ...(record?.summary === undefined ? {} : { summary: record.summary }) };
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
