// Asks the running viewer for an address that logs a browser in: first its proof, then a one-time code.

import { MemvaultError } from '../model/errors.ts';
import { askLocal, isSameSecret } from '../system/local-request.ts';
import { proofNonce, proofOf } from '../system/worker-proof.ts';

const TIMEOUT_MS = 5_000;

/**
 * The page's address with a code that works once, for a minute. The token leaves this process only after the server has
 * proved that it knows it already. Throws `denied` when it does not, `unavailable` when nobody answers.
 */
export async function requestLogin(viewer: { readonly port: number; readonly token: string }): Promise<string> {
  const { port, token } = viewer;
  const nonce = proofNonce(port);
  const proof = fieldOf(await ask(port, `/api/proof?nonce=${nonce}`), 'proof');
  if (!isSameSecret(proof, proofOf(token, nonce)))
    throw new MemvaultError('denied', `the server on 127.0.0.1:${port} is not memvault's viewer`, {
      hint: 'Run `memvault worker stop`, then `memvault open`: the viewer takes another port.',
    });
  const code = fieldOf(await ask(port, '/api/login-codes', token), 'code');
  return `http://127.0.0.1:${port}/#code=${code}`;
}

async function ask(port: number, path: string, token?: string): Promise<unknown> {
  try {
    const body = token === undefined ? undefined : '{}';
    return await askLocal({ port, path, token, body, limitMs: TIMEOUT_MS });
  } catch (cause) {
    throw new MemvaultError('unavailable', `the viewer on 127.0.0.1:${port} did not answer as expected`, {
      hint: 'Run `memvault worker status`.',
      cause,
    });
  }
}

function fieldOf(answer: unknown, name: string): string {
  const value: unknown =
    typeof answer === 'object' && answer !== null
      ? Object.entries(answer).find(([key]) => key === name)?.[1]
      : undefined;
  if (typeof value === 'string') return value;
  throw new MemvaultError('unavailable', `the viewer's answer has no "${name}"`);
}
