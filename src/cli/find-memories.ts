// Looks memories up by the ids that a person typed, with one error for all commands.

import { MemvaultError } from '../model/errors.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import type { FoundMemories } from '../model/search.ts';
import { cleanLine } from '../system/clean-text.ts';

export type FoundMemory = FoundMemories['memories'][number];

/** Whole memories in the order asked; `also` is asked for what the first library lacks. Throws `ambiguous` and `not_found`. */
export function findMemories(
  ids: readonly string[],
  library: MemoryLibrary,
  also?: () => MemoryLibrary,
): readonly FoundMemory[] {
  const here = library.get(ids);
  const there = here.missing.length === 0 ? undefined : also?.().get(here.missing);
  const unclear = here.ambiguous[0] ?? there?.ambiguous[0];
  if (unclear !== undefined)
    throw new MemvaultError('ambiguous', `"${unclear.prefix}" stands for several memories`, {
      hint: `Give more characters: ${unclear.candidates.map((row) => `${row.id} (${cleanLine(row.title, 50)})`).join(', ')}`,
      data: { candidates: unclear.candidates.map((row) => row.id) },
    });
  const missing = there === undefined ? here.missing : there.missing;
  if (missing[0] !== undefined)
    throw new MemvaultError('not_found', `there is no memory "${cleanLine(missing[0], 40)}" here`, {
      data: { missing },
    });
  return [...here.memories, ...(there?.memories ?? [])];
}
