// Which memories belong to a prompt, if any: by how many of its rare words they have, and where. Pure.

import type { PromptMatch, PromptMatches, PromptWord, RecallRow } from '../model/recall.ts';
import { isStale } from '../model/standing.ts';
import type { Standings } from '../model/standing.ts';

export interface RelevantMemory {
  readonly row: RecallRow;
  /** Comparable between prompts and vaults; THRESHOLD and more is shown. */
  readonly score: number;
}

/**
 * The least evidence, times the share of the prompt's words that it covers, at which a memory is shown unasked. Found with
 * `npm run eval:recall` on sets of questions with known answers: see docs/injection.md.
 */
export const THRESHOLD = 0.75;
/** Of the prompt's telling words, weighed by their rarity, a memory must have so many. */
const LEAST_COVERAGE = 0.35;
/** A word in the text, against one in title, tags and file names. */
const IN_TEXT = 0.8;
const CODE = 1.3;
/** What a word that no memory has takes from the coverage: it may be what the prompt is about. */
const UNKNOWN_WORD = 0.7;
/** Others are shown beside the best only when they come near it. */
const NEAR_BEST = 0.6;
const STALE_FACTOR = 0.85;

/** All matches with their scores, the best first, equal ones newest first. */
export function rankForPrompt(matches: PromptMatches, standings: Standings): readonly RelevantMemory[] {
  const { words, unknownWords } = matches;
  const total = words.reduce((sum, word) => sum + word.rarity, 0) + unknownWords * UNKNOWN_WORD;
  return matches.matches
    .map((match) => ({
      row: match.row,
      score: scoreMatch(match, words, total) * (isStale(standings.get(match.row.id)?.code) ? STALE_FACTOR : 1),
    }))
    .map((one) => ({ ...one, score: Math.round(one.score * 100) / 100 }))
    .sort((a, b) => b.score - a.score || compareText(b.row.created, a.row.created) || compareText(a.row.id, b.row.id));
}

/** Those of a ranking that clear the threshold and come near the best of them. */
export function selectRelevant(ranking: readonly RelevantMemory[], threshold = THRESHOLD): readonly RelevantMemory[] {
  const best = ranking[0]?.score ?? 0;
  return ranking.filter(({ score }) => score >= threshold && score >= NEAR_BEST * best);
}

function scoreMatch({ inTitle, inText }: PromptMatch, words: readonly PromptWord[], total: number): number {
  const title = new Set(inTitle);
  const found = new Set([...inTitle, ...inText]);
  let evidence = 0;
  let covered = 0;
  let code = 0;
  for (const number of found) {
    const word = words[number];
    if (word === undefined) continue;
    evidence += word.rarity * (word.isCode ? CODE : 1) * (title.has(number) ? 1 : IN_TEXT);
    covered += word.rarity;
    code += Number(word.isCode);
  }
  const coverage = total === 0 ? 0 : covered / total;
  // One word alone says something only when nobody writes it by chance.
  const isEnough = found.size >= 2 || (code > 0 && coverage >= 0.5);
  return isEnough && coverage >= LEAST_COVERAGE ? evidence * coverage : 0;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
