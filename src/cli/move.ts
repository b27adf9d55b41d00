// Moves the memories of a project from its personal vault to its repository.

import { renameSync, existsSync } from 'node:fs';
import { dataPaths } from '../system/paths.ts';
import { openPlace, openVaultHere } from '../app.ts';
import type { Whereabouts } from '../app.ts';
import { personalPlace } from '../vault/place.ts';

/**
 * Copies every memory into the repository's outbox, then sets the personal vault aside (`<folder>.moved-<time>`, nothing
 * is deleted). Answers how many were copied.
 */
export function moveToRepository(where: Whereabouts, project: string, now: number): number {
  const paths = dataPaths(where.env);
  const from = personalPlace(project, paths);
  if (!existsSync(from.root)) return 0;
  const personal = openPlace(from, where);
  const repository = openVaultHere(where);
  try {
    const rows = personal.library.recent({}, 100_000);
    const found = personal.library.get(rows.map((row) => row.id));
    for (const memory of found.memories) repository.outbox.put(memory);
    renameSync(from.root, `${from.root}.moved-${new Date(now).toISOString().slice(0, 19).replace(/[-:T]/g, '')}`);
    return found.memories.length;
  } finally {
    personal.close();
    repository.close();
  }
}
