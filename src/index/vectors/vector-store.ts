// Writes vectors: what is missing, what came, what is gone, what may be forgotten. One process writes, the worker.

import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../../model/ports.ts';
import { quantize } from './quantize.ts';
import { isBrokenVectorFile, moveVectorFileAside, openVectorFile } from './vector-file.ts';

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
  /** Forgets vectors that nothing has used for `KEEP_MS`, those of models that were left so long ago, and what is too much. */
  prune(model: ModelName): { readonly removed: number };
  close(): void;
}

export interface ModelName {
  readonly id: string;
  readonly dimensions: number;
}

/** A switched branch comes back, a model is tried and left again: what it takes to embed is kept for so long. */
const KEEP_MS = 30 * 24 * 3600_000;
/** Unused vectors beyond the used ones and this many are too much, whatever their age. */
const UNUSED_ALLOWANCE = 10_000;

/** So many changed memories, or this share of all, are read row by row before a snapshot is written anew. */
const SNAPSHOT_FROM = 500;
const SNAPSHOT_SHARE = 0.1;

/** Opens nothing yet. A file that turns out broken is made anew: every vector can be computed again. */
export function openVectorStore(file: string, clock: Clock): VectorStore {
  let connection: Connection | undefined;
  const use = <T>(work: (connection: Connection) => T): T => {
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

interface Connection {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  /** Prepared once. */
  sql(text: string): StatementSync;
  transaction<T>(work: () => T): T;
}

function connect(file: string, clock: Clock): Connection {
  const database = openVectorFile(file);
  const statements = new Map<string, StatementSync>();
  return {
    database,
    clock,
    sql(text) {
      let statement = statements.get(text);
      if (statement === undefined) {
        statement = database.prepare(text);
        statements.set(text, statement);
      }
      return statement;
    },
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
  };
}

function planMissing(open: Connection, model: ModelName, memories: readonly MemoryFingerprint[]): readonly string[] {
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

function findMissing(open: Connection, model: ModelName, texts: readonly string[]): readonly string[] {
  const key = modelKey(open, model);
  return [...new Set(texts)].filter((text) => findVector(open, key, hashText(text)) === undefined);
}

function putMemories(
  open: Connection,
  model: ModelName,
  memories: readonly EmbeddedMemory[],
  vectors: ReadonlyMap<string, Float32Array>,
): void {
  open.transaction(() => {
    const key = modelKey(open, model);
    for (const [text, vector] of vectors)
      open
        .sql('INSERT OR REPLACE INTO vectors (model, hash, vector) VALUES (?, ?, ?)')
        .run(key, hashText(text), new Uint8Array(quantize(vector).buffer));
    for (const memory of memories) {
      const chunks = memory.chunks.map((text) => findVector(open, key, hashText(text)));
      // A text without its vector (pruned meanwhile by nobody we know) leaves the memory missing: the next plan finds it.
      if (chunks.every((chunk) => chunk !== undefined)) putRow(open, key, memory, chunks);
    }
  });
}

function pruneVectors(open: Connection, model: ModelName): { removed: number } {
  const now = open.clock.now();
  return open.transaction(() => {
    const before = countVectors(open);
    open.sql('UPDATE models SET used_at = ? WHERE key = ?').run(now, modelKey(open, model));
    open.sql('DELETE FROM models WHERE used_at < ?').run(now - KEEP_MS);
    for (const table of ['vectors', 'memories', 'snapshots'])
      open.sql(`DELETE FROM ${table} WHERE model NOT IN (SELECT key FROM models)`).run();

    const used = new Set<number>();
    for (const row of open.sql('SELECT chunks FROM memories').all())
      for (const key of readKeys(row['chunks'])) used.add(key);
    let unused = 0;
    const rows = open.sql('SELECT key, unused_since FROM vectors ORDER BY coalesce(unused_since, ?) DESC').all(now);
    for (const row of rows) {
      const key = Number(row['key']);
      const since = row['unused_since'] === null ? undefined : Number(row['unused_since']);
      if (used.has(key)) {
        if (since !== undefined) open.sql('UPDATE vectors SET unused_since = NULL WHERE key = ?').run(key);
      } else if (++unused > used.size + UNUSED_ALLOWANCE || now - (since ?? now) > KEEP_MS) {
        open.sql('DELETE FROM vectors WHERE key = ?').run(key);
      } else if (since === undefined) {
        open.sql('UPDATE vectors SET unused_since = ? WHERE key = ?').run(now, key);
      }
    }
    const { changes } = open.sql('DELETE FROM memories WHERE length(chunks) = 0').run();
    const removed = before - countVectors(open);
    // Who follows by "seq" would miss what was taken out.
    if (Number(changes) > 0 || removed > 0)
      open.sql(`UPDATE meta SET value = ? WHERE key = 'generation'`).run(randomBytes(8).toString('hex'));
    return { removed };
  });
}

function writeSnapshot(open: Connection, model: ModelName): void {
  open.transaction(() => {
    const key = modelKey(open, model);
    const generation = readMeta(open, 'generation');
    const known = open.sql('SELECT seq FROM snapshots WHERE model = ? AND generation = ?').get(key, generation);
    const count = (since: number): number =>
      Number(open.sql('SELECT count(*) AS count FROM memories WHERE model = ? AND seq > ?').get(key, since)?.['count']);
    if (count(Number(known?.['seq'] ?? -1)) < Math.max(SNAPSHOT_FROM, count(-1) * SNAPSHOT_SHARE)) return;
    const rows = open
      .sql('SELECT memory, chunks FROM memories WHERE model = ? AND length(chunks) > 0 ORDER BY memory')
      .all(key)
      .map((row) => ({ id: String(row['memory']), keys: readKeys(row['chunks']) }));
    const { dimensions } = model;
    const values = new Uint8Array(rows.reduce((sum, { keys }) => sum + keys.length, 0) * dimensions);
    let place = 0;
    for (const chunk of rows.flatMap(({ keys }) => [...keys])) {
      const vector = open.sql('SELECT vector FROM vectors WHERE key = ?').get(chunk)?.['vector'];
      // Without one of them the rows tell better what is there.
      if (!(vector instanceof Uint8Array) || vector.length !== dimensions) return;
      values.set(vector, place);
      place += dimensions;
    }
    open
      .sql('INSERT OR REPLACE INTO snapshots (model, generation, seq, ids, counts, vectors) VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        key,
        generation,
        Number(readMeta(open, 'seq')),
        rows.map(({ id }) => id).join('\n'),
        new Uint8Array(Uint16Array.from(rows, ({ keys }) => keys.length).buffer),
        values,
      );
  });
}

function readMeta(open: Connection, key: string): string {
  return String(open.sql('SELECT value FROM meta WHERE key = ?').get(key)?.['value'] ?? '');
}

function modelKey(open: Connection, { id, dimensions }: ModelName): number {
  const row = open.sql('SELECT key, dimensions FROM models WHERE id = ?').get(id);
  if (row !== undefined && row['dimensions'] === dimensions) return Number(row['key']);
  return Number(
    open
      .sql('INSERT OR REPLACE INTO models (id, dimensions, used_at) VALUES (?, ?, ?)')
      .run(id, dimensions, open.clock.now()).lastInsertRowid,
  );
}

function findVector(open: Connection, model: number, hash: Buffer): number | undefined {
  const row = open.sql('SELECT key FROM vectors WHERE model = ? AND hash = ?').get(model, hash);
  return row === undefined ? undefined : Number(row['key']);
}

function putRow(open: Connection, model: number, memory: MemoryFingerprint, chunks: readonly number[]): void {
  open.sql(`UPDATE meta SET value = value + 1 WHERE key = 'seq'`).run();
  open
    .sql(
      `INSERT OR REPLACE INTO memories (model, memory, fingerprint, seq, chunks)
       VALUES (?, ?, ?, (SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'seq'), ?)`,
    )
    .run(model, memory.id, memory.fingerprint, new Uint8Array(Uint32Array.from(chunks).buffer));
}

function countVectors(open: Connection): number {
  return Number(open.sql('SELECT count(*) AS count FROM vectors').get()?.['count'] ?? 0);
}

/** Keys of vectors as they lie in a row of "memories". */
export function readKeys(blob: unknown): Uint32Array {
  if (!(blob instanceof Uint8Array)) return new Uint32Array(0);
  return new Uint32Array(blob.slice().buffer, 0, blob.byteLength >>> 2);
}
