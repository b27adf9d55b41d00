// The name of the fence around injected memories: the same for one session, and nothing that a memory's author can know.

import { sha256Hex } from '../system/digest.ts';

/** 24 hex characters out of a secret of this clone and the session's id. */
export function fenceNonce(secret: string, sessionId: string): string {
  return sha256Hex(Buffer.from(`${secret}\0${sessionId}`)).slice(0, 24);
}
