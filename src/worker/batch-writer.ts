// Carries one batch from its compression to memories in the outbox, by way of the journal.

import { createHash } from 'node:crypto';
import type { Compression, SessionState } from '../model/draft.ts';
import type { Memory } from '../model/memory.ts';
import { drawMemoryId } from '../model/memory.ts';
import type { Clock, Logger, RandomBytes } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import { observationMemory, summaryMemory } from '../vault/draft-memory.ts';
import type { JournalEntry } from '../vault/journal.ts';
import type { OpenVault } from '../app.ts';
import type { SessionRecord, Sessions } from './sessions.ts';

export interface WriterParts {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
  /** Asks the compressor that settings and account allow; never throws for a model's fault. */
  compress(batch: Batch, state: SessionState): Promise<Compression>;
}

/** Observations that a session's state names; older ones are found by search. */
const MAX_KNOWN = 40;

export function createBatchWriter(parts: WriterParts) {
  return {
    /** Compresses a batch and journals the answer with the ids drawn for it: from here on no model is asked again. */
    async compress(
      vault: OpenVault,
      batch: Batch,
      state: SessionState,
      record: SessionRecord | undefined,
    ): Promise<JournalEntry> {
      const earlier = vault.journal.read(batch.id);
      if (earlier !== undefined && earlier.step !== 'acknowledged') return earlier;
      const compression = isEmpty(batch)
        ? ({ observations: [], by: 'extractive' } satisfies Compression)
        : await parts.compress(batch, state);
      const summary = compression.summary ?? state.summary;
      const blobs = await blobsOf(vault, batch, compression);
      // Of a work tree that is gone nobody can ask the branch any more.
      const isThere = batch.worktree === undefined || batch.worktree === vault.place.root;
      const code = isThere || vault.place.kind !== 'repository' ? await vault.code() : {};
      const id = (): string => drawMemoryId(parts.randomBytes(12));
      const context = { created: toSecond(batch.to), session: batch.sessionId, ...code, blobs };
      const forgotten = compression.observations.length === 0 ? undefined : vault.forgotten();
      const memories: Memory[] = compression.observations
        .filter((draft) => forgotten?.isKnown(draft.title) !== true)
        .map((draft) => observationMemory(draft, { ...context, id: id() }));
      const known = [
        ...(record?.known ?? []),
        ...memories.flatMap(({ id, type, title }) => (type === undefined ? [] : [{ id, type, title }])),
      ];
      const grown = memories.length > 0 || compression.summary !== undefined || record?.summaryDue === true;
      let summaryId = record?.summaryId;
      const writesSummary = batch.endsSession && grown && summary !== undefined;
      if (writesSummary) {
        const memory = summaryMemory(summary, {
          ...context,
          id: id(),
          supersedes: summaryId === undefined ? [] : [summaryId],
        });
        memories.push(memory);
        summaryId = memory.id;
      }
      const session: SessionRecord = {
        v: 1,
        sessionId: batch.sessionId,
        project: batch.project,
        place: vault.place,
        lastEventAt: batch.to,
        known: known.slice(-MAX_KNOWN),
        ...(summary === undefined ? {} : { summary }),
        ...(summaryId === undefined ? {} : { summaryId }),
        insideTurn: batch.turns.at(-1)?.end === 'open' && !batch.endsSession,
        summaryDue: grown && summary !== undefined && !writesSummary,
      };
      return journal(vault, {
        batch: batch.id,
        eventIds: batch.eventIds,
        compression,
        memories,
        session: { ...session },
      });
    },

    /** A session's last summary when no batch is left to carry it. */
    summarize(vault: OpenVault, record: SessionRecord): JournalEntry {
      if (record.summary === undefined) throw new TypeError('a due summary without a checkpoint');
      const batch = createHash('sha256')
        .update(`summary\0${record.sessionId}\0${record.lastEventAt}`)
        .digest('hex')
        .slice(0, 32);
      const known = vault.journal.read(batch);
      if (known !== undefined) return known;
      const memory = summaryMemory(record.summary, {
        id: drawMemoryId(parts.randomBytes(12)),
        created: toSecond(record.lastEventAt),
        session: record.sessionId,
        blobs: {},
        supersedes: record.summaryId === undefined ? [] : [record.summaryId],
      });
      const session = { ...record, summaryId: memory.id, summaryDue: false };
      return journal(vault, { batch, eventIds: [], memories: [memory], session: { ...session } });
    },

    /** Puts the entry's memories into the outbox and the session's state beside it; doing it again changes nothing. */
    write(vault: OpenVault, entry: JournalEntry): void {
      for (const memory of entry.memories) vault.outbox.put(memory);
      if (entry.session !== undefined) parts.sessions.write(entry.session as unknown as SessionRecord);
      vault.journal.write({ ...entry, step: 'written' });
    },

    /** The last step: the entry keeps its event ids, so that they are known if they come again, and drops the rest. */
    close(vault: OpenVault, entry: JournalEntry): void {
      vault.journal.write({ ...entry, step: 'acknowledged' });
    },
  };

  function journal(vault: OpenVault, entry: Omit<JournalEntry, 'v' | 'step' | 'at'>): JournalEntry {
    const full: JournalEntry = { v: 1, step: 'compressed', at: new Date(parts.clock.now()).toISOString(), ...entry };
    vault.journal.write(full);
    return full;
  }
}
export type BatchWriter = ReturnType<typeof createBatchWriter>;

/** As the agent saw the files: the blob of its last look or edit, else of the file as it is now. */
async function blobsOf(
  vault: OpenVault,
  batch: Batch,
  compression: Compression,
): Promise<Readonly<Record<string, string>>> {
  const named = new Set(compression.observations.flatMap((draft) => draft.files));
  const seen: Record<string, string> = {};
  for (const { detail } of batch.turns.flatMap((turn) => turn.toolUses)) {
    if ('path' in detail && 'blob' in detail && detail.path !== undefined && detail.blob !== undefined)
      seen[detail.path] = detail.blob;
  }
  return { ...(await vault.blobs([...named].filter((path) => seen[path] === undefined))), ...seen };
}

function isEmpty(batch: Batch): boolean {
  return (
    batch.compactSummaries.length === 0 &&
    batch.turns.every((turn) => turn.prompt === undefined && turn.toolUses.length === 0 && turn.reply === undefined)
  );
}

function toSecond(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
