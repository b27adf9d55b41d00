// The ports: what the rooms of the house ask of the outside, so that tests can bring their own.

import type { QueryVector } from './embedder.ts';
import type { Compression, SessionState } from './draft.ts';
import type { Memory, MemoryId } from './memory.ts';
import type {
  FoundMemories,
  MemoryRow,
  SearchFilters,
  SearchQuery,
  SearchResult,
  Timeline,
  TimelineQuery,
} from './search.ts';
import type { Batch } from './turn.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

/** Fills a new array with random bytes. */
export type RandomBytes = (length: number) => Uint8Array;

export interface Logger {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void;
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
  error(message: string, data?: Readonly<Record<string, unknown>>): void;
}

/** Turns of one session in, observations and the session's summary out. */
export interface Compressor {
  readonly name: 'api' | 'cli' | 'extractive';
  /**
   * Compresses one batch. Throws `unavailable` when the model cannot be reached and `invalid_input`
   * when its answer does not fit the schema even after one repair try; the caller then uses the extractive one.
   */
  compress(batch: Batch, state: SessionState, signal?: AbortSignal): Promise<Compression>;
}

/** What the faces (MCP, command line, viewer) read memories by. Every call brings the index up to date first, or says `stale`. */
export interface MemoryLibrary {
  search(query: SearchQuery): SearchResult;
  /** What the model in use makes of a question; undefined when there is none, or none in time. Never throws. */
  queryVector?(text: string): Promise<QueryVector | undefined>;
  timeline(query: TimelineQuery): Timeline;
  /** By ids or unique prefixes, in the order asked. */
  get(ids: readonly string[]): FoundMemories;
  /** The newest rows first, filtered like a search; those that follow `after`, a row of an earlier answer, when it is given. */
  recent(filters: SearchFilters, limit: number, after?: Pick<MemoryRow, 'created' | 'id'>): readonly MemoryRow[];
  /** Everything that the vault remembers of one session, in order of time. */
  session(sessionId: string): readonly MemoryRow[];
  /** Another text whenever the answers may have changed; comparable within this process only. */
  revision(): string;
}

/** A memory that somebody writes on purpose. */
export interface NoteInput {
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly tags: readonly string[];
  /** Repository-relative paths. */
  readonly files: readonly string[];
  /** Ids of memories that it replaces. */
  readonly supersedes: readonly MemoryId[];
}

/** Writes memories that somebody asked for; they wait in the outbox and are found at once. */
export interface MemoryWriter {
  /** Throws `invalid_input` for a note that says nothing. */
  remember(note: NoteInput): Memory;
  /** Says that a memory still holds: it is written anew, with the files that it speaks of as they are now, and replaces the old one. */
  verify(memory: Memory, files: Memory['files']): Memory;
  /** Hides memories everywhere, with the older ones that they had replaced; their text stays in the history. */
  forget(memories: FoundMemories['memories']): void;
}
