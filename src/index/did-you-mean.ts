// Which titles a mistyped text may have meant: rows whose words come near the words sought. Pure.

import type { MemoryRow } from '../model/search.ts';
import { formsOf, writtenWords } from './title-words.ts';
import { typoCounter } from './typos.ts';

/**
 * The rows that come near at least `atLeast` of the words, the nearest first, equal ones in the order given; superseded rows
 * come last. Reads the rows one by one and keeps only those: a search index over them (MiniSearch) for a single question costs
 * several times as much.
 */
export function nearRows(
  rows: Iterable<MemoryRow>,
  words: readonly string[],
  { atLeast, limit }: { readonly atLeast: number; readonly limit: number },
): readonly MemoryRow[] {
  const read = createReader(words);
  const found: { readonly row: MemoryRow; readonly closeness: readonly number[] }[] = [];
  const rowsNear = words.map(() => 0);
  let rowCount = 0;
  for (const row of rows) {
    rowCount++;
    const closeness = read(row);
    for (const [at, close] of closeness.entries()) if (close > 0) rowsNear[at] = (rowsNear[at] ?? 0) + 1;
    if (closeness.filter((close) => close > 0).length >= atLeast) found.push({ row, closeness });
  }
  // A word that comes near few rows tells more than one that comes near many.
  const weights = rowsNear.map((count) => Math.log(1 + rowCount / Math.max(1, count)));
  return found
    .map(({ row, closeness }) => ({
      row,
      score: closeness.reduce((sum, close, at) => sum + close * (weights[at] ?? 0), 0),
    }))
    .sort((a, b) => Number(isSuperseded(a.row)) - Number(isSuperseded(b.row)) || b.score - a.score)
    .slice(0, limit)
    .map(({ row }) => row);
}

/** Tells of a row how close its closest word is to each of the words sought, 0 for not near, 1 for the same. */
function createReader(sought: readonly string[]): (row: MemoryRow) => readonly number[] {
  const counters = sought.map((word) => typoCounter(word, { longer: LONGEST_ENDING }));
  /** Words come again and again: each different one is compared once. */
  const known = new Map<string, readonly number[] | undefined>();
  const compare = (written: string): readonly number[] | undefined => {
    const forms = formsOf(written);
    const closeness = counters.map((countTypos, at) => {
      let closest = 0;
      for (const word of forms) {
        const typos = countTypos(word);
        if (typos === undefined) continue;
        closest = Math.max(closest, 0.7 ** (typos + Number(word.length !== sought[at]?.length)));
      }
      return closest;
    });
    return closeness.some((close) => close > 0) ? closeness : undefined;
  };
  const none = sought.map(() => 0);
  return (row) => {
    let closest: readonly number[] = none;
    for (const word of writtenWords([row.title, ...row.tags, ...row.files].join('\n'))) {
      let closeness = known.get(word);
      if (closeness === undefined && !known.has(word)) known.set(word, (closeness = compare(word)));
      if (closeness !== undefined) closest = closest.map((close, at) => Math.max(close, closeness[at] ?? 0));
    }
    return closest;
  };
}

/** `refrsh` may mean `refreshes`; what goes on longer is another word. */
const LONGEST_ENDING = 3;

function isSuperseded(row: MemoryRow): boolean {
  return row.supersededBy !== undefined;
}
