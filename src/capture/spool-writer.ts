// The writing half of the spool: one file per event, written whole under `tmp/`, then renamed to `new/`. Used by the hook.

import { closeSync, mkdirSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { sep } from 'node:path';
import type { HookEvent } from '../model/hook-event.ts';

/** Puts an event into the spool as `new/<id>.json` (0600 in 0700 folders). Throws when the disk refuses; then nothing is there. */
export function appendEvent(spoolDir: string, event: HookEvent): void {
  const name = `${event.id}.json`;
  // Not `join`, which normalises: the hook pays for it at every event.
  const temporary = spoolDir + sep + 'tmp' + sep + name;
  const bytes = Buffer.from(JSON.stringify(event), 'utf8');
  const descriptor = openPrivate(spoolDir, temporary);
  try {
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset);
    } finally {
      closeSync(descriptor);
    }
    rename(spoolDir, temporary, spoolDir + sep + 'new' + sep + name);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

function openPrivate(spoolDir: string, file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(spoolDir + sep + 'tmp', { recursive: true, mode: 0o700 });
    return openSync(file, 'wx', 0o600);
  }
}

function rename(spoolDir: string, from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!isMissing(error)) throw error;
    mkdirSync(spoolDir + sep + 'new', { recursive: true, mode: 0o700 });
    renameSync(from, to);
  }
}

function removeQuietly(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // Already renamed or never made.
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
