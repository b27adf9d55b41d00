// Which titles a mistyped text may have meant: rows whose words come near the words sought. Pure.

import type { MemoryRow } from '../model/search.ts';
import { titleWords } from './title-words.ts';
import { nearWords } from './typos.ts';

/**
 * The rows that come near at least `atLeast` of the words, the nearest first, equal ones in the order given; superseded rows
 * come last. The words are looked up one after the other among all different words of the rows: a search index over them
 * (MiniSearch) costs six times as much to make, for a single question.
 */
export function nearRows(
  rows: readonly MemoryRow[],
  words: readonly string[],
  { atLeast, limit }: { readonly atLeast: number; readonly limit: number },
): readonly MemoryRow[] {
  const rowsByWord = gatherWords(rows);
  const found = new Map<number, { words: number; score: number }>();
  for (const word of words)
    for (const [at, score] of scoreRows(rowsByWord, word, rows.length)) {
      const before = found.get(at);
      found.set(at, { words: (before?.words ?? 0) + 1, score: (before?.score ?? 0) + score });
    }
  return [...found]
    .filter(([, near]) => near.words >= atLeast)
    .sort(
      ([a, nearA], [b, nearB]) =>
        Number(isSuperseded(rows[a])) - Number(isSuperseded(rows[b])) || nearB.score - nearA.score || a - b,
    )
    .slice(0, limit)
    .flatMap(([at]) => rows[at] ?? []);
}

/** Word → the places of the rows that hold it, in order. */
function gatherWords(rows: readonly MemoryRow[]): ReadonlyMap<string, readonly number[]> {
  const rowsByWord = new Map<string, number[]>();
  for (const [at, row] of rows.entries())
    for (const word of titleWords([row.title, ...row.tags, ...row.files].join('\n'))) {
      const places = rowsByWord.get(word);
      if (places === undefined) rowsByWord.set(word, [at]);
      else places.push(at);
    }
  return rowsByWord;
}

/** Place of a row → how near its nearest word is; a rare word weighs more than a common one. */
function scoreRows(
  rowsByWord: ReadonlyMap<string, readonly number[]>,
  sought: string,
  rowCount: number,
): ReadonlyMap<number, number> {
  const scores = new Map<number, number>();
  for (const { word, typos } of nearWords(rowsByWord.keys(), sought, { longer: LONGEST_ENDING })) {
    const places = rowsByWord.get(word) ?? [];
    const score = Math.log(1 + rowCount / places.length) * 0.7 ** (typos + Number(word.length !== sought.length));
    for (const at of places) scores.set(at, Math.max(scores.get(at) ?? 0, score));
  }
  return scores;
}

/** `refrsh` may mean `refreshes`; what goes on longer is another word. */
const LONGEST_ENDING = 3;

function isSuperseded(row: MemoryRow | undefined): boolean {
  return row?.supersededBy !== undefined;
}
