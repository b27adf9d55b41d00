// An open file of vectors with its statements, and how models and chunks are named in it.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../../model/ports.ts';
import { inTransaction } from '../../system/transaction.ts';
import { openVectorFile } from './vector-file.ts';

export interface ModelName {
  readonly id: string;
  readonly dimensions: number;
}

export interface VectorConnection {
  readonly database: DatabaseSync;
  readonly clock: Clock;
  /** Prepared once. */
  sql(text: string): StatementSync;
  transaction<T>(work: () => T): T;
}

/** Opens the file for writing. Throws `unavailable`. */
export function connect(file: string, clock: Clock): VectorConnection {
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
    transaction: (work) => inTransaction(database, work),
  };
}

/** The number of a model in the file; it is entered on first use. */
export function modelKey(open: VectorConnection, { id, dimensions }: ModelName): number {
  const row = open.sql('SELECT key, dimensions FROM models WHERE id = ?').get(id);
  if (row !== undefined && row['dimensions'] === dimensions) return Number(row['key']);
  return Number(
    open
      .sql('INSERT OR REPLACE INTO models (id, dimensions, used_at) VALUES (?, ?, ?)')
      .run(id, dimensions, open.clock.now()).lastInsertRowid,
  );
}

export function readMeta(open: VectorConnection, key: string): string {
  return String(open.sql('SELECT value FROM meta WHERE key = ?').get(key)?.['value'] ?? '');
}

/** Keys of vectors as they lie in a row of "memories". */
export function readKeys(blob: unknown): Uint32Array {
  if (!(blob instanceof Uint8Array)) return new Uint32Array(0);
  return new Uint32Array(blob.slice().buffer, 0, blob.byteLength >>> 2);
}
