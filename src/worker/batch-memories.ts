// Makes memories of a batch's compression, and the session's state after it. Writes nothing.

import type { Compression, KnownMemory, SessionState, SummaryDraft } from '../model/draft.ts';
import type { Memory, MemoryId } from '../model/memory.ts';
import type { Batch } from '../model/turn.ts';
import { observationMemory, summaryMemory } from '../vault/draft-memory.ts';
import type { JournalEntry } from '../vault/journal.ts';
import { gistOf } from '../vault/learned.ts';
import type { OpenVault } from '../app.ts';
import type { SessionRecord } from './sessions.ts';

export interface BuildContext {
  readonly state: SessionState;
  readonly record: SessionRecord | undefined;
  /** Draws an id. */
  readonly id: () => MemoryId;
}

/** Observations that a session's state names; older ones are found by search. */
const MAX_KNOWN = 40;
/** Characters of a memory's text that the state carries along. */
const MAX_GIST = 1500;

/** What the journal holds of a compressed batch: the memories whole, with their ids, and the session's state after them. */
export async function buildMemories(
  vault: OpenVault,
  batch: Batch,
  compression: Compression,
  { state, record, id }: BuildContext,
): Promise<Pick<JournalEntry, 'compression' | 'memories' | 'session'>> {
  const summary = compression.summary ?? state.summary;
  const blobs = await blobsOf(vault, batch, compression);
  const context = { created: toSecond(batch.to), session: batch.sessionId, ...(await codeOf(vault, batch)), blobs };
  const memories: Memory[] = compression.observations.map((draft) =>
    observationMemory(draft, { ...context, id: id(), supersedes: draft.supersedes ?? [] }),
  );
  const replaced = new Set(memories.flatMap(({ supersedes }) => supersedes));
  const known = [
    ...(record?.known ?? []).filter((memory) => !replaced.has(memory.id)),
    ...memories.flatMap((memory) => (memory.type === undefined ? [] : [knownOf(memory, memory.type)])),
  ];
  const isWorthAPage = summary !== undefined && (known.length > 0 || saysAnything(summary));
  const hasGrown = isOther(summary, record?.written);
  let summaryId = record?.summaryId;
  const writesSummary = batch.endsSession && hasGrown && isWorthAPage;
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
    ...withWritten(writesSummary ? summary : record?.written),
    insideTurn: batch.turns.at(-1)?.end === 'open' && !batch.endsSession,
    summaryDue: hasGrown && isWorthAPage && !writesSummary,
  };
  return { compression, memories, session: { ...session } };
}

export function toSecond(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** A request that left nothing behind is no session worth a page. */
function saysAnything({ investigated, learned, completed, nextSteps }: SummaryDraft): boolean {
  return [investigated, learned, completed, nextSteps].some((lines) => lines.length > 0);
}

function withWritten(written: SummaryDraft | undefined): Pick<SessionRecord, 'written'> {
  return written === undefined ? {} : { written };
}

/** Whether the summary says something else than the one that stands in the vault. */
function isOther(summary: SummaryDraft | undefined, before: SummaryDraft | undefined): boolean {
  return summary !== undefined && JSON.stringify(summary) !== JSON.stringify(before);
}

function knownOf(memory: Memory, type: NonNullable<Memory['type']>): KnownMemory {
  return {
    id: memory.id,
    type,
    title: memory.title,
    gist: gistOf(memory.body).slice(0, MAX_GIST),
  };
}

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

/** Of a work tree that is gone nobody can ask the branch any more. */
async function codeOf(vault: OpenVault, batch: Batch): ReturnType<OpenVault['code']> {
  const isThere = batch.worktree === undefined || batch.worktree === vault.place.root;
  return isThere || vault.place.kind !== 'repository' ? vault.code() : {};
}
