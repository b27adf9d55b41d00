// The diagnostics that the index knows: what reading found in single files, and ids that several files of the vault claim.

import type { Diagnostic } from '../model/diagnostic.ts';
import { shortId } from '../model/memory.ts';
import type { IndexDatabase } from './database.ts';
import { listClaims } from './source-table.ts';
import { compareClaims } from './winner.ts';

/** Every diagnostic, sorted by path and line. */
export function listDiagnostics(database: IndexDatabase): readonly Diagnostic[] {
  return [...listStored(database), ...listDuplicates(database)].sort(
    (a, b) => compareText(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0) || compareText(a.rule, b.rule),
  );
}

/** Keeps up which ids several files of the vault claim. */
export function noteDuplicate(database: IndexDatabase, id: string, isDuplicate: boolean): void {
  if (isDuplicate) database.run('INSERT OR IGNORE INTO duplicates (memory) VALUES (?)', id);
  else database.run('DELETE FROM duplicates WHERE memory = ?', id);
}

export function countDiagnostics(database: IndexDatabase): number {
  const row = database.getOne<{ stored: number }>('SELECT count(*) AS stored FROM diagnostics');
  return row.stored + listDuplicates(database).length;
}

function listStored(database: IndexDatabase): readonly Diagnostic[] {
  const rows = database.all<{
    path: string;
    line: number | null;
    rule: string;
    severity: Diagnostic['severity'];
    message: string;
    mend: string | null;
  }>('SELECT reported_path AS path, line, rule, severity, message, mend FROM diagnostics');
  return rows.map(({ path, line, rule, severity, message, mend }) => ({
    path,
    rule,
    severity,
    message,
    ...(line === null ? {} : { line }),
    ...(mend === null ? {} : { mend }),
  }));
}

function listDuplicates(database: IndexDatabase): readonly Diagnostic[] {
  const ids = database.all<{ memory: string }>('SELECT memory FROM duplicates');
  return ids.flatMap(({ memory: id }) => {
    const claims = listClaims(database, id).filter((claim) => claim.place === 'vault');
    const [winner, ...others] = claims.sort((a, b) => compareClaims(id, a, b));
    return others.map(({ path }) => ({
      path,
      rule: 'duplicate-id',
      severity: 'warning' as const,
      message: `has the id ${shortId(id)} of ${winner?.path}, which is the one that counts`,
      mend: `Delete one of the two, or give this file an id of its own.`,
    }));
  });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
