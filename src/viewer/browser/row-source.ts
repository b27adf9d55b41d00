// Gets the rows for finding while typing; asks only whether they are still the same once it has them.

import type { RowList } from '../listed-row.ts';
import type { PageWindow } from './page-window.ts';

/** The list; `same` when it is the one that was given last; or why there is none. */
export type RowsAnswer = RowList | 'same' | 'logged out' | 'no answer';

export interface RowSource {
  ask(): Promise<RowsAnswer>;
}

export function createRowSource({ fetch }: Pick<PageWindow, 'fetch'>, vault: string): RowSource {
  let etag: string | undefined;
  return {
    async ask() {
      // No vault is open yet, so there is nothing to ask for.
      if (vault === '') return EMPTY;
      const response = await fetch(`/api/rows?${new URLSearchParams({ vault })}`, {
        headers: etag === undefined ? {} : { 'if-none-match': etag },
      }).catch(() => undefined);
      if (response?.status === 304) return 'same';
      if (response?.status === 401) return 'logged out';
      if (response?.ok !== true) return 'no answer';
      const list: RowList | undefined = await response.json().catch(() => undefined);
      if (list === undefined) return 'no answer';
      etag = response.headers.get('etag') ?? undefined;
      return list;
    },
  };
}

const EMPTY: RowList = { rows: [], more: false };
