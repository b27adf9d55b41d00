// The name of the fence around injected memories: the same for one session, and nothing that a memory's author can know.

import { loadCrypto } from '../system/builtin.ts';

/** 24 hex characters out of a secret of this clone and the session's id. */
export function fenceNonce(secret: string, sessionId: string): string {
  return loadCrypto().createHash('sha256').update(`${secret}\0${sessionId}`).digest('hex').slice(0, 24);
}
