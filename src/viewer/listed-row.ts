// What the page knows of a memory for finding it while typing: enough to recognise it, nothing of its text.

import type { MemoryRow } from '../model/search.ts';

/** `files` and `tags` are cut after some; the full search knows them all. */
export type ListedRow = Pick<
  MemoryRow,
  'id' | 'kind' | 'type' | 'title' | 'created' | 'branch' | 'files' | 'tags' | 'supersededBy'
>;

/** The answer of `/api/rows`. */
export interface RowList {
  /** Newest first. */
  readonly rows: readonly ListedRow[];
  /** There are older memories that the list leaves out. */
  readonly more: boolean;
}
