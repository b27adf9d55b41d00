// Keeps the file of vectors small and quick to read: forgets what nothing uses, writes all vectors in one piece.

import { randomBytes } from 'node:crypto';
import { modelKey, readKeys, readMeta } from './vector-connection.ts';
import type { ModelName, VectorConnection } from './vector-connection.ts';

/** A switched branch comes back, a model is tried and left again: what it takes to embed is kept for so long. */
const KEEP_MS = 30 * 24 * 3600_000;
/** Unused vectors beyond the used ones and this many are too much, whatever their age. */
const UNUSED_ALLOWANCE = 10_000;

/** So many changed memories, or this share of all, are read row by row before a snapshot is written anew. */
const SNAPSHOT_FROM = 500;
const SNAPSHOT_SHARE = 0.1;

/** Forgets vectors that nothing has used for `KEEP_MS`, those of models that were left so long ago, and what is too much. */
export function pruneVectors(open: VectorConnection, model: ModelName): { removed: number } {
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

/** Takes the vectors of memories out of the file at once, whatever the model; also out of the bytes that it has on disk. */
export function purgeVectors(open: VectorConnection, memories: readonly string[]): void {
  open.database.exec('PRAGMA secure_delete = ON');
  open.transaction(() => {
    const gone = new Set<number>();
    for (const memory of memories) {
      for (const row of open.sql('SELECT chunks FROM memories WHERE memory = ?').all(memory))
        for (const key of readKeys(row['chunks'])) gone.add(key);
      open.sql('DELETE FROM memories WHERE memory = ?').run(memory);
    }
    if (gone.size === 0) return;
    for (const key of gone) open.sql('DELETE FROM vectors WHERE key = ?').run(key);
    // The same text in another memory is embedded again.
    for (const row of open.sql('SELECT model, memory, chunks FROM memories').all())
      if (readKeys(row['chunks']).some((key) => gone.has(key)))
        open
          .sql('DELETE FROM memories WHERE model = ? AND memory = ?')
          .run(row['model'] ?? null, row['memory'] ?? null);
    open.sql('DELETE FROM snapshots').run();
    open.sql(`UPDATE meta SET value = ? WHERE key = 'generation'`).run(randomBytes(8).toString('hex'));
  });
  open.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** Writes all vectors of a model in one piece, when many memories have changed since the last time. */
export function writeSnapshot(open: VectorConnection, model: ModelName): void {
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

function countVectors(open: VectorConnection): number {
  return Number(open.sql('SELECT count(*) AS count FROM vectors').get()?.['count'] ?? 0);
}
