// What is measured: anything that ranks the memories of a vault for a question.

import type { MemoryId } from '../../src/model/memory.ts';

/** How deep an answer is looked at; what stands below counts as not found. */
export const DEPTH = 20;

export interface RankingSystem {
  /** How reports call it. */
  readonly name: string;
  /** The ids for each question, best first, at most DEPTH, in the order of the questions. */
  rank(questions: readonly string[]): Promise<readonly (readonly MemoryId[])[]>;
  close(): void;
}
