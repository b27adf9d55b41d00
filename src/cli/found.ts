// Memories as a command names them: every id stands for one, or the command ends with what to type instead.

import { MemvaultError } from '../model/errors.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { FoundMemories } from '../model/search.ts';
import { cleanLine } from '../system/clean-text.ts';

export type FoundMemory = FoundMemories['memories'][number];
type Library = Pick<MemoryLibrary, 'get'>;

/**
 * The memories of the ids, in the order asked; `also` is asked for those that the first library lacks. Throws `ambiguous` with the
 * candidates, or `not_found`.
 */
export function findAll(library: Library, ids: readonly string[], also?: () => Library): readonly FoundMemory[] {
  const found = library.get(ids);
  const others = found.missing.length === 0 ? undefined : also?.().get(found.missing);
  const unclear = found.ambiguous[0] ?? others?.ambiguous[0];
  if (unclear !== undefined)
    throw new MemvaultError('ambiguous', `"${unclear.prefix}" stands for several memories`, {
      hint: `Give more characters: ${unclear.candidates.map((row) => `${row.id} (${cleanLine(row.title, 50)})`).join(', ')}`,
      data: { candidates: unclear.candidates.map((row) => row.id) },
    });
  const missing = others === undefined ? found.missing : others.missing;
  if (missing[0] !== undefined)
    throw new MemvaultError('not_found', `there is no memory "${cleanLine(missing[0], 40)}" here`, {
      data: { missing },
    });
  return [...found.memories, ...(others?.memories ?? [])];
}

/** The one memory of an id. */
export function findOne(library: Library, id: string): FoundMemory {
  const [memory] = findAll(library, [id]);
  if (memory === undefined) throw new MemvaultError('not_found', `there is no memory "${cleanLine(id, 40)}" here`);
  return memory;
}
