// Compares the files that are there with the files that the index knows. Pure.

import type { MemoryPlace } from '../model/search.ts';
import type { FoundFile } from './file-source.ts';

export interface PlacedFile extends FoundFile {
  readonly place: MemoryPlace;
}

/** A file as it was when it was last read. */
export interface KnownFile {
  readonly place: MemoryPlace;
  readonly path: string;
  /** Null when it must be read again, changed or not. */
  readonly stamp: number | null;
}

export interface SyncPlan {
  /** To be read: new files. */
  readonly added: readonly PlacedFile[];
  /** To be read: the stamp differs. */
  readonly changed: readonly PlacedFile[];
  /** Known to the index and gone. */
  readonly removed: readonly KnownFile[];
}

/** What must be done so that an index that knows `known` knows `found`. Sorted by place and path; a file counts once. */
export function planSync(known: readonly KnownFile[], found: readonly PlacedFile[]): SyncPlan {
  const before = new Map(known.map((file) => [fileKey(file), file]));
  const after = new Map(found.map((file) => [fileKey(file), file]));
  const added: PlacedFile[] = [];
  const changed: PlacedFile[] = [];
  for (const [key, file] of after) {
    const old = before.get(key);
    if (old === undefined) added.push(file);
    else if (old.stamp !== file.stamp) changed.push(file);
  }
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, file]) => file);
  return { added: added.sort(byPlace), changed: changed.sort(byPlace), removed: removed.sort(byPlace) };
}

/** A text that names the file among those of all places. */
export function fileKey(file: { readonly place: MemoryPlace; readonly path: string }): string {
  return `${file.place}\0${file.path}`;
}

function byPlace(a: KnownFile, b: KnownFile): number {
  return compareText(a.place, b.place) || compareText(a.path, b.path);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
