// Asks the running viewer for an address that logs a browser in: first its proof, then a one-time code.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { request } from 'node:http';
import { MemvaultError } from '../model/errors.ts';
import { proofNonce, proofOf } from '../system/worker-proof.ts';

const TIMEOUT_MS = 5_000;
const MAX_REPLY_BYTES = 64 * 1024;

/**
 * The page's address with a code that works once, for a minute. The token leaves this process only after the server has
 * proved that it knows it already. Throws `denied` when it does not, `unavailable` when nobody answers.
 */
export async function requestLogin(viewer: { readonly port: number; readonly token: string }): Promise<string> {
  const { port, token } = viewer;
  const nonce = proofNonce(port, randomBytes(16));
  const proof = fieldOf(await ask(port, 'GET', `/api/proof?nonce=${nonce}`), 'proof');
  if (!isEqual(proof, proofOf(token, nonce)))
    throw new MemvaultError('denied', `the server on 127.0.0.1:${port} is not memvault's viewer`, {
      hint: 'Run `memvault worker stop`, then `memvault open`: the viewer takes another port.',
    });
  const code = fieldOf(await ask(port, 'POST', '/api/login-codes', token), 'code');
  return `http://127.0.0.1:${port}/#code=${code}`;
}

function ask(port: number, method: 'GET' | 'POST', path: string, token?: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(
        new MemvaultError('unavailable', `the viewer on 127.0.0.1:${port} did not answer as expected`, {
          hint: 'Run `memvault worker status`.',
          cause,
        }),
      );
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        agent: false,
        timeout: TIMEOUT_MS,
        headers: {
          ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
          if (text.length > MAX_REPLY_BYTES) sent.destroy(new Error('the answer is too long'));
        });
        response.on('error', fail);
        response.on('end', () => {
          if (response.statusCode !== 200) return fail(new Error(`status ${response.statusCode ?? 0}`));
          try {
            resolve(JSON.parse(text));
          } catch (error) {
            fail(error);
          }
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', fail);
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

function fieldOf(answer: unknown, name: string): string {
  const value: unknown =
    typeof answer === 'object' && answer !== null
      ? Object.entries(answer).find(([key]) => key === name)?.[1]
      : undefined;
  if (typeof value === 'string') return value;
  throw new MemvaultError('unavailable', `the viewer's answer has no "${name}"`);
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
