// Orders the memories of one file for somebody who is about to read or change it. Pure.

import type { RecallRow } from '../model/recall.ts';
import { isStale } from '../model/standing.ts';
import type { Standings } from '../model/standing.ts';
import { weightOf } from './rank.ts';
import type { Reminded } from './reminder.ts';

/** A memory of many files speaks of none of them in particular. */
const MANY_FILES = 8;
const STALE_FACTOR = 0.5;
const PINNED = 1.5;
/** Each that is newer counts so much more than the next: among equals the date decides, and little else. */
const AGE_STEP = 0.03;

/** The best first: what weighs, what is still true, what is about this file, what is new. */
export function rankForFile(newestFirst: readonly RecallRow[], standings: Standings): readonly Reminded[] {
  return newestFirst
    .filter((row) => row.files.length <= MANY_FILES)
    .map((row, age) => {
      const focus = 1 / Math.sqrt(Math.max(1, row.files.length));
      const stale = isStale(standings.get(row.id)?.code) ? STALE_FACTOR : 1;
      const pinned = row.tags.includes('pinned') ? PINNED : 1;
      const score = weightOf(row) * stale * pinned * (0.5 + focus / 2) * Math.max(0.4, 1 - AGE_STEP * age);
      return { row, score: Math.round(score * 100) / 100 };
    })
    .sort((a, b) => b.score - a.score || newestFirst.indexOf(a.row) - newestFirst.indexOf(b.row));
}
