// Batches that did not come to their end: what a killed worker left in the journal, and what failed and is tried again.

import { toMemvaultError } from '../model/errors.ts';
import type { HookEvent } from '../model/hook-event.ts';
import type { Batch } from '../model/turn.ts';
import { batchOf } from '../compress/batches.ts';
import type { JournalEntry } from '../vault/journal.ts';
import type { OpenVault } from '../app.ts';
import type { FailedBatch } from './attempts.ts';
import { stateOf } from './cycle-parts.ts';
import type { CycleParts } from './cycle-parts.ts';

/**
 * Finishes what a killed worker had compressed already: no model is asked again, nothing is written twice. Gives the ids of the
 * events that belong to a batch in the journal, finished now or not: they must not get into another one.
 */
export async function resumeJournals(parts: CycleParts, claimed: readonly HookEvent[]): Promise<ReadonlySet<string>> {
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
  const { batch: id, eventIds, close = 'idle' } = entry;
  const batch = { id, eventIds, close, project };
  if (isDeadly(parts, id, vault)) return setAside(parts, batch, vault) ? 'over' : 'waits';
  parts.inHand.take(id);
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
    return noteFailure(parts, batch, vault, error) ? 'over' : 'waits';
  } finally {
    parts.inHand.release();
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

/** Batches that failed before and may be tried again, cut as they were: what their sessions did since stands in others. */
export function failedBatches(parts: CycleParts, events: readonly HookEvent[]): readonly Batch[] {
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

/** Counts a failure; after the last one the events are dead letters, and nothing of their batch stays in the journal. Gives whether it was. */
export function noteFailure(
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
  return giveUp(parts, batch, vault, `${error.code}: ${error.message}`);
}

/** So many workers may die over a batch; a machine that loses its power can do that too. */
const MOST_DEATHS = 3;

/** Whether this batch ends whoever works it off. Once its memories are written nothing of it can. */
export function isDeadly(parts: CycleParts, batchId: string, vault: OpenVault | undefined): boolean {
  return parts.inHand.deaths(batchId) >= MOST_DEATHS && journaledStep(batchId, vault) !== 'written';
}

/** Makes dead letters of a batch that no worker survives, so that the others' turn comes. Gives whether it was possible. */
export function setAside(
  parts: CycleParts,
  batch: Omit<FailedBatch, 'isJournaled'>,
  vault: OpenVault | undefined,
): boolean {
  const deaths = parts.inHand.deaths(batch.id);
  parts.log.error('a batch is set aside: no worker survives it', { batch: batch.id, deaths });
  return giveUp(parts, batch, vault, `the worker died ${deaths} times while it worked on this`);
}

function giveUp(
  parts: CycleParts,
  batch: Omit<FailedBatch, 'isJournaled'>,
  vault: OpenVault | undefined,
  reason: string,
): boolean {
  try {
    // First of all, so that the same events are never both a dead letter and about to be a memory.
    vault?.journal.remove(batch.id);
    for (const id of batch.eventIds) parts.spool.giveUp(id, reason);
    parts.attempts.forget(batch.id);
    parts.live.add('worker', `A batch was given up: ${reason}`);
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
