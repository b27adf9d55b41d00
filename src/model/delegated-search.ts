// A search that another process of memvault does for the one that was asked: what it must know, and what it answers.

import type { SearchQuery, SearchResult } from './search.ts';

/** Where the asking process stands. */
export interface Standpoint {
  /** Absolute. */
  readonly cwd: string;
  /** `--vault <dir>`. */
  readonly vaultFlag?: string;
  /** Those of its environment's variables that decide which vault is meant and how it is searched. */
  readonly env: Readonly<Record<string, string>>;
}

export interface DelegatedSearch {
  readonly from: Standpoint;
  readonly query: Omit<SearchQuery, 'context' | 'vector' | 'without'>;
}

export interface FoundHere extends SearchResult {
  /** Short names of the branches that hold a memory which lies `fetched` or on a `branch`, by its path. */
  readonly branches: Readonly<Record<string, readonly string[]>>;
}
