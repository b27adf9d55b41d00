// Queries, hits and timelines: what the index is asked and what it answers.

import type { QueryVector } from './embedder.ts';
import type { TrustLevel } from './standing.ts';
import type { FileReference, Memory, MemoryKind, ObservationType } from './memory.ts';

export interface SearchFilters {
  readonly type?: readonly ObservationType[];
  readonly kind?: readonly MemoryKind[];
  /** All of these tags. */
  readonly tags?: readonly string[];
  /** Any of these paths, or a folder above them. */
  readonly files?: readonly string[];
  /** Inclusive bounds, ISO dates or times. */
  readonly since?: string;
  readonly until?: string;
  readonly branch?: string;
  /** What must pass as well: filters that were given in two places narrow each other. */
  readonly within?: SearchFilters;
}

export interface SearchQuery extends SearchFilters {
  /** Any text; taken literally. */
  readonly text: string;
  /** 1 to 100. */
  readonly limit: number;
  readonly context?: SearchContext;
  /** What a model makes of the text, where one is in use. */
  readonly vector?: QueryVector;
  /** Signals that must not count. */
  readonly without?: readonly RankingSignal[];
}

/** Where the one who asks stands; each part that is missing counts for nothing. */
export interface SearchContext {
  readonly branch?: string | undefined;
  /** Repository-relative paths that the work is about just now. */
  readonly files?: readonly string[] | undefined;
  /** Whether the code that a memory speaks of is not any more what it was; undefined where nobody can tell. */
  readonly hasChanged?: ((files: readonly FileReference[]) => boolean | undefined) | undefined;
}

/** What beside words and meaning moves a hit; each can be switched off. */
export const RANKING_SIGNALS = [
  'freshness',
  'branch',
  'files',
  'recency',
  'kind',
  'type',
  'topics',
  'vectors',
] as const;
export type RankingSignal = (typeof RANKING_SIGNALS)[number];

/**
 * Where a memory's file lies: in the work tree; in the outbox; in the fetched default branch or upstream, not yet pulled; on
 * another branch only.
 */
export type MemoryPlace = 'vault' | 'outbox' | 'fetched' | 'branch';

/** A memory as the index knows it, without its body. */
export interface MemoryRow {
  readonly id: string;
  readonly kind: MemoryKind;
  readonly type?: ObservationType;
  readonly title: string;
  readonly created: string;
  readonly session?: string;
  readonly branch?: string;
  readonly commit?: string;
  readonly files: readonly string[];
  readonly tags: readonly string[];
  readonly place: MemoryPlace;
  /** Ids of memories that this one replaces; absent when there are none. */
  readonly supersedes?: readonly string[];
  /** Whose word it is; absent where nobody asked. */
  readonly trust?: TrustLevel;
  /** Name of the person who brought it, when that is not the user; a claim of the commit. */
  readonly author?: string;
  /** Id of the memory that replaced this one. */
  readonly supersededBy?: string;
  /** Path relative to the vault's root. */
  readonly path: string;
}

export interface SearchHit extends MemoryRow {
  /** Higher is better; comparable within one result only. */
  readonly score: number;
  /** The lines that matched, cleaned, at most 200 characters. */
  readonly snippet: string;
  /** What moved it, by name: shares of the words' score between 0 and 1, and signals as factors. Absent where nothing was ranked. */
  readonly why?: Readonly<Record<string, number>>;
  /** The code that it speaks of has changed since; absent where nobody looked. */
  readonly hasChanged?: boolean;
}

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** How many memories matched in all. */
  readonly total: number;
  /** The index could not be brought up to date just now (another process holds the lock). */
  readonly stale: boolean;
  /** Titles that come near the words, when nothing or hardly what was asked was found; only for callers that ask for it. */
  readonly didYouMean?: readonly MemoryRow[];
}

export interface TimelineQuery {
  /** Id or unique prefix of the memory in the middle; or `at`. */
  readonly id?: string;
  /** A time in the middle, ISO. */
  readonly at?: string;
  /** How many rows before and after, 0 to 50. */
  readonly before: number;
  readonly after: number;
}

export interface Timeline {
  /** In order of time, the anchor among them. */
  readonly rows: readonly MemoryRow[];
  readonly anchor?: string;
  readonly stale: boolean;
}

export interface FoundMemories {
  readonly memories: readonly (Memory & {
    readonly place: MemoryPlace;
    readonly path: string;
    readonly supersededBy?: string;
    readonly trust?: TrustLevel;
    readonly author?: string;
  })[];
  readonly missing: readonly string[];
  readonly ambiguous: readonly { readonly prefix: string; readonly candidates: readonly MemoryRow[] }[];
  readonly stale: boolean;
}

/** What a bringing up to date changed. */
export interface SyncReport {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly diagnostics: number;
  /** The index was made anew (missing, broken, of another version). */
  readonly rebuilt: boolean;
  readonly stale: boolean;
}
