// SHA-1 of a small file in plain code, by which Git names it: loading node:crypto costs a hook 4 ms, this costs one up to 8 KiB.

import { padMessage } from './sha-padding.ts';

const CONSTANTS = Int32Array.of(0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6);
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

/** 40 hex characters (FIPS 180-4). */
export function sha1Hex(bytes: Uint8Array): string {
  const message = padMessage(bytes);
  const words = new Int32Array(80);
  const state = Int32Array.from(START);
  for (let block = 0; block < message.byteLength; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = message.getInt32(block + i * 4);
    compress(state, words);
  }
  return Array.from(state, (part) => (part >>> 0).toString(16).padStart(8, '0')).join('');
}

function compress(state: Int32Array, words: Int32Array): void {
  for (let i = 16; i < 80; i++) {
    const mixed = at(words, i - 3) ^ at(words, i - 8) ^ at(words, i - 14) ^ at(words, i - 16);
    words[i] = (mixed << 1) | (mixed >>> 31);
  }
  let [a, b, c, d, e] = [at(state, 0), at(state, 1), at(state, 2), at(state, 3), at(state, 4)];
  for (let i = 0; i < 80; i++) {
    let choice = b ^ c ^ d;
    if (i < 20) choice = d ^ (b & (c ^ d));
    else if (i >= 40 && i < 60) choice = (b & c) | (d & (b | c));
    const next = (((a << 5) | (a >>> 27)) + choice + e + at(CONSTANTS, Math.trunc(i / 20)) + at(words, i)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (const [i, part] of [a, b, c, d, e].entries()) state[i] = at(state, i) + part;
}

function at(list: Int32Array, index: number): number {
  return list[index] ?? 0;
}
