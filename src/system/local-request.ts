// Asks a server of ours on this machine, and reads its JSON.

import { request } from 'node:http';
import { timingSafeEqual } from 'node:crypto';

export interface LocalRequest {
  readonly port: number;
  readonly path: string;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly token?: string | undefined;
  /** A body of JSON: it is posted. */
  readonly body?: string | undefined;
}

const MAX_REPLY_BYTES = 64 * 1024;

/** The answer's JSON. Rejects for no answer, another status than 200, an answer over 64 KB and one that is no JSON. */
export function askLocal({ port, path, signal, token, body }: LocalRequest): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(cause instanceof Error ? cause : new Error(String(cause)));
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: body === undefined ? 'GET' : 'POST',
        agent: false,
        signal,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
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
          try {
            if (response.statusCode !== 200) throw new Error(`status ${response.statusCode ?? 0}`);
            resolve(JSON.parse(text));
          } catch (error) {
            fail(error);
          }
        });
      },
    );
    sent.on('error', fail);
    sent.end(body);
  });
}

/** Whether a secret is the expected one; takes the same time wherever they differ. */
export function isSameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
