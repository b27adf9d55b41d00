// A pack of new objects as bytes, for `git unpack-objects`: one command takes in what would be five. Pure.

import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { NewObject } from './tree.ts';

const TYPE_NUMBERS = { commit: 1, tree: 2, blob: 3 } as const;
const VERSION = 2;

/** The format is gitformat-pack(5): a header, each object deflated behind its type and size, and a digest of all of it. */
export function packOf(objects: readonly NewObject[]): Buffer {
  const header = Buffer.alloc(12);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(VERSION, 4);
  header.writeUInt32BE(objects.length, 8);
  const body = Buffer.concat([
    header,
    ...objects.flatMap(({ type, bytes }) => [typeAndSize(TYPE_NUMBERS[type], bytes.length), deflateSync(bytes)]),
  ]);
  const digest = createHash(objects[0]?.oid.length === 64 ? 'sha256' : 'sha1')
    .update(body)
    .digest();
  return Buffer.concat([body, digest]);
}

/** Three bits of type and four of size, then seven bits of size a byte, the lowest first; a set top bit says that more follow. */
function typeAndSize(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  let byte = (type << 4) | (size & 15);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
    rest = Math.floor(rest / 128);
  }
  bytes.push(byte);
  return Buffer.from(bytes);
}
