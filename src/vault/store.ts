// Reads the files of a vault, or of an outbox, which has the same folders: finds them, reads one. Follows no link, trusts no name.

import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, readdirSync } from 'node:fs';
import type { Stats } from 'node:fs';
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
  /** When its content or its name last changed, in milliseconds since the epoch; no program can set it. */
  readonly changedMs: number;
  /** One number of size, times and inode: another one where a file changed. A whole number below 2^52. */
  readonly stamp: number;
}

/** What lies in one folder, without the folders below it. */
export interface VaultFolder {
  /** Relative to the vault, with `/`. */
  readonly path: string;
  readonly files: readonly VaultFile[];
  /** Links, devices, pipes and folders called `*.md`, names that are not safe, a folder that cannot be read. */
  readonly faults: readonly Diagnostic[];
  /** The folder itself, from before its names were read. */
  readonly self?: FolderState | undefined;
}

/** A folder as the file system knows it: another stamp when a name in it came, went or was given to another file. */
export interface FolderState {
  readonly stamp: number;
  /** In milliseconds since the epoch. */
  readonly changedMs: number;
}

export type VaultRead =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly file: VaultFile }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

/**
 * Every folder below `memories/` and `sessions/` of the folder `root` (a `.claude-mem`, or an outbox) with its `*.md` files, one
 * folder at a time; none when `root` is not there. Throws `denied` when `root` itself is a link.
 */
export function* walkVault(root: string): Generator<VaultFolder, void, void> {
  if (!isOwnFolder(root)) return;
  for (const folder of MEMORY_FOLDERS) {
    const stats = lstatSync(`${root}/${folder}`, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isDirectory()) yield* walkFolder(root, folder, 1);
    else
      yield {
        path: folder,
        files: [],
        faults: [notAFile(folder, stats.isSymbolicLink() ? 'a link' : 'no folder')],
      };
  }
}

/** The folder as it is; undefined where there is none. */
export function folderState(folder: string): FolderState | undefined {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isDirectory()) return undefined;
  return { stamp: stampOf(stats), changedMs: Math.max(stats.mtimeMs, stats.ctimeMs) };
}

/** The files of `walkVault`, sorted by path; its faults go to `report`. */
export function listVaultFiles(root: string, report: (diagnostic: Diagnostic) => void = () => {}): VaultFile[] {
  const files: VaultFile[] = [];
  for (const folder of walkVault(root)) {
    for (const file of folder.files) files.push(file);
    for (const fault of folder.faults) report(fault);
  }
  return files.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The file at a path as `walkVault` would give it; `absent`: nothing that it would speak of; `other`: a folder or a fault. */
export function findVaultFile(root: string, path: string): VaultFile | 'absent' | 'other' {
  if (!isInside(path)) return FORBIDDEN.test(path) ? 'other' : 'absent';
  if (path.split('/').some(isHidden)) return 'absent';
  if (findLink(root, path, new Set())?.rule === 'not-a-file') return 'other';
  const stats = lstatSync(`${root}/${path}`, { throwIfNoEntry: false });
  if (stats === undefined) return 'absent';
  if (!stats.isFile()) return 'other';
  return isMarkdown(path) ? fileOf(path, stats) : 'absent';
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
    descriptor = openSync(`${root}/${path}`, constants.O_RDONLY | NO_FOLLOW | NON_BLOCK);
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
  if (!isInside(path))
    throw new MemvaultError('denied', `${JSON.stringify(path.slice(0, 200))} is not a path inside the vault`);
}

function isInside(path: string): boolean {
  const segments = path.split('/');
  return (
    segments.length > 1 &&
    MEMORY_FOLDERS.some((folder) => folder === segments[0]) &&
    segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..') &&
    !FORBIDDEN.test(path)
  );
}

function* walkFolder(root: string, path: string, depth: number): Generator<VaultFolder, void, void> {
  const files: VaultFile[] = [];
  const faults: Diagnostic[] = [];
  const below: string[] = [];
  const self = folderState(`${root}/${path}`);
  for (const name of readNames(`${root}/${path}`, path, faults)) {
    if (isHidden(name)) continue;
    const inner = `${path}/${name}`;
    const stats = lstatSync(`${root}/${inner}`, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (stats.isFile()) {
      if (!isMarkdown(name)) continue;
      if (FORBIDDEN.test(name)) faults.push(badName(inner));
      else files.push(fileOf(inner, stats));
    } else if (stats.isSymbolicLink()) faults.push(notAFile(inner, 'a link: memvault follows none'));
    else if (isMarkdown(name)) faults.push(notAFile(inner, stats.isDirectory() ? 'a folder' : 'no regular file'));
    else if (stats.isDirectory()) {
      if (FORBIDDEN.test(name)) faults.push(badName(inner));
      else if (depth < MAX_FOLDER_DEPTH) below.push(inner);
      else faults.push(notAFile(inner, `more than ${MAX_FOLDER_DEPTH} folders deep`));
    }
  }
  yield { path, files, faults, self };
  for (const folder of below) yield* walkFolder(root, folder, depth + 1);
}

/** Such files and folders belong to other programs. */
function isHidden(name: string): boolean {
  return name.startsWith('.');
}

function isMarkdown(name: string): boolean {
  return name.endsWith('.md');
}

function readNames(folder: string, path: string, faults: Diagnostic[]): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    faults.push(openFault(path, error));
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
    const stats = lstatSync(`${root}/${folder}`, { throwIfNoEntry: false });
    if (stats === undefined) return gone(path);
    if (!stats.isDirectory()) return notAFile(path, `behind ${folder}, which is no folder of the vault`);
    checked.add(folder);
  }
  return undefined;
}

function readOpenFile(descriptor: number, path: string): VaultRead {
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) return { ok: false, diagnostic: notAFile(path, 'no regular file') };
  if (stats.size > MAX_MEMORY_BYTES) return { ok: false, diagnostic: tooLarge(path, stats.size) };
  // One byte more than expected shows a file that grew since fstat; fewer bytes than asked for are the end of a regular file.
  const bytes = Buffer.allocUnsafe(stats.size + 1);
  let length = 0;
  for (let count = -1; count !== 0 && length < bytes.length; length += count)
    count = readSync(descriptor, bytes, length, bytes.length - length, null);
  if (length > MAX_MEMORY_BYTES) return { ok: false, diagnostic: tooLarge(path, length) };
  return { ok: true, bytes: bytes.subarray(0, length), file: fileOf(path, stats) };
}

function fileOf(path: string, stats: Stats): VaultFile {
  return { path, size: stats.size, changedMs: Math.max(stats.mtimeMs, stats.ctimeMs), stamp: stampOf(stats) };
}

/**
 * The time of change of the inode is among them: it tells of an edit that set the file's own time back. In straight lines: a
 * short command runs this ten thousand times before it is compiled.
 */
function stampOf({ size, mtimeMs, ctimeMs, ino }: Stats): number {
  // A time in 4096ths of a millisecond is a whole number, and as fine as a double can tell.
  const written = mtimeMs * 4096;
  const changed = ctimeMs * 4096;
  let low = Math.imul(size ^ ino, 0x2c1b_3c6d);
  low = Math.imul(low ^ (low >>> 15) ^ written, 0x297a_2d39);
  low = Math.imul(low ^ (low >>> 13) ^ changed, 0x45d9_f3b);
  let high = Math.imul(Math.floor(written / 0x1_0000_0000) ^ (low >>> 16), 0x119d_e1f3);
  high = Math.imul(high ^ (high >>> 14) ^ Math.floor(changed / 0x1_0000_0000) ^ ino, 0x3449_5cbd);
  high = Math.imul(high ^ (high >>> 15) ^ size, 0x2c1b_3c6d);
  return ((high ^ (high >>> 12)) & 0xf_ffff) * 0x1_0000_0000 + ((low ^ (low >>> 16)) >>> 0);
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
    mend: 'Rename it.',
  };
}

function tooLarge(path: string, size: number): Diagnostic {
  const message = `${Math.floor(size / 1024)} KiB: a memory has at most ${MAX_MEMORY_BYTES / 1024} KiB`;
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
