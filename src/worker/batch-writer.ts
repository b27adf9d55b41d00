// Carries one batch from its compression to memories in the outbox, by way of the journal.

import { createHash } from 'node:crypto';
import type { ProjectVault } from '../compress/configured.ts';
import { saysTheSame } from '../compress/likeness.ts';
import type { QuestionMeaning } from '../compress/question-meaning.ts';
import { openQuestions } from '../compress/questions.ts';
import type { Compression, ObservationDraft, SessionState } from '../model/draft.ts';
import { toMemvaultError } from '../model/errors.ts';
import { drawMemoryId } from '../model/memory.ts';
import type { Clock, Logger, RandomBytes } from '../model/ports.ts';
import type { Batch } from '../model/turn.ts';
import { summaryMemory } from '../vault/draft-memory.ts';
import type { SecondLook } from '../system/redaction/second-look.ts';
import type { JournalEntry } from '../vault/journal.ts';
import type { Unwanted } from '../vault/unwanted.ts';
import type { OpenVault } from '../app.ts';
import { buildMemories, toSecond } from './batch-memories.ts';
import { proposeConvention, proposeFromSeveral } from './conventions.ts';
import { findRelated, weighDrafts } from './known-memories.ts';
import type { Weighed } from './known-memories.ts';
import type { SessionRecord, Sessions } from './sessions.ts';

export interface WriterParts {
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly log: Logger;
  readonly questionsFile: string;
  /** The same rules, over what the compressor answers, before it is journaled. */
  readonly secondLook: SecondLook;
  /** What questions mean, by the model that the project's settings name; undefined where none is in use. */
  questionMeaning(vault: OpenVault): Promise<QuestionMeaning | undefined>;
  /** Asks the compressor that settings and account allow; never throws for a model's fault. */
  compress(batch: Batch, state: SessionState, vault: ProjectVault): Promise<Compression>;
}

const NOTHING: Compression = { observations: [], by: 'extractive' };

export function createBatchWriter(parts: WriterParts) {
  return {
    /** Keeps what the batch asks; doing it again changes nothing. */
    async noteQuestions(vault: OpenVault, batch: Batch): Promise<void> {
      try {
        const questions = openQuestions(parts.questionsFile);
        try {
          if (!questions.add(batch, vault.project)) return;
          const meaning = await parts.questionMeaning(vault);
          if (meaning !== undefined) await questions.compareByMeaning(vault.project, meaning);
        } finally {
          questions.close();
        }
      } catch (error) {
        parts.log.error('the questions could not be kept', { message: toMemvaultError(error).message });
      }
    },

    /**
     * Makes memories of a batch and journals them with the ids drawn. What the compressor answers is journaled first, as it comes:
     * from there on no model is asked again, whatever happens.
     */
    async compress(
      vault: OpenVault,
      batch: Batch,
      state: SessionState,
      record: SessionRecord | undefined,
    ): Promise<JournalEntry> {
      const earlier = vault.journal.read(batch.id);
      if (earlier !== undefined && earlier.step !== 'acknowledged' && earlier.step !== 'answered') return earlier;
      // What a stranger brought must neither come to a model as a related memory nor count as known.
      await vault.trust.refresh();
      const answer = earlier?.step === 'answered' ? earlier.compression : await ask(vault, batch, state);
      const compression = weigh(vault, batch, answer ?? NOTHING, state);
      const id = (): string => drawMemoryId(parts.randomBytes(12));
      return journal(vault, 'compressed', {
        batch: batch.id,
        eventIds: batch.eventIds,
        ...(await buildMemories(vault, batch, compression, { state, record, id })),
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
      const session = { ...record, summaryId: memory.id, written: record.summary, summaryDue: false };
      return journal(vault, 'compressed', { batch, eventIds: [], memories: [memory], session: { ...session } });
    },

    /** Puts the entry's memories into the outbox and the session's state beside it; doing it again changes nothing. */
    write(vault: OpenVault, entry: JournalEntry): void {
      for (const memory of entry.memories) vault.outbox.put(memory);
      vault.learned.add(entry.memories);
      if (entry.session !== undefined) parts.sessions.write(entry.session as unknown as SessionRecord);
      vault.journal.write({ ...entry, step: 'written' });
    },

    /** The last step: the entry keeps its event ids, so that they are known if they come again, and drops the rest. */
    close(vault: OpenVault, entry: JournalEntry): void {
      vault.journal.write({ ...entry, step: 'acknowledged' });
    },
  };

  async function ask(vault: OpenVault, batch: Batch, state: SessionState): Promise<Compression> {
    if (isEmpty(batch)) return NOTHING;
    const related = findRelated(vault.vouchedLibrary, batch, state.known);
    const answer = await parts.secondLook.clean(await parts.compress(batch, { ...state, related }, vault));
    const { id, eventIds, close } = batch;
    journal(vault, 'answered', { batch: id, eventIds, close, compression: answer, memories: [] });
    return answer;
  }

  /** The answer with what is worth writing of it, held against the vault. */
  function weigh(vault: OpenVault, batch: Batch, answer: Compression, state: SessionState): Compression {
    const { observations } = answer;
    // Looking for what was deleted reads the vault: only when there is something to write.
    if (observations.length === 0) return answer;
    const forgotten = vault.forgotten();
    const weighed = weighDrafts(observations, vault.vouchedLibrary, forgotten, state.known);
    for (const ruling of weighed.rulings) parts.log.info('a draft was known', { batch: batch.id, ...ruling });
    const again = findConventions(vault, batch.sessionId, weighed);
    const drafts =
      again.length > 0 ? weighed.drafts : withConvention(weighed.drafts, batch.sessionId, vault, forgotten);
    return { ...answer, observations: [...drafts, ...again] };
  }

  function journal(
    vault: OpenVault,
    step: JournalEntry['step'],
    entry: Omit<JournalEntry, 'v' | 'step' | 'at'>,
  ): JournalEntry {
    const full: JournalEntry = { v: 1, step, at: new Date(parts.clock.now()).toISOString(), ...entry };
    vault.journal.write(full);
    return full;
  }
}
export type BatchWriter = ReturnType<typeof createBatchWriter>;

/** Notes what the session found again, and proposes a convention of what enough sessions found. */
function findConventions(vault: OpenVault, session: string, weighed: Weighed): readonly ObservationDraft[] {
  const again = weighed.rulings.filter(({ ruling }) => ruling === 'known').map(({ by }) => by);
  return [...new Set(again)].flatMap((id) => {
    const memory = vault.library.get([id]).memories[0];
    if (memory === undefined || memory.session === session || memory.supersededBy !== undefined) return [];
    return proposeConvention(memory, vault.confirmations.add(id, session)) ?? [];
  });
}

/** The drafts, and a convention that one of them makes with what other sessions told; it takes that draft's place where this says no more. */
function withConvention(
  drafts: readonly ObservationDraft[],
  session: string,
  vault: OpenVault,
  forgotten: Unwanted,
): readonly ObservationDraft[] {
  for (const draft of drafts) {
    const convention = proposeFromSeveral(draft, session, vault.library, forgotten);
    if (convention === undefined) continue;
    const rest = saysTheSame(draft.title, convention.title) ? drafts.filter((other) => other !== draft) : drafts;
    const isKnown = rest.some((other) => other.type === 'convention' && saysTheSame(other.title, convention.title));
    return isKnown ? drafts : [...rest, convention];
  }
  return drafts;
}

function isEmpty(batch: Batch): boolean {
  return (
    batch.compactSummaries.length === 0 &&
    batch.turns.every((turn) => turn.prompt === undefined && turn.toolUses.length === 0 && turn.reply === undefined)
  );
}
