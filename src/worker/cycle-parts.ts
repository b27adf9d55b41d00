// What a cycle works with, and the state of a session as the compressor gets it.

import type { SessionState } from '../model/draft.ts';
import type { HookEvent } from '../model/hook-event.ts';
import type { Batch } from '../model/turn.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { Spool } from '../capture/spool.ts';
import type { SecondLook } from '../system/redaction/second-look.ts';
import type { OpenVault } from '../app.ts';
import type { Attempts } from './attempts.ts';
import type { BatchWriter } from './batch-writer.ts';
import type { InHand } from './in-hand.ts';
import type { LiveEvents } from './live-events.ts';
import type { SessionRecord, Sessions } from './sessions.ts';

export interface CycleParts {
  readonly spool: Spool;
  readonly sessions: Sessions;
  readonly writer: BatchWriter;
  readonly attempts: Attempts;
  readonly inHand: InHand;
  /** Ids of the events that this process has met. Grows while the worker lives. */
  readonly seen: Set<string>;
  /** Other rules for secrets than the hook's, for events before anything else gets to see them. */
  readonly secondLook: SecondLook;
  /** Claimed events in which they found something, without it, until they are claimed no more. */
  readonly cleaned: Map<string, HookEvent>;
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

export function stateOf(record: SessionRecord | undefined): SessionState {
  return { known: record?.known ?? [], ...(record?.summary === undefined ? {} : { summary: record.summary }) };
}
