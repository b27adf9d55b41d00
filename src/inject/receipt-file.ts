// Keeps the receipts of a session: one JSON line for each injection.

import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '../model/receipt.ts';

/** Appends to `<sessions>/<session id>/receipts.jsonl`. */
export function appendReceipt(sessionsDir: string, receipt: Receipt): void {
  const folder = join(sessionsDir, receipt.sessionId.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 100) || '_');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  appendFileSync(join(folder, 'receipts.jsonl'), `${JSON.stringify(receipt)}\n`, { mode: 0o600 });
}
