// Writes a file whole or not at all: private temporary name beside it, fsync, rename, fsync of the folder.

import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { loadCrypto } from './builtin.ts';

export interface AtomicWriteOptions {
  /** Mode of the new file; 0600 when left out. */
  readonly mode?: number;
  /** Mode of folders that are made on the way; 0700 when left out. */
  readonly folderMode?: number;
}

/** Replaces the file's content in one step; a reader sees the old or the new bytes, a crash leaves one of them. */
export function writeFileAtomic(file: string, content: string | Uint8Array, options: AtomicWriteOptions = {}): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: options.folderMode ?? 0o700 });
  const temporary = join(
    folder,
    `.${basename(file)}.${process.pid}.${loadCrypto().randomBytes(6).toString('hex')}.tmp`,
  );
  const descriptor = openSync(temporary, 'wx', options.mode ?? 0o600);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
    fsyncSync(descriptor);
  } catch (error) {
    closeSync(descriptor);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(descriptor);
  try {
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Some systems cannot open or sync a folder; the rename itself has happened.
  }
}
