// Takes memories that somebody purged out of the receipts of all sessions.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../system/atomic-file.ts';
import { isReceipt, readLines } from './session-file.ts';

/** Takes the titles of memories out of every receipt; their ids stay, so that the receipt stays true. */
export function purgeReceipts(sessionsDir: string, ids: ReadonlySet<string>): void {
  const purge = (row: { readonly id: string; readonly title: string }) =>
    ids.has(row.id) ? { ...row, title: PURGED_TITLE } : row;
  for (const name of existsSync(sessionsDir) ? readdirSync(sessionsDir) : []) {
    const file = join(sessionsDir, name, 'receipts.jsonl');
    const lines = readLines(file);
    const named = (line: unknown): boolean =>
      isReceipt(line) && [...line.items, ...(line.cut ?? [])].some((row) => ids.has(row.id));
    if (!lines.some(named)) continue;
    const kept = lines.map((line) =>
      isReceipt(line) ? { ...line, items: line.items.map(purge), cut: (line.cut ?? []).map(purge) } : line,
    );
    writeFileAtomic(file, kept.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

const PURGED_TITLE = '(purged)';
