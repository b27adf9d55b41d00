// What embedding reads of the index: which memories there are, and their texts.

import type { MemoryFingerprint } from './vectors/vector-store.ts';
import type { IndexDatabase } from './database.ts';

export interface MemoryText extends MemoryFingerprint {
  readonly title: string;
  readonly body: string;
}

/** Every visible memory, the newest first: what was learned last is embedded first. */
export function listFingerprints(database: IndexDatabase): readonly MemoryFingerprint[] {
  return database.all<MemoryFingerprint>(
    'SELECT id, hash AS fingerprint FROM memories WHERE hidden = 0 ORDER BY created DESC, id',
  );
}

/** The texts of those of the memories that are still there. */
export function readTexts(database: IndexDatabase, ids: readonly string[]): readonly MemoryText[] {
  return ids.flatMap(
    (id) =>
      database.get<MemoryText>(
        `SELECT m.id, m.hash AS fingerprint, m.title, b.body FROM memories m JOIN bodies b ON b.key = m.key
         WHERE m.id = ? AND m.hidden = 0`,
        id,
      ) ?? [],
  );
}
