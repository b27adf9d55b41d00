// The Git blob id of a file as it is now: tells later whether the code has moved on since.

import { lstatSync, readFileSync } from 'node:fs';
import { loadCrypto } from './builtin.ts';
import { sha256Hex } from './digest.ts';
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
    return blobId('sha1', readFileSync(file)).slice(0, BLOB_LENGTH);
  } catch {
    return undefined;
  }
}

/**
 * Every id that Git may have given to these bytes: by either of its hash functions, and with the line ends taken back that it may
 * have written into the work tree. The likeliest first; each is reckoned when it is asked for.
 */
export function* blobIds(content: Buffer): Generator<string> {
  for (const algorithm of ['sha1', 'sha256'] as const)
    for (const form of formsOf(content)) yield blobId(algorithm, form);
}

function blobId(algorithm: 'sha1' | 'sha256', content: Buffer): string {
  const header = Buffer.from(`blob ${content.length}\0`);
  if (content.length > SMALL_BYTES)
    return loadCrypto().createHash(algorithm).update(header).update(content).digest('hex');
  const whole = Buffer.concat([header, content]);
  return algorithm === 'sha1' ? sha1Hex(whole) : sha256Hex(whole);
}

function formsOf(content: Buffer): readonly Buffer[] {
  if (!content.includes('\r\n') || content.includes(0)) return [content];
  return [content, Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')];
}
