// Asks the running worker, after it has proved that it is the one that wrote the worker's file.

import { askLocal, isSameSecret } from './local-request.ts';
import { proofNonce, proofOf } from './worker-proof.ts';

export interface WorkerRequest {
  readonly path: string;
  /** JSON; it is posted. */
  readonly body: string;
  /** How long to wait in all, and for the proof when that is less, in milliseconds. */
  readonly limitMs: number;
  readonly proofMs?: number;
  readonly maxBytes?: number;
}

/**
 * The answer's JSON; undefined when the server cannot prove that it knows the token. Neither the token nor the body leaves this
 * process before. Each time: a stranger may take the port of a worker that died a moment ago. Rejects as `askLocal` does.
 */
export async function askProven(
  { port, token }: { readonly port: number; readonly token: string },
  { path, body, limitMs, proofMs = limitMs, maxBytes }: WorkerRequest,
): Promise<unknown> {
  const start = performance.now();
  const nonce = proofNonce(port);
  const reply = await askLocal({ port, path: `/api/proof?nonce=${nonce}`, limitMs: proofMs });
  const { proof } = reply as { proof?: unknown };
  if (typeof proof !== 'string' || !isSameSecret(proof, proofOf(token, nonce))) return undefined;
  const leftMs = Math.max(1, limitMs - (performance.now() - start));
  return askLocal({ port, path, token, body, limitMs: leftMs, maxBytes });
}
