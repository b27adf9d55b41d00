// Ids as a model writes them: brought to form, and a sentence for each that leads to no memory or to several.

import { z } from 'zod';
import { ID_LENGTH, MIN_PREFIX_LENGTH, isIdPrefix } from '../model/memory.ts';
import type { FoundMemories } from '../model/search.ts';
import { cleanLine } from '../system/clean-text.ts';

const EXPECTED = 'expected a list of 1 to 20 ids';

/** The argument `ids` of a tool. */
export function idList(meaning: string) {
  return z
    .array(z.string({ error: 'expected an id' }), { error: EXPECTED })
    .min(1, EXPECTED)
    .max(20, EXPECTED)
    .describe(meaning);
}

/** Lower case, without the marks that a model may copy along (`#7k2m9qx`, `` `7k2m9qx` ``). */
export function normalizeId(text: string): string {
  return text
    .trim()
    .replace(/^[#`"'[(]+|[`"'\]),.:;]+$/g, '')
    .toLowerCase();
}

/** Says which ids could be no id at all. */
export function describeMalformed(ids: readonly string[]): readonly string[] {
  return ids
    .filter((id) => !isIdPrefix(id))
    .map(
      (id) =>
        `"${cleanLine(id, 40)}" is not an id: expected ${MIN_PREFIX_LENGTH} to ${ID_LENGTH} of the characters 0-9 and a-z without i, l, o, u.`,
    );
}

const SHOWN_CANDIDATES = 5;

/** Says which ids are missing and which have several candidates, with the candidates. */
export function describeUnfound(found: Pick<FoundMemories, 'missing' | 'ambiguous'>): readonly string[] {
  const missing = found.missing.map(
    (id) => `No memory has the id "${cleanLine(id, 40)}". Use search to find it by its words.`,
  );
  const ambiguous = found.ambiguous.map(({ prefix, candidates }) => {
    const named = candidates.slice(0, SHOWN_CANDIDATES).map((row) => `${row.id} (${cleanLine(row.title, 60)})`);
    const more = candidates.length > SHOWN_CANDIDATES ? `, and ${candidates.length - SHOWN_CANDIDATES} more` : '';
    return `"${prefix}" is the beginning of ${candidates.length} ids: ${named.join(', ')}${more}. Give more characters.`;
  });
  return [...missing, ...ambiguous];
}
