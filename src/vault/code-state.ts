// Whether the code that memories speak of is still what the agent saw: by blob ids, reckoned here; Git is asked about the rest only.

import { lstatSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { FileReference } from '../model/memory.ts';
import type { CodeStanding, CodeState } from '../model/standing.ts';
import { isStale } from '../model/standing.ts';
import { blobIds, readFileBlob } from '../system/file-blob.ts';

/** Looks each file up once, however many memories name it. */
export interface CodeReader {
  /** `unknown` for files without a noted blob; of several files the one that differs most counts. */
  stateOf(files: readonly FileReference[]): CodeState;
  /** The blob id of a file as it is; undefined for what is gone, large, no file, or outside of the work tree. */
  blobOf(path: string): string | undefined;
}

/**
 * Reads the files below a work tree as they are. A file that a filter of Git's changes beyond its line ends counts as changed:
 * `settleCode` asks Git.
 */
export function openCodeReader(root: string): CodeReader {
  /** A blob id, `gone` or `unknown`. */
  const blobs = new Map<string, string>();
  /** Every id that Git may have given to a file; reckoned when the likeliest is not the noted one. */
  const ids = new Map<string, readonly string[]>();
  const lookUp = (path: string): string => {
    let blob = blobs.get(path);
    if (blob === undefined) {
      if (!isInside(path)) return 'unknown';
      const file = join(root, path);
      blob = readFileBlob(file) ?? (isThere(file) ? 'unknown' : 'gone');
      blobs.set(path, blob);
    }
    return blob;
  };
  const hasBlob = (path: string, noted: string): boolean => {
    let known = ids.get(path);
    if (known === undefined) ids.set(path, (known = readIds(join(root, path))));
    return known.some((id) => isSameBlob(id, noted));
  };
  const compare = (path: string, noted: string): CodeState => {
    const now = lookUp(path);
    if (now === 'gone' || now === 'unknown') return now;
    return isSameBlob(now, noted) || hasBlob(path, noted) ? 'same' : 'changed';
  };
  return {
    blobOf(path) {
      const blob = lookUp(path);
      return blob === 'gone' || blob === 'unknown' ? undefined : blob;
    },
    stateOf: (files) => worst(files.map(({ path, blob }) => (blob === undefined ? 'unknown' : compare(path, blob)))),
  };
}

export interface GitCode {
  /** Blob ids of files as Git would store them, by path. */
  hash(paths: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** The tracked path of each of these blobs, where there is one. */
  locate(blobs: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

/** Asks Git about files that seem to have changed (a filter may) and about those that are gone (they may have moved). */
export async function settleCode(
  memories: readonly { readonly id: string; readonly files: readonly FileReference[] }[],
  reader: CodeReader,
  git: GitCode,
): Promise<ReadonlyMap<string, CodeStanding>> {
  const first = new Map(memories.map(({ id, files }) => [id, { code: reader.stateOf(files) }]));
  const doubtful = memories.filter(({ id }) => isDoubtful(first.get(id)?.code));
  if (doubtful.length === 0) return first;
  const references = doubtful.flatMap(({ files }) => files).filter(({ blob }) => blob !== undefined);
  const stateOne = (reference: FileReference): CodeState => reader.stateOf([reference]);
  const changed = [...new Set(references.filter((one) => stateOne(one) === 'changed').map(({ path }) => path))];
  const gone = references
    .filter((one) => stateOne(one) === 'gone')
    .flatMap(({ blob }) => (blob === undefined ? [] : [blob]));
  const [hashes, places] = await Promise.all([
    changed.length === 0 ? NONE : git.hash(changed),
    gone.length === 0 ? new Map<string, string>() : git.locate([...new Set(gone)]),
  ]);
  const settle = (reference: FileReference): CodeState => {
    const { path, blob } = reference;
    const state = stateOne(reference);
    if (blob === undefined) return 'unknown';
    if (state === 'changed' && isSameBlob(hashes[path], blob)) return 'same';
    return state === 'gone' && places.has(blob) ? 'moved' : state;
  };
  const standingOf = (files: readonly FileReference[]): CodeStanding => {
    const states = files.map(settle);
    const code = worst(states);
    const staleFile = isStale(code) ? files[states.indexOf(code)]?.path : undefined;
    return { code, ...(staleFile === undefined ? {} : { staleFile }) };
  };
  return new Map([...first, ...doubtful.map(({ id, files }) => [id, standingOf(files)] as const)]);
}

function isDoubtful(code: CodeState | undefined): boolean {
  return code === 'changed' || code === 'gone';
}

const NONE: Readonly<Record<string, string>> = {};
const ORDER: readonly CodeState[] = ['unknown', 'same', 'moved', 'changed', 'gone'];

function worst(states: readonly CodeState[]): CodeState {
  return states.reduce<CodeState>((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'unknown');
}

/** Git may have noted the same content by its other hash function, or with other line ends. */
function readIds(file: string): readonly string[] {
  try {
    return [...blobIds(readFileSync(file))];
  } catch {
    // Gone this very moment: it differs.
    return [];
  }
}

function isSameBlob(one: string | undefined, other: string): boolean {
  const length = Math.min(one?.length ?? 0, other.length);
  return length >= 7 && one?.slice(0, length) === other.slice(0, length);
}

/** A memory is anybody's text: nothing outside the work tree is opened for it. */
export function isInside(path: string): boolean {
  return path !== '' && !isAbsolute(path) && !path.includes('\0') && !path.split(/[\\/]/).includes('..');
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
