// The lists of rows that pages keep for finding while typing, ready to send; made anew only when an index has changed.

import { createHash } from 'node:crypto';
import type { MemoryLibrary } from '../model/ports.ts';
import type { MemoryRow } from '../model/search.ts';
import { cutText } from '../system/clean-text.ts';
import type { ListedRow, RowList } from './listed-row.ts';
import { shownRow } from './shown.ts';

/** How many of the newest memories a page keeps. */
export const MAX_LISTED_ROWS = 5000;
const MAX_TITLE = 200;
const MAX_FILES = 12;
const MAX_TAGS = 12;

/** A `RowList` as JSON, with the tag by which a page asks whether it is still the same. */
interface ReadyList {
  readonly body: string;
  /** A strong entity tag, quotes included: equal lists have equal tags, also after a restart. */
  readonly etag: string;
}

export interface RowLists {
  /** The library's newest rows, the cleaned ones of the last call when its index is as it was then. */
  read(library: MemoryLibrary): ReadyList;
}

export function createRowLists(): RowLists {
  const lists = new WeakMap<MemoryLibrary, { readonly revision: string; readonly list: ReadyList }>();
  return {
    read(library) {
      const revision = library.revision();
      const known = lists.get(library);
      if (known?.revision === revision) return known.list;
      const list = makeList(library);
      lists.set(library, { revision, list });
      return list;
    },
  };
}

function makeList(library: MemoryLibrary): ReadyList {
  const rows = library.recent({}, MAX_LISTED_ROWS + 1);
  const list: RowList = { more: rows.length > MAX_LISTED_ROWS, rows: rows.slice(0, MAX_LISTED_ROWS).map(listedRow) };
  const body = JSON.stringify(list);
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}

function listedRow(row: MemoryRow): ListedRow {
  const { id, kind, type, title, created, branch, files, tags, supersededBy } = shownRow({
    ...row,
    files: row.files.slice(0, MAX_FILES),
    tags: row.tags.slice(0, MAX_TAGS),
  });
  return {
    id,
    kind,
    ...(type === undefined ? {} : { type }),
    title: cutText(title, MAX_TITLE),
    created,
    ...(branch === undefined ? {} : { branch }),
    files,
    tags,
    ...(supersededBy === undefined ? {} : { supersededBy }),
  };
}
