// What compression gives: drafts of observations and of the session's summary, before they get ids and become memories.

import type { MemoryId, ObservationType } from './memory.ts';

export interface ObservationDraft {
  readonly type: ObservationType;
  /** What a search would type; at most 120 characters, one line. */
  readonly title: string;
  /** One to three paragraphs of Markdown. */
  readonly narrative: string;
  /** Short statements, each one line. */
  readonly facts: readonly string[];
  /** Repository-relative paths that occur in the events. */
  readonly files: readonly string[];
  readonly tags: readonly string[];
  /** Ids of memories that this one corrects or replaces; its narrative says why. */
  readonly supersedes?: readonly MemoryId[];
}

/** The five headings of a summary; an empty list leaves the heading out. */
export interface SummaryDraft {
  readonly title: string;
  readonly request: readonly string[];
  readonly investigated: readonly string[];
  readonly learned: readonly string[];
  readonly completed: readonly string[];
  readonly nextSteps: readonly string[];
}

/** A memory that is there already, as far as compression needs it. */
export interface KnownMemory {
  readonly id: string;
  readonly type: ObservationType;
  readonly title: string;
  /** Its statements, cut: by these the same thing is known when it comes under another title. */
  readonly gist?: string;
}

/** What is known of a session so far; goes along with each batch instead of its history. */
export interface SessionState {
  readonly summary?: SummaryDraft;
  /** Observations that this session already wrote. */
  readonly known: readonly KnownMemory[];
  /** Memories of other sessions that may speak of the same, the likeliest first. */
  readonly related?: readonly KnownMemory[];
}

export type CompressorName = 'api' | 'cli' | 'extractive';

export interface Compression {
  /** At most five; none is a good answer. */
  readonly observations: readonly ObservationDraft[];
  /** The session's summary up to and with this batch. */
  readonly summary?: SummaryDraft;
  /** Which compressor gave the answer. */
  readonly by: CompressorName;
  /** Why another compressor than the wanted one answered; shown by `memvault doctor`. */
  readonly fallbackReason?: string;
  readonly usage?: {
    readonly calls: number;
    /** All of them, cached ones too. */
    readonly inputTokens: number;
    readonly outputTokens: number;
    /** Of the input: written to the provider's cache, and read from it. */
    readonly cacheWriteTokens?: number;
    readonly cacheReadTokens?: number;
    readonly model: string;
  };
}
