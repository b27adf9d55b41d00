// The Git blob id of a file as it is now: tells later whether the code has moved on since.

import { lstatSync, readFileSync } from 'node:fs';
import { loadCrypto } from './builtin.ts';
import { sha1Hex } from './sha1.ts';

const MAX_BYTES = 512 * 1024;
/** Up to here plain code is done before node:crypto is loaded. */
const SMALL_BYTES = 8 * 1024;
const BLOB_LENGTH = 12;

/** First 12 hex of the blob id; undefined for what is large, no regular file, or not readable. Never throws. */
export function readFileBlob(file: string): string | undefined {
  try {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size >= MAX_BYTES) return undefined;
    const content = readFileSync(file);
    const header = Buffer.from(`blob ${content.length}\0`);
    const oid =
      content.length <= SMALL_BYTES
        ? sha1Hex(Buffer.concat([header, content]))
        : loadCrypto().createHash('sha1').update(header).update(content).digest('hex');
    return oid.slice(0, BLOB_LENGTH);
  } catch {
    return undefined;
  }
}
