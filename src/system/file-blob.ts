// The Git blob id of a file as it is now: tells later whether the code has moved on since.

import { lstatSync, readFileSync } from 'node:fs';
import { loadCrypto } from './builtin.ts';

const MAX_BYTES = 512 * 1024;

/** First 12 hex of the blob id; undefined for what is large, no regular file, or not readable. Never throws. */
export function readFileBlob(file: string): string | undefined {
  try {
    const stat = lstatSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size >= MAX_BYTES) return undefined;
    const content = readFileSync(file);
    return loadCrypto()
      .createHash('sha1')
      .update(`blob ${content.length}\0`)
      .update(content)
      .digest('hex')
      .slice(0, 12);
  } catch {
    return undefined;
  }
}
