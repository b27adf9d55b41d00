// Reads a vault's vectors for searches: keeps them in memory and follows the file as the worker writes it.

import { lstatSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { QueryVector } from '../../model/embedder.ts';
import { isBrokenVectorFile, openExistingVectorFile } from './vector-file.ts';
import { readKeys } from './vector-connection.ts';
import { createVectorSet } from './vector-set.ts';
import type { ScoredMemory, VectorSet } from './vector-set.ts';

export interface VectorIndex {
  /** The memories nearest to the query, best first; `among`: only these. Empty when the query's model has no vectors here. */
  nearest(query: QueryVector, limit: number, among?: ReadonlySet<string>): readonly ScoredMemory[];
  /** Scores of those of the given memories that have a vector of the query's model: who has none is not in the map. */
  score(query: QueryVector, ids: Iterable<string>): ReadonlyMap<string, number>;
  close(): void;
}

/** How many memories have vectors of a model, without reading one; 0 for a file that cannot serve. */
export function countEmbedded(file: string, model: string): number {
  const database = openExistingVectorFile(file);
  try {
    const row = database
      ?.prepare(
        `SELECT count(*) AS count FROM memories
         WHERE model = (SELECT key FROM models WHERE id = ?) AND length(chunks) > 0`,
      )
      .get(model);
    return Number(row?.['count'] ?? 0);
  } catch {
    return 0;
  } finally {
    database?.close();
  }
}

/**
 * Opens nothing before the first question. Never throws for what is wrong with the file: without vectors a search goes by words.
 * Memories that are in the file but no more in the index may be answered; who asks looks them up anyway.
 */
export function openVectorIndex(file: string): VectorIndex {
  let reader: Reader | undefined;
  const close = (): void => {
    reader?.database.close();
    reader = undefined;
  };
  const setFor = (model: string): VectorSet | undefined => {
    try {
      if (reader !== undefined && inodeOf(file) !== reader.inode) close();
      reader ??= openReader(file);
      return reader === undefined ? undefined : refresh(reader, model);
    } catch (error) {
      close();
      if (isBrokenVectorFile(error) || isBusy(error)) return undefined;
      throw error;
    }
  };
  return {
    nearest(query, limit, among) {
      const set = setFor(query.model);
      return set?.dimensions === query.vector.length ? set.nearest(query.vector, limit, among) : [];
    },
    score(query, ids) {
      const set = setFor(query.model);
      return set?.dimensions === query.vector.length ? set.score(query.vector, ids) : new Map();
    },
    close,
  };
}

interface Reader {
  readonly database: DatabaseSync;
  readonly inode: number | undefined;
  /** The vectors of the model that was asked for last. */
  loaded?: Loaded;
}

interface Loaded {
  readonly model: string;
  readonly key: number;
  readonly set: VectorSet;
  readonly generation: string;
  /** The last change that is in the set. */
  seq: number;
  /** What SQLite says of the file's state as this connection sees it. */
  version: number;
}

function openReader(file: string): Reader | undefined {
  const inode = inodeOf(file);
  const database = openExistingVectorFile(file);
  return database === undefined ? undefined : { database, inode };
}

/** The set with all that was written since; made anew for another model or when the file took something out. */
function refresh(reader: Reader, model: string): VectorSet | undefined {
  const { database, loaded } = reader;
  const version = Number(database.prepare('PRAGMA data_version').get()?.['data_version']);
  if (loaded?.model === model && loaded.version === version) return loaded.set;
  database.exec('BEGIN');
  try {
    const key = database.prepare('SELECT key, dimensions FROM models WHERE id = ?').get(model);
    if (key === undefined) return undefined;
    const generation = readMeta(database, 'generation');
    const current =
      loaded?.model === model && loaded.generation === generation && loaded.key === key['key']
        ? loaded
        : {
            model,
            key: Number(key['key']),
            generation,
            version,
            ...readSnapshot(database, Number(key['key']), generation, Number(key['dimensions'])),
          };
    readChanges(database, current);
    current.seq = Number(readMeta(database, 'seq'));
    current.version = version;
    reader.loaded = current;
    return current.set;
  } finally {
    if (database.isTransaction) database.exec('COMMIT');
  }
}

/** The set as it was when all vectors were last written in one piece; an empty one when they were not. */
function readSnapshot(database: DatabaseSync, key: number, generation: string, dimensions: number) {
  const row = database
    .prepare('SELECT seq, ids, counts, vectors FROM snapshots WHERE model = ? AND generation = ?')
    .get(key, generation);
  const { ids, counts, vectors } = row ?? {};
  if (typeof ids === 'string' && counts instanceof Uint8Array && vectors instanceof Uint8Array) {
    const content = {
      ids: ids.split('\n'),
      counts: new Uint16Array(counts.slice().buffer),
      values: new Int8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength),
    };
    const chunks = content.counts.reduce((sum, count) => sum + count, 0);
    if (content.counts.length === content.ids.length && content.values.length === chunks * dimensions)
      return { set: createVectorSet(dimensions, content), seq: Number(row?.['seq']) };
  }
  return { set: createVectorSet(dimensions), seq: -1 };
}

function readChanges(database: DatabaseSync, { key, seq, set }: Loaded): void {
  const rows = database
    .prepare('SELECT memory, chunks FROM memories WHERE model = ? AND seq > ? ORDER BY seq')
    .all(key, seq);
  // One pass over the table is much faster than a look-up for each of many chunks.
  const all = rows.length > 1000 ? readVectors(database, key, set.dimensions) : undefined;
  const find = database.prepare('SELECT vector FROM vectors WHERE key = ?');
  for (const row of rows) {
    const vectors = Array.from(
      readKeys(row['chunks']),
      (chunk) => all?.get(chunk) ?? toVector(find.get(chunk)?.['vector'], set.dimensions),
    );
    // A memory of which a vector cannot be read counts as having none.
    const isWhole = vectors.every((vector) => vector !== undefined);
    set.put(String(row['memory']), isWhole ? vectors : []);
  }
}

function readVectors(database: DatabaseSync, model: number, dimensions: number): ReadonlyMap<number, Int8Array> {
  const vectors = new Map<number, Int8Array>();
  for (const row of database.prepare('SELECT key, vector FROM vectors WHERE model = ?').iterate(model)) {
    const vector = toVector(row['vector'], dimensions);
    if (vector !== undefined) vectors.set(Number(row['key']), vector);
  }
  return vectors;
}

function toVector(blob: unknown, dimensions: number): Int8Array | undefined {
  return blob instanceof Uint8Array && blob.byteLength === dimensions
    ? new Int8Array(blob.buffer, blob.byteOffset, dimensions)
    : undefined;
}

function readMeta(database: DatabaseSync, key: string): string {
  return String(database.prepare('SELECT value FROM meta WHERE key = ?').get(key)?.['value'] ?? '');
}

function inodeOf(file: string): number | undefined {
  return lstatSync(file, { throwIfNoEntry: false })?.ino;
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5
  );
}
