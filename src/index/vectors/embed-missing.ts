// Gives vectors to the memories that have none: a little at a time, newest first, nothing twice.

import type { Embedder } from '../../model/embedder.ts';
import type { MemoryText } from '../memory-texts.ts';
import { chunksOf } from './chunks.ts';
import type { EmbeddedMemory, MemoryFingerprint, VectorStore } from './vector-store.ts';

/** Where the memories come from. */
export interface MemoryTexts {
  fingerprints(): readonly MemoryFingerprint[];
  texts(ids: readonly string[]): readonly MemoryText[];
}

export interface EmbeddingReport {
  /** Memories that had no vectors when the pass began. */
  readonly missing: number;
  readonly done: number;
}

export interface EmbedOptions {
  readonly memories: MemoryTexts;
  readonly store: VectorStore;
  readonly embedder: Embedder;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Hears how far it is each time something was written. */
  readonly onProgress?: (report: EmbeddingReport) => void;
  /** Ends the pass after what is being written; the next one goes on. */
  readonly signal?: AbortSignal;
}

/** What was computed is written at least so often: a kill loses no more. */
const WRITE_MS = 500;
const WRITE_MEMORIES = 64;
/** Texts are read from the index in pieces, so that a large vault is never in memory as a whole. */
const READ_MEMORIES = 64;

/** One pass over a vault. A memory that changes meanwhile is found by the next one. */
export async function embedMissing(options: EmbedOptions): Promise<EmbeddingReport> {
  const { memories, store, embedder, now, signal } = options;
  const missing = store.plan(embedder, memories.fingerprints());
  let done = 0;
  let ready: EmbeddedMemory[] = [];
  let vectors = new Map<string, Float32Array>();
  let written = now();
  const write = (): void => {
    if (ready.length > 0) store.put(embedder, ready, vectors);
    done += ready.length;
    ready = [];
    vectors = new Map();
    written = now();
    options.onProgress?.({ missing: missing.length, done });
  };
  for (let at = 0; at < missing.length; at += READ_MEMORIES) {
    for (const { id, fingerprint, title, body } of memories.texts(missing.slice(at, at + READ_MEMORIES))) {
      if (signal?.aborted === true) break;
      const chunks = chunksOf({ title, body });
      const texts = store.missing(embedder, chunks).filter((text) => !vectors.has(text));
      const made = await embedder.embed(texts, 'document');
      for (const [place, text] of texts.entries()) {
        const vector = made[place];
        if (vector !== undefined) vectors.set(text, vector);
      }
      ready.push({ id, fingerprint, chunks });
      if (ready.length >= WRITE_MEMORIES || now() - written >= WRITE_MS) {
        write();
        await turn();
      }
    }
    if (signal?.aborted === true) break;
  }
  write();
  return { missing: missing.length, done };
}

/** Lets others have their turn: a static table computes without ever waiting. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
