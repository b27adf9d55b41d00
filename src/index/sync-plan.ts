// Compares the files that are there with the files that the index knows. Pure.

import type { MemoryPlace } from '../model/search.ts';
import type { FoundFile } from './file-source.ts';

export interface PlacedFile extends FoundFile {
  readonly place: MemoryPlace;
}

export interface SyncPlan {
  /** To be read: new files. */
  readonly added: readonly PlacedFile[];
  /** To be read: size, time or inode differ. */
  readonly changed: readonly PlacedFile[];
  /** Known to the index and gone. */
  readonly removed: readonly { readonly place: MemoryPlace; readonly path: string }[];
  readonly unchanged: number;
}

/** What must be done so that an index that knows `known` knows `found`. Sorted by place and path; a file counts once. */
export function planSync(known: readonly PlacedFile[], found: readonly PlacedFile[]): SyncPlan {
  const before = new Map(known.map((file) => [fileKey(file), file]));
  const after = new Map(found.map((file) => [fileKey(file), file]));
  const added: PlacedFile[] = [];
  const changed: PlacedFile[] = [];
  let unchanged = 0;
  for (const [key, file] of after) {
    const old = before.get(key);
    if (old === undefined) added.push(file);
    else if (isSameStat(old, file)) unchanged++;
    else changed.push(file);
  }
  const removed = [...before].filter(([key]) => !after.has(key)).map(([, { place, path }]) => ({ place, path }));
  return { added: added.sort(byPlace), changed: changed.sort(byPlace), removed: removed.sort(byPlace), unchanged };
}

/** A text that names the file among those of all places. */
export function fileKey(file: { readonly place: MemoryPlace; readonly path: string }): string {
  return `${file.place}\0${file.path}`;
}

function isSameStat(a: FoundFile, b: FoundFile): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && String(a.inode) === String(b.inode);
}

function byPlace(a: Pick<PlacedFile, 'place' | 'path'>, b: Pick<PlacedFile, 'place' | 'path'>): number {
  return compareText(a.place, b.place) || compareText(a.path, b.path);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
