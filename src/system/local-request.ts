// Asks a server of ours on this machine, and reads its JSON: by a plain socket, since loading node:http costs a process 50 ms of CPU.

import { loadNet } from './builtin.ts';

export interface LocalRequest {
  readonly port: number;
  readonly path: string;
  /** How long to wait in all, in milliseconds. */
  readonly limitMs: number;
  readonly token?: string | undefined;
  /** A body of JSON: it is posted. */
  readonly body?: string | undefined;
  /** How long the answer may be, head and body; 64 KB when left out. */
  readonly maxBytes?: number | undefined;
}

const MAX_REPLY_BYTES = 64 * 1024;

/** The answer's JSON. Rejects for no answer in time, another status than 200, an answer that is too long and one that is no JSON. */
export function askLocal(request: LocalRequest): Promise<unknown> {
  const { port, limitMs, maxBytes = MAX_REPLY_BYTES } = request;
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const socket = loadNet().connect({ port, host: '127.0.0.1' });
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const fail = (error: Error): void => end(() => reject(error));
    const timer = setTimeout(() => fail(new Error(`no answer in ${limitMs} ms`)), limitMs);
    // Not ended: Node's server takes that for a client that went away.
    socket.on('connect', () => socket.write(requestText(request)));
    socket.on('data', (part) => {
      parts.push(part);
      length += part.length;
      if (length > maxBytes) fail(new Error('the answer is too long'));
    });
    socket.on('error', fail);
    socket.on('close', () => {
      try {
        const reply: unknown = JSON.parse(readReply(Buffer.concat(parts)));
        end(() => resolve(reply));
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/** In HTTP/1.0 an answer comes in one piece, and the server closes the connection after it. */
function requestText({ port, path, token, body }: LocalRequest): string {
  const lines = [`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.0`, `Host: 127.0.0.1:${port}`];
  if (token !== undefined) lines.push(`Authorization: Bearer ${token}`);
  if (body !== undefined) lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}

/** The body of an answer with the status 200; throws for any other, and for one that was cut off. */
function readReply(bytes: Buffer): string {
  const end = bytes.indexOf('\r\n\r\n');
  const head = bytes.toString('latin1', 0, Math.max(0, end));
  const status = /^HTTP\/1\.[01] (\d{3})(?: |\r\n|$)/.exec(head)?.[1];
  if (status !== '200') throw new Error(status === undefined ? 'no answer of HTTP' : `status ${status}`);
  if (/^transfer-encoding:/im.test(head)) throw new Error('the answer comes in chunks, which were not asked for');
  const body = bytes.subarray(end + 4);
  const announced = /^content-length: *(\d+) *$/im.exec(head)?.[1];
  if (announced !== undefined && Number(announced) !== body.length) throw new Error('the answer was cut off');
  return body.toString('utf8');
}

/** Whether a secret is the expected one; takes the same time wherever they differ. */
export function isSameSecret(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  let difference = left.length ^ right.length;
  for (let at = 0; at < right.length; at++) difference |= (left[at] ?? 0) ^ (right[at] ?? 0);
  return difference === 0;
}
