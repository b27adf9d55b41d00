// Asks the worker for the vector of a question: nobody else loads a model.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { request } from 'node:http';
import type { QueryVector } from '../model/embedder.ts';
import { proofNonce, proofOf } from './worker-proof.ts';
import { readWorkerFile } from './worker-file.ts';

export interface QueryVectorRequest {
  readonly text: string;
  /** Name of the installed model. */
  readonly model: string;
  /** Tells the worker which project searches, so that it embeds its memories. */
  readonly project?: string;
}

/** A search waits no longer for its vector; it goes by words then. */
const LIMIT_MS = 60;
const MAX_REPLY_BYTES = 64 * 1024;
/** What is longer is no question: its beginning will do. */
const MAX_TEXT = 2_000;

/**
 * The vector, or undefined when there is no worker, no model, or no answer in time. Never throws. The worker's token leaves
 * this process only after the server has proved that it knows it.
 */
export async function askQueryVector(
  workerFile: string,
  { text, model, project }: QueryVectorRequest,
  limitMs = LIMIT_MS,
): Promise<QueryVector | undefined> {
  const worker = readWorkerFile(workerFile, Date.now());
  if (worker === undefined || worker.port === 0) return undefined;
  const { port, token } = worker;
  const signal = AbortSignal.timeout(limitMs);
  try {
    if (proven !== `${port} ${token}`) {
      const nonce = proofNonce(port, randomBytes(16));
      const { proof } = (await ask({ port, signal, path: `/api/proof?nonce=${nonce}` })) as { proof?: unknown };
      if (typeof proof !== 'string' || !isEqual(proof, proofOf(token, nonce))) return undefined;
      proven = `${port} ${token}`;
    }
    const body = JSON.stringify({
      text: text.slice(0, MAX_TEXT).toWellFormed(),
      model,
      ...(project === undefined ? {} : { project }),
    });
    return readReply(await ask({ port, signal, path: '/api/query-vector', token, body }));
  } catch {
    // The search goes on by words.
    return undefined;
  }
}

/** The port and token of the worker that has proved itself last. */
let proven = '';

interface Question {
  readonly port: number;
  readonly signal: AbortSignal;
  readonly path: string;
  readonly token?: string;
  readonly body?: string;
}

function ask({ port, signal, path, token, body }: Question): Promise<unknown> {
  return new Promise((resolve, reject) => {
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
        response.on('error', reject);
        response.on('end', () => {
          try {
            if (response.statusCode !== 200) throw new Error(`status ${response.statusCode ?? 0}`);
            resolve(JSON.parse(text));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function readReply(reply: unknown): QueryVector | undefined {
  if (typeof reply !== 'object' || reply === null) return undefined;
  const { model, vector } = reply as { model?: unknown; vector?: unknown };
  return typeof model === 'string' && typeof vector === 'string' ? { model, vector: decodeVector(vector) } : undefined;
}

/** Four little-endian bytes a number, in base64: what goes over the wire. */
export function encodeVector(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

function decodeVector(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  return Float32Array.from({ length: bytes.length >>> 2 }, (_, at) => bytes.readFloatLE(at * 4));
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
