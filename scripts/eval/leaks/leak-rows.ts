// Rows of leaks as they are written: a text in which each secret is named, so that nobody types it twice.

import type { LeakRow } from '../secret-corpus.ts';

/** Says that this must be gone wholly, and gives it back. */
export type Note = (secret: string) => string;

export interface LeakRows {
  readonly rows: LeakRow[];
  /** Adds a row of a kind. */
  readonly add: (kind: string, build: (note: Note) => string) => void;
}

export function startLeakRows(): LeakRows {
  const rows: LeakRow[] = [];
  return {
    rows,
    add(kind, build) {
      const secrets: string[] = [];
      const text = build((secret) => {
        secrets.push(secret);
        return secret;
      });
      rows.push({ kind, context: `row ${rows.length + 1}`, text, secrets });
    },
  };
}

/** Lines of a key, each of them noted. */
export function noteLines(note: Note, lines: readonly string[]): readonly string[] {
  return lines.map(note);
}

export function base64Of(text: string): string {
  return Buffer.from(text).toString('base64');
}
