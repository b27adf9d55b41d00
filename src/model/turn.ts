// A turn: one user prompt with the tool uses and the reply that followed; and a batch of turns, the unit of compression.

import type { PromptEvent, SubagentStopEvent, ToolUseEvent } from './hook-event.ts';

export interface Turn {
  readonly sessionId: string;
  /** Absent when the events began in the middle of a turn (a batch that continues one). */
  readonly prompt?: PromptEvent;
  /** Tool uses of the main thread and of subagents, in order of time. */
  readonly toolUses: readonly ToolUseEvent[];
  readonly subagentReplies: readonly SubagentStopEvent[];
  readonly reply?: string;
  readonly error?: string;
  /** `open`: the turn goes on in a later batch. `interrupted`: it ended without Stop. */
  readonly end: 'stop' | 'error' | 'interrupted' | 'open';
}

/** Why a batch was closed. */
export type BatchClose = 'stop' | 'size' | 'compact' | 'interrupted' | 'end' | 'idle';

export interface Batch {
  /** Hash of the event ids: the same events always give the same batch id. */
  readonly id: string;
  readonly sessionId: string;
  readonly eventIds: readonly string[];
  readonly turns: readonly Turn[];
  /** Summaries that the host's own compaction wrote. */
  readonly compactSummaries: readonly string[];
  readonly close: BatchClose;
  /** Whether the session is over with this batch. */
  readonly endsSession: boolean;
  readonly project: string;
  readonly worktree?: string;
  readonly account: string;
  readonly accountKind: 'api-key' | 'auth-token' | 'subscription' | 'cloud';
  readonly endpoint: string;
  /** UTC of the first and of the last event. */
  readonly from: string;
  readonly to: string;
}
