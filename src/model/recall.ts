// What the index tells a hook of memories that may belong to a prompt or a file.

import type { FileReference } from './memory.ts';
import type { MemoryRow } from './search.ts';

export interface RecallRow extends MemoryRow {
  readonly references: readonly FileReference[];
}

/** A word of a prompt that some memory has. */
export interface PromptWord {
  /** How rare it is in the vault: 0 for a word of every memory, 1 for one of a single memory. */
  readonly rarity: number;
  /** A word of code: an identifier, a path, a number with letters. People do not write such words by chance. */
  readonly isCode: boolean;
}

/** A memory with words of the prompt. */
export interface PromptMatch {
  readonly row: RecallRow;
  /** Numbers of the prompt's words that stand in its title, tags or file names; and anywhere. */
  readonly inTitle: readonly number[];
  readonly inText: readonly number[];
}

export interface PromptMatches {
  readonly words: readonly PromptWord[];
  /** How many of the prompt's telling words no memory has. */
  readonly unknownWords: number;
  readonly memories: number;
  /** The likeliest by the words, at most 24. */
  readonly matches: readonly PromptMatch[];
}
