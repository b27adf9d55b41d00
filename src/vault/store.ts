// Reads the files of a vault, or of an outbox, which has the same folders: finds them, reads one. Follows no link, trusts no name.

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync } from 'node:fs';
import type { BigIntStats, Dirent } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { MemvaultError } from '../model/errors.ts';
import { cleanLine } from '../system/clean-text.ts';
import { MAX_MEMORY_BYTES } from './memory-file.ts';

/** The folders of a vault that hold memories. */
const MEMORY_FOLDERS = ['memories', 'sessions'] as const;
const MAX_FOLDER_DEPTH = 16;
/** Controls steer terminals; a backslash is a character of a name here and a separator elsewhere. */
const FORBIDDEN = /[\u0000-\u001f\u007f\\]/;

/** A file as the file system knows it: enough to tell whether it changed since the last look. */
export interface VaultFile {
  /** Relative to the vault (`.claude-mem`), with `/`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Time of the last change, in nanoseconds since the epoch. */
  readonly mtimeNs: bigint;
  readonly inode: bigint;
}

export type VaultRead =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly file: VaultFile }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/**
 * Every `*.md` below `memories/` and `sessions/` of the folder `root` (a `.claude-mem`, or an outbox), sorted by path; none
 * when the folder is not there. Links, devices, pipes and folders called `*.md` go to `report`. Throws `denied` when `root`
 * itself is a link.
 */
export function listVaultFiles(root: string, report: (diagnostic: Diagnostic) => void = () => {}): VaultFile[] {
  const files: VaultFile[] = [];
  if (!isOwnFolder(root)) return files;
  for (const folder of MEMORY_FOLDERS) {
    const stats = lstatSync(join(root, folder), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isDirectory()) listFolder({ root, files, report }, folder, 1);
    else report(notAFile(folder, stats.isSymbolicLink() ? 'a link' : 'no folder'));
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/**
 * The bytes of one file; what is no regular file, too large, or reached through a link is a diagnostic, and so is a file that
 * is gone. Throws `denied` for a path that leaves the vault. `checked` remembers the folders that were looked at, for callers
 * that read many files in one go.
 */
export function readVaultFile(root: string, path: string, checked: Set<string> = new Set()): VaultRead {
  checkPath(path);
  const link = findLink(root, path, checked);
  if (link !== undefined) return { ok: false, diagnostic: link };
  let descriptor: number;
  try {
    // Without NONBLOCK a named pipe would hold us for ever; NOFOLLOW refuses a link as the last segment.
    descriptor = openSync(join(root, path), constants.O_RDONLY | NO_FOLLOW | NON_BLOCK);
  } catch (error) {
    return { ok: false, diagnostic: openFault(path, error) };
  }
  try {
    return readOpenFile(descriptor, path);
  } finally {
    closeSync(descriptor);
  }
}

/** Throws `denied` unless the path is relative, with `/`, below one of the memory folders, and stays there. */
export function checkPath(path: string): void {
  const segments = path.split('/');
  const isInside =
    segments.length > 1 &&
    MEMORY_FOLDERS.some((folder) => folder === segments[0]) &&
    segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..') &&
    !FORBIDDEN.test(path);
  if (!isInside)
    throw new MemvaultError('denied', `${JSON.stringify(path.slice(0, 200))} is not a path inside the vault`);
}

interface Listing {
  readonly root: string;
  readonly files: VaultFile[];
  readonly report: (diagnostic: Diagnostic) => void;
}

function listFolder(listing: Listing, folder: string, depth: number): void {
  const { root, files, report } = listing;
  for (const entry of readEntries(join(root, folder), folder, report)) {
    const path = `${folder}/${entry.name}`;
    const isMarkdown = entry.name.endsWith('.md') && !entry.name.startsWith('.');
    if (entry.isFile()) {
      if (!isMarkdown) continue;
      const stats = lstatSync(join(root, path), { bigint: true, throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (!stats.isFile()) report(notAFile(path, 'no regular file'));
      else if (FORBIDDEN.test(entry.name)) report(badName(path));
      else files.push(fileOf(path, stats));
    } else if (entry.isDirectory() && !isMarkdown) {
      if (entry.name.startsWith('.')) continue;
      if (depth < MAX_FOLDER_DEPTH) listFolder(listing, path, depth + 1);
      else report(notAFile(path, `more than ${MAX_FOLDER_DEPTH} folders deep`));
    } else if (entry.isSymbolicLink()) report(notAFile(path, 'a link: memvault follows none'));
    else if (isMarkdown) report(notAFile(path, entry.isDirectory() ? 'a folder' : 'no regular file'));
  }
}

function readEntries(folder: string, path: string, report: Listing['report']): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    report(openFault(path, error));
    return [];
  }
}

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;
const NON_BLOCK = constants.O_NONBLOCK ?? 0;

function isOwnFolder(root: string): boolean {
  const stats = lstatSync(root, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  if (!stats.isDirectory())
    throw new MemvaultError('denied', `${root} is ${stats.isSymbolicLink() ? 'a link' : 'no folder'}: not opened`);
  return true;
}

/** The first folder on the way that is a link or no folder. */
function findLink(root: string, path: string, checked: Set<string>): Diagnostic | undefined {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const folder = path.slice(0, end);
    if (checked.has(folder)) continue;
    const stats = lstatSync(join(root, folder), { throwIfNoEntry: false });
    if (stats === undefined) return gone(path);
    if (!stats.isDirectory()) return notAFile(path, `behind ${folder}, which is no folder of the vault`);
    checked.add(folder);
  }
  return undefined;
}

function readOpenFile(descriptor: number, path: string): VaultRead {
  const stats = fstatSync(descriptor, { bigint: true });
  if (!stats.isFile()) return { ok: false, diagnostic: notAFile(path, 'no regular file') };
  if (stats.size > MAX_MEMORY_BYTES) return { ok: false, diagnostic: tooLarge(path, stats.size) };
  // One byte more than expected shows a file that grew since fstat.
  const bytes = Buffer.allocUnsafe(Number(stats.size) + 1);
  let length = 0;
  for (let count = -1; count !== 0 && length < bytes.length; length += count)
    count = readSync(descriptor, bytes, length, bytes.length - length, null);
  if (length > MAX_MEMORY_BYTES) return { ok: false, diagnostic: tooLarge(path, BigInt(length)) };
  return { ok: true, bytes: bytes.subarray(0, length), file: fileOf(path, stats) };
}

function fileOf(path: string, stats: BigIntStats): VaultFile {
  return { path, size: Number(stats.size), mtimeNs: stats.mtimeNs, inode: stats.ino };
}

function notAFile(path: string, what: string): Diagnostic {
  return {
    path,
    rule: 'not-a-file',
    severity: 'error',
    message: `${what}; expected a regular Markdown file`,
    mend: 'Remove it, or put a real file in its place.',
  };
}

function badName(path: string): Diagnostic {
  return {
    path: cleanLine(path),
    rule: 'name-unsafe',
    severity: 'error',
    message: 'a control character or a backslash in the name',
    mend: 'Rename the file.',
  };
}

function tooLarge(path: string, size: bigint): Diagnostic {
  const message = `${size / 1024n} KiB: a memory has at most ${MAX_MEMORY_BYTES / 1024} KiB`;
  return { path, rule: 'file-too-large', severity: 'error', message, mend: 'Split it into several memories.' };
}

function gone(path: string): Diagnostic {
  return { path, rule: 'file-missing', severity: 'error', message: 'the file is not there (any more)' };
}

function openFault(path: string, error: unknown): Diagnostic {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (code === 'ENOENT') return gone(path);
  if (code === 'ELOOP') return notAFile(path, 'a link: memvault follows none');
  if (code === 'ENXIO' || code === 'ENOTDIR') return notAFile(path, 'no regular file');
  return { path, rule: 'file-unreadable', severity: 'error', message: `cannot be read (${code})` };
}
