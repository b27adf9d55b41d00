// Tells by its first 100 bytes whether a file is one of our SQLite databases, so that a foreign one is not even opened.

import { closeSync, lstatSync, openSync, readSync } from 'node:fs';

/** The two numbers that we write into a database: whose it is, and in which version (sqlite.org/fileformat.html, section 1.3). */
export interface DatabaseMark {
  readonly applicationId: number;
  readonly schemaVersion: number;
}

/** Whether there is a regular file that begins as a database with this mark. */
export function hasMark(file: string, { applicationId, schemaVersion }: DatabaseMark): boolean {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  try {
    if (readSync(descriptor, header, 0, 100, 0) < 100) return false;
  } finally {
    closeSync(descriptor);
  }
  return (
    header.toString('latin1', 0, 16) === 'SQLite format 3\0' &&
    header.readUInt32BE(60) === schemaVersion &&
    header.readUInt32BE(68) === applicationId
  );
}
