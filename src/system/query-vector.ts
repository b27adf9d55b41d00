// Asks the worker for the vector of a question: nobody else loads a model.

import type { QueryVector } from '../model/embedder.ts';
import { askProven } from './proven-worker.ts';
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
  try {
    const body = JSON.stringify({
      text: questionText(text),
      model,
      ...(project === undefined ? {} : { project }),
    });
    return readReply(await askProven(worker, { path: '/api/query-vector', body, limitMs }));
  } catch {
    // The search goes on by words.
    return undefined;
  }
}

/** What a model is given of a question. */
export function questionText(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed();
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
