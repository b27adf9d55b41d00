// Cleans what lies on disk already: texts, lines of JSON, whole JSON values, and the texts in a SQLite file.

import { chmodSync, readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { writeFileAtomic } from '../atomic-file.ts';
import type { FoundSecret } from './found-secret.ts';
import { redactAll, redactDeep } from './redact-deep.ts';
import type { DeepRedaction } from './redact-deep.ts';
import { cutSecrets } from './second-look.ts';
import type { SecondLook } from './second-look.ts';

/** Kind of secret → how many; empty when the file is clean. */
export type FoundKinds = Readonly<Record<string, number>>;

const MAX_BYTES = 64 * 1024 * 1024;

/**
 * What is found in a file, by our own rules and then by the second look; with `fix` it is cut there, in one step, and the file
 * keeps its mode. Unreadable files hold nothing that can be told.
 */
export async function cleanFile(file: string, fix: boolean, look: SecondLook): Promise<FoundKinds> {
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
  const cleaned = await cleanContent(file, text, look);
  if (fix && cleaned.text !== text) {
    writeFileAtomic(file, cleaned.text, { mode });
    chmodSync(file, mode);
  }
  return cleaned.text === text ? {} : cleaned.counts;
}

export interface Cleaned {
  readonly text: string;
  readonly counts: FoundKinds;
}

/** The content of a file by its name: JSON as a value, logs and `.jsonl` line by line, everything else as a text. */
export async function cleanContent(name: string, text: string, look: SecondLook): Promise<Cleaned> {
  const isLines = /\.(?:jsonl|log)(?:\.\d+)?$/.test(name);
  const mayBeJson = isLines || /\.json(?:\.corrupt)?$/.test(name);
  const parts = await cleanAll(isLines ? text.split('\n') : [text], mayBeJson, look);
  return {
    text: parts.map((part) => part.text).join('\n'),
    counts: parts.reduce<FoundKinds>((all, { counts }) => sum(all, counts), {}),
  };
}

/** Texts, each by itself; what is a JSON object or list is cleaned as such. Clean ones come back as they were written. */
async function cleanAll(texts: readonly string[], mayBeJson: boolean, look: SecondLook): Promise<readonly Cleaned[]> {
  const own = texts.map((text) => {
    const json = mayBeJson ? cleanJson(text) : undefined;
    if (json !== undefined) return { text, isJson: true, ...json };
    const redaction = redactAll(text);
    return { text, isJson: false, value: redaction.text, counts: redaction.counts };
  });
  const found = await look.find(own.map(({ value }) => value));
  return own.map(({ text, isJson, value, counts }) => {
    const cut = cutSecrets(value, found);
    const written = isJson ? JSON.stringify(cut) : String(cut);
    const before = isJson ? JSON.stringify(value) : String(value);
    const more = written === before ? {} : countFound(before, found);
    if (Object.keys(counts).length === 0 && written === before) return { text, counts };
    const end = isJson && text.endsWith('\n') ? '\n' : '';
    return { text: written + end, counts: sum(counts, more) };
  });
}

/** Undefined for what is no JSON object or list. */
function cleanJson(text: string): DeepRedaction | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return redactDeep(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function countFound(text: string, found: readonly FoundSecret[]): FoundKinds {
  let counts: FoundKinds = {};
  for (const secret of found) {
    const times = text.split(secret.text).length - 1;
    if (times > 0) counts = sum(counts, { [secret.kind]: times });
  }
  return counts;
}

function sum(one: FoundKinds, other: FoundKinds): FoundKinds {
  const counts: Record<string, number> = { ...one };
  for (const [kind, count] of Object.entries(other)) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
}

/**
 * The texts in the tables of a SQLite file. With `fix` they are cut, and what was there is overwritten, in the file and in its log.
 * A file that is no database holds nothing that can be told.
 */
export async function cleanDatabase(file: string, fix: boolean, look: SecondLook): Promise<FoundKinds> {
  let counts: FoundKinds = {};
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
    for (const { name } of tables) counts = sum(counts, await cleanTable(database, String(name), fix, look));
    if (fix && Object.keys(counts).length > 0) database.exec('VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // Not a database, or one of another kind: told by `memvault doctor`.
  } finally {
    database?.close();
  }
  return counts;
}

async function cleanTable(database: DatabaseSync, table: string, fix: boolean, look: SecondLook): Promise<FoundKinds> {
  const quoted = `"${table.replaceAll('"', '""')}"`;
  let rows: Record<string, unknown>[];
  try {
    rows = database.prepare(`SELECT rowid AS "rowid of it", * FROM ${quoted}`).all();
  } catch {
    return {};
  }
  const cells = rows.flatMap((row) =>
    Object.entries(row).flatMap(([column, value]) =>
      typeof value === 'string' ? [{ row: Number(row['rowid of it']), column, value }] : [],
    ),
  );
  const cleaned = await cleanAll(
    cells.map(({ value }) => value),
    true,
    look,
  );
  let found: FoundKinds = {};
  for (const [at, { row, column, value }] of cells.entries()) {
    const { text, counts } = cleaned[at] ?? { text: value, counts: {} };
    if (text === value) continue;
    found = sum(found, counts);
    if (fix)
      database
        .prepare(`UPDATE OR REPLACE ${quoted} SET "${column.replaceAll('"', '""')}" = ? WHERE rowid = ?`)
        .run(text, row);
  }
  return found;
}
