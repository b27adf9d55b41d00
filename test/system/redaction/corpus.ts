// Reads the corpus of secrets that were never issued; its texts are kept in pieces.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SecretRow {
  readonly id: string;
  readonly kind: string;
  readonly text: string;
  readonly secrets: readonly string[];
}

const FOLDER = join(import.meta.dirname, '..', '..', 'fixtures', 'secrets');

export function readRows(name: string): Record<string, unknown>[] {
  return readFileSync(join(FOLDER, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export function readSecrets(name: string): SecretRow[] {
  return readRows(name).map((row) => ({
    id: String(row['id']),
    kind: String(row['kind']),
    text: (row['parts'] as string[]).join(''),
    secrets: ((row['secrets'] ?? []) as string[][]).map((parts) => parts.join('')),
  }));
}

/** The first run of ten characters of a secret that the text still holds. */
export function leakOf(text: string, secrets: readonly string[]): string | undefined {
  for (const secret of secrets) {
    const length = Math.min(10, secret.length);
    for (let at = 0; at + length <= secret.length; at++) {
      const run = secret.slice(at, at + length);
      if (text.includes(run)) return run;
    }
  }
  return undefined;
}
