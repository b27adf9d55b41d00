// Tells a search at once whether files have changed since a memory saw them, however often it asks; nothing is asked of Git.

import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileReference } from '../model/memory.ts';
import { blobIds } from '../system/file-blob.ts';
import { isInside } from './code-state.ts';

/**
 * Answers for files below a work tree. A file that is gone has changed; a reference without a blob id says nothing. Files are hashed once
 * and again when their size or time differs; at most `most` are hashed in a second, so that a search is never slow: beyond, nobody can tell.
 */
export function openCodeChanges(
  root: string,
  { now, most = 400 }: { readonly now: () => number; readonly most?: number },
) {
  const known = new Map<string, Known>();
  let second = 0;
  let hashed = 0;
  const read = (path: string): readonly string[] | undefined => {
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) return [];
    if (!stat.isFile() || stat.size > MAX_BYTES) return undefined;
    const before = known.get(path);
    if (before !== undefined && before.size === stat.size && before.mtimeMs === stat.mtimeMs) return before.blobs;
    const present = Math.trunc(now() / 1000);
    if (present !== second) {
      second = present;
      hashed = 0;
    }
    if (++hashed > most) return undefined;
    const blobs = [...blobIds(readFileSync(join(root, path)))];
    known.set(path, { size: stat.size, mtimeMs: stat.mtimeMs, blobs });
    return blobs;
  };
  return {
    hasChanged: (files: readonly FileReference[]): boolean | undefined => {
      let told: boolean | undefined;
      for (const { path, blob } of files.slice(0, MAX_FILES)) {
        if (blob === undefined || !BLOB.test(blob) || !isInside(path)) continue;
        const blobs = tryRead(read, path);
        if (blobs === undefined) continue;
        if (!blobs.some((one) => one.startsWith(blob))) return true;
        told = false;
      }
      return told;
    },
  };
}

interface Known {
  readonly size: number;
  readonly mtimeMs: number;
  readonly blobs: readonly string[];
}

const MAX_BYTES = 1024 * 1024;
const MAX_FILES = 8;
const BLOB = /^[0-9a-f]{7,64}$/;

function tryRead(read: (path: string) => readonly string[] | undefined, path: string): readonly string[] | undefined {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}
