// Appends to a file of memvault's own, which is made private; a folder in its place is moved aside.

import { appendFileSync, renameSync } from 'node:fs';

/** Appends text; the file has mode 0600 when it is new. A folder of its name becomes `<file>.broken`: what it holds is no state of ours. */
export function appendPrivately(file: string, text: string): void {
  try {
    appendFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EISDIR')) throw error;
    renameSync(file, `${file}.broken`);
    appendFileSync(file, text, { mode: 0o600 });
  }
}
