// Writes vectors: what is missing, what came, what is gone, what may be forgotten. One process writes, the worker.

import { createHash } from 'node:crypto';
import type { Clock } from '../../model/ports.ts';
import { quantize } from './quantize.ts';
import { connect, modelKey } from './vector-connection.ts';
import type { ModelName, VectorConnection } from './vector-connection.ts';
import { isBrokenVectorFile, moveVectorFileAside } from './vector-file.ts';
import { pruneVectors, purgeVectors, writeSnapshot } from './vector-upkeep.ts';

/** A memory as the index knows it: equal fingerprints say the same. */
export interface MemoryFingerprint {
  readonly id: string;
  readonly fingerprint: string;
}

/** A memory with the texts of its chunks, and the vectors of those that had none yet. */
export interface EmbeddedMemory extends MemoryFingerprint {
  readonly chunks: readonly string[];
}

export interface VectorStore {
  /** Ids of memories whose vectors are missing or belong to other words, in the order given; those that are gone are taken out. */
  plan(model: ModelName, memories: readonly MemoryFingerprint[]): readonly string[];
  /** Which of the texts have no vector yet, each once. */
  missing(model: ModelName, texts: readonly string[]): readonly string[];
  /** Keeps new vectors and what the memories consist of, in one transaction. */
  put(model: ModelName, memories: readonly EmbeddedMemory[], vectors: ReadonlyMap<string, Float32Array>): void;
  /** Writes all vectors in one piece, when so much has changed that a reader would be slow without. */
  snapshot(model: ModelName): void;
  /** Forgets vectors that nothing has used for a month, those of models that were left so long ago, and what is too much. */
  prune(model: ModelName): { readonly removed: number };
  /** Takes the vectors of memories out, for good. */
  purge(memories: readonly string[]): void;
  close(): void;
}

/** Opens nothing yet. A file that turns out broken is made anew: every vector can be computed again. */
export function openVectorStore(file: string, clock: Clock): VectorStore {
  let connection: VectorConnection | undefined;
  const use = <T>(work: (connection: VectorConnection) => T): T => {
    try {
      connection ??= connect(file, clock);
      return work(connection);
    } catch (error) {
      if (!isBrokenVectorFile(error)) throw error;
      connection?.database.close();
      moveVectorFileAside(file);
      connection = connect(file, clock);
      return work(connection);
    }
  };
  return {
    plan: (model, memories) => use((open) => planMissing(open, model, memories)),
    missing: (model, texts) => use((open) => findMissing(open, model, texts)),
    put: (model, memories, vectors) => use((open) => putMemories(open, model, memories, vectors)),
    snapshot: (model) => use((open) => writeSnapshot(open, model)),
    prune: (model) => use((open) => pruneVectors(open, model)),
    purge: (memories) => use((open) => purgeVectors(open, memories)),
    close() {
      connection?.database.close();
      connection = undefined;
    },
  };
}

/** The first 16 bytes of the SHA-256 of a text. */
export function hashText(text: string): Buffer {
  return createHash('sha256').update(text).digest().subarray(0, 16);
}

function planMissing(
  open: VectorConnection,
  model: ModelName,
  memories: readonly MemoryFingerprint[],
): readonly string[] {
  return open.transaction(() => {
    const key = modelKey(open, model);
    const known = new Map(
      open
        .sql('SELECT memory, fingerprint FROM memories WHERE model = ? AND length(chunks) > 0')
        .all(key)
        .map((row) => [String(row['memory']), String(row['fingerprint'])]),
    );
    const missing: string[] = [];
    for (const { id, fingerprint } of memories) {
      if (known.get(id) !== fingerprint) missing.push(id);
      known.delete(id);
    }
    for (const id of known.keys()) putRow(open, key, { id, fingerprint: '' }, []);
    return missing;
  });
}

function findMissing(open: VectorConnection, model: ModelName, texts: readonly string[]): readonly string[] {
  const key = modelKey(open, model);
  return [...new Set(texts)].filter((text) => findVector(open, key, hashText(text)) === undefined);
}

function putMemories(
  open: VectorConnection,
  model: ModelName,
  memories: readonly EmbeddedMemory[],
  vectors: ReadonlyMap<string, Float32Array>,
): void {
  open.transaction(() => {
    const key = modelKey(open, model);
    for (const [text, vector] of vectors)
      open
        .sql('INSERT OR IGNORE INTO vectors (model, hash, vector) VALUES (?, ?, ?)')
        .run(key, hashText(text), new Uint8Array(quantize(vector).buffer));
    for (const memory of memories) {
      const chunks = memory.chunks.map((text) => findVector(open, key, hashText(text)));
      // A text without its vector (pruned meanwhile by nobody we know) leaves the memory missing: the next plan finds it.
      if (chunks.every((chunk) => chunk !== undefined)) putRow(open, key, memory, chunks);
    }
  });
}

function findVector(open: VectorConnection, model: number, hash: Buffer): number | undefined {
  const row = open.sql('SELECT key FROM vectors WHERE model = ? AND hash = ?').get(model, hash);
  return row === undefined ? undefined : Number(row['key']);
}

function putRow(open: VectorConnection, model: number, memory: MemoryFingerprint, chunks: readonly number[]): void {
  open.sql(`UPDATE meta SET value = value + 1 WHERE key = 'seq'`).run();
  open
    .sql(
      `INSERT OR REPLACE INTO memories (model, memory, fingerprint, seq, chunks)
       VALUES (?, ?, ?, (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'seq'), ?)`,
    )
    .run(model, memory.id, memory.fingerprint, new Uint8Array(Uint32Array.from(chunks).buffer));
}
