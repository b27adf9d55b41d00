// The proof that a server on our port is ours: it knows the token, and nobody passes its answer on from another port.

import { hmacSha256Hex } from './digest.ts';
import { drawBytes } from './random.ts';

const NONCE = /^(?:(\d{1,5})-)?[0-9a-f]{32,128}$/;

/** A nonce that only the server on this port answers; `random` has at least 16 bytes. */
export function proofNonce(port: number, random: Uint8Array = drawBytes(16)): string {
  return `${port}-${Buffer.from(random).toString('hex')}`;
}

/** HMAC-SHA-256 of the nonce under the token, in hex. */
export function proofOf(token: string, nonce: string): string {
  return hmacSha256Hex(Buffer.from(token), Buffer.from(nonce));
}

/** Whether a server on `port` may answer the nonce: it is well formed and not meant for another port. */
export function isNonceFor(port: number, nonce: string): boolean {
  const match = NONCE.exec(nonce);
  return match !== null && (match[1] === undefined || match[1] === String(port));
}
