// Memory files in the work tree: looked at, laid down without ever replacing anything, taken away again.

import {
  closeSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  rmdirSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';

/** `blocked`: a folder on the way is a link or a file, or the place itself is no regular file. */
export type WorkFile = { readonly kind: 'absent' | 'blocked' } | { readonly kind: 'file'; readonly bytes: Buffer };

/** Memories are small; a larger file at a memory's path is somebody else's and is not read. */
const MAX_BYTES = 1024 * 1024;

/** What stands at a path of the work tree; links are not followed. */
export function readWorkFile(root: string, path: string): WorkFile {
  if (!hasTrueFolders(root, path)) return { kind: 'blocked' };
  const file = join(root, path);
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return { kind: 'absent' };
  if (!found.isFile() || found.size > MAX_BYTES) return { kind: 'blocked' };
  return { kind: 'file', bytes: readFileSync(file) };
}

/**
 * Lays a new file down in one step, by a link from `scratch` (a private folder, best on the same disk). Does nothing when
 * the same bytes are there; throws `conflict` when something else is.
 */
export function placeWorkFile(root: string, path: string, bytes: Uint8Array, scratch: string): void {
  if (isThere(root, path, bytes)) return;
  const temporary = join(scratch, `new.${process.pid}`);
  rmSync(temporary, { force: true });
  writeNew(temporary, bytes);
  try {
    layLink(root, { path, bytes, temporary });
  } finally {
    rmSync(temporary, { force: true });
  }
}

export interface PreparedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Holds the bytes, on the disk for good. */
  readonly temporary: string;
}

/** Writes the files into `scratch`, all at once: the disk is waited for once, and not while the user's index is ahead of HEAD. */
export function prepareWorkFiles(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
  scratch: string,
): Promise<readonly PreparedFile[]> {
  return Promise.all(
    files.map(async ({ path, bytes }, i) => {
      const temporary = join(scratch, `new.${process.pid}.${i}`);
      rmSync(temporary, { force: true });
      const handle = await open(temporary, 'wx', 0o644);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return { path, bytes, temporary };
    }),
  );
}

/** Lays prepared files down as `placeWorkFile` does, each in one step. */
export function placePrepared(root: string, files: readonly PreparedFile[]): void {
  for (const file of files) if (!isThere(root, file.path, file.bytes)) layLink(root, file);
}

export function dropPrepared(files: readonly PreparedFile[]): void {
  for (const { temporary } of files) rmSync(temporary, { force: true });
}

/** Removes a file that is exactly ours, or the beginning of it that a crash left, and the folders that are empty then. */
export function removeWorkFile(root: string, path: string, bytes: Uint8Array, vaultFolder: string): void {
  const found = readWorkFile(root, path);
  if (found.kind !== 'file' || !found.bytes.equals(bytes.subarray(0, found.bytes.length))) return;
  rmSync(join(root, path), { force: true });
  for (let folder = dirname(path); folder.startsWith(vaultFolder); folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return;
    }
  }
}

/** Whether the same bytes are there; throws `conflict` when something else is. */
function isThere(root: string, path: string, bytes: Uint8Array): boolean {
  const before = readWorkFile(root, path);
  if (before.kind === 'absent') return false;
  if (before.kind === 'file' && before.bytes.equals(bytes)) return true;
  throw new MemvaultError('conflict', `${path} already exists and is something else; it was left as it is`);
}

function layLink(root: string, { path, bytes, temporary }: PreparedFile): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
  try {
    linkSync(temporary, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new MemvaultError('conflict', `${path} was made by somebody else meanwhile`);
    // Another disk, or one without links: written in place. The journal knows of it should we be killed in the middle.
    writeNew(target, bytes);
  }
}

function hasTrueFolders(root: string, path: string): boolean {
  const parts = path.split('/').slice(0, -1);
  for (let i = 1; i <= parts.length; i++) {
    const found = lstatSync(join(root, ...parts.slice(0, i)), { throwIfNoEntry: false });
    if (found === undefined) return true;
    if (!found.isDirectory()) return false;
  }
  return true;
}

function writeNew(file: string, bytes: Uint8Array): void {
  const descriptor = openSync(file, 'wx', 0o644);
  try {
    for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
