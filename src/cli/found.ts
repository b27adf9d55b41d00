// Memories as a command names them: every id stands for one, or the command ends with what to type instead.

import { MemvaultError } from '../model/errors.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { FoundMemories } from '../model/search.ts';
import { cleanLine } from '../system/clean-text.ts';

type Found = FoundMemories['memories'];

/** The memories of the ids, in the order asked. Throws `ambiguous` with the candidates, or `not_found`. */
export function findAll(library: Pick<MemoryLibrary, 'get'>, ids: readonly string[]): Found {
  const found = library.get(ids);
  const unclear = found.ambiguous[0];
  if (unclear !== undefined)
    throw new MemvaultError('ambiguous', `"${unclear.prefix}" stands for several memories`, {
      hint: `Give more characters: ${unclear.candidates.map((row) => `${row.id} (${cleanLine(row.title, 50)})`).join(', ')}`,
      data: { candidates: unclear.candidates.map((row) => row.id) },
    });
  const missing = found.missing[0];
  if (missing !== undefined)
    throw new MemvaultError('not_found', `there is no memory "${cleanLine(missing, 40)}" here`, {
      data: { missing: found.missing },
    });
  return found.memories;
}

/** The one memory of an id. */
export function findOne(library: Pick<MemoryLibrary, 'get'>, id: string): Found[number] {
  const [memory] = findAll(library, [id]);
  if (memory === undefined) throw new MemvaultError('not_found', `there is no memory "${cleanLine(id, 40)}" here`);
  return memory;
}
