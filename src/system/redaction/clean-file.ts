// Cleans what lies on disk already: texts, lines of JSON, whole JSON values, and the texts in a SQLite file.

import { chmodSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { writeFileAtomic } from '../atomic-file.ts';
import { redactAll, redactDeep } from './redact-deep.ts';

/** Kind of secret → how many; empty when the file is clean. */
export type FoundKinds = Readonly<Record<string, number>>;

const MAX_BYTES = 64 * 1024 * 1024;

/** What is found in a file; with `fix` it is cut there, in one step, and the file keeps its mode. Unreadable files hold nothing that can be told. */
export function cleanFile(file: string, fix: boolean): FoundKinds {
  let text: string;
  let mode: number;
  try {
    const stat = statSync(file);
    if (!stat.isFile() || stat.size > MAX_BYTES) return {};
    mode = stat.mode & 0o777;
    text = readFileSync(file, 'utf8');
  } catch {
    return {};
  }
  const cleaned = cleanContent(file, text);
  if (fix && cleaned.text !== text) {
    writeFileAtomic(file, cleaned.text, { mode });
    chmodSync(file, mode);
  }
  return cleaned.text === text ? {} : cleaned.counts;
}

/** The content of a file by its name: JSON as a value, logs and `.jsonl` line by line, everything else as a text. */
export function cleanContent(name: string, text: string): { readonly text: string; readonly counts: FoundKinds } {
  if (/\.json(?:\.corrupt)?$/.test(name)) return cleanJson(text) ?? redactAll(text);
  if (!/\.(?:jsonl|log)(?:\.\d+)?$/.test(name)) return redactAll(text);
  const counts: Record<string, number> = {};
  const lines = text.split('\n').map((line) => {
    const cleaned = cleanJson(line) ?? redactAll(line);
    for (const [kind, count] of Object.entries(cleaned.counts)) counts[kind] = (counts[kind] ?? 0) + count;
    return cleaned.text;
  });
  return { text: lines.join('\n'), counts };
}

/** Undefined for what is no JSON object or list. A clean one comes back as it was written. */
function cleanJson(text: string): { readonly text: string; readonly counts: FoundKinds } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    const { value, counts } = redactDeep(JSON.parse(text));
    const end = text.endsWith('\n') ? '\n' : '';
    return Object.keys(counts).length === 0 ? { text, counts } : { text: JSON.stringify(value) + end, counts };
  } catch {
    return undefined;
  }
}

/**
 * The texts in the tables of a SQLite file. With `fix` they are cut, and what was there is overwritten, in the file and in its log.
 * A file that is no database holds nothing that can be told.
 */
export function cleanDatabase(file: string, fix: boolean): FoundKinds {
  const counts: Record<string, number> = {};
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: !fix });
    database.exec('PRAGMA busy_timeout = 5000');
    if (fix) database.exec('PRAGMA secure_delete = ON');
    const tables = database
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    for (const { name } of tables) cleanTable(database, String(name), fix, counts);
    if (fix && Object.keys(counts).length > 0) database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Not a database, or one of another kind: told by `memvault doctor`.
  } finally {
    database?.close();
  }
  return counts;
}

function cleanTable(database: DatabaseSync, table: string, fix: boolean, counts: Record<string, number>): void {
  const quoted = `"${table.replaceAll('"', '""')}"`;
  let rows: Record<string, unknown>[];
  try {
    rows = database.prepare(`SELECT rowid AS "rowid of it", * FROM ${quoted}`).all();
  } catch {
    return;
  }
  for (const row of rows)
    for (const [column, value] of Object.entries(row)) {
      if (typeof value !== 'string') continue;
      const cleaned = cleanJson(value) ?? redactAll(value);
      if (cleaned.text === value) continue;
      for (const [kind, count] of Object.entries(cleaned.counts)) counts[kind] = (counts[kind] ?? 0) + count;
      if (fix)
        database
          .prepare(`UPDATE OR REPLACE ${quoted} SET "${column.replaceAll('"', '""')}" = ? WHERE rowid = ?`)
          .run(cleaned.text, Number(row['rowid of it']));
    }
}
