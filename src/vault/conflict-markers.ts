// Reads both sides out of a file that was committed, or saved, with the conflict markers of a merge in it. Pure.

import type { MemorySides } from './merge-memory.ts';

/** Both versions of the whole file; undefined when the markers do not fit together. Also reads the `|||||||` of diff3. */
export function splitConflict(text: string): MemorySides | undefined {
  const sides = { ours: '', base: '', theirs: '' };
  let at: 'all' | 'ours' | 'base' | 'theirs' = 'all';
  let [conflicts, withBase] = [0, 0];
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const mark = /^(<{7}|\|{7}|={7}|>{7})(?: .*)?\r?\n?$/.exec(line)?.[1]?.[0];
    if (mark === '<' && at === 'all') [at, conflicts] = ['ours', conflicts + 1];
    else if (mark === '|' && at === 'ours') [at, withBase] = ['base', withBase + 1];
    else if (mark === '=' && (at === 'ours' || at === 'base')) at = 'theirs';
    else if (mark === '>' && at === 'theirs') at = 'all';
    else if (at === 'all') for (const side of ['ours', 'base', 'theirs'] as const) sides[side] += line;
    else sides[at] += line;
  }
  if (at !== 'all' || conflicts === 0) return undefined;
  return { ours: sides.ours, theirs: sides.theirs, ...(withBase === conflicts ? { base: sides.base } : {}) };
}
