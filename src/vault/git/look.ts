// A look at the places of the memories that wait: what HEAD and the user's index have there. May begin before HEAD is asked for.

import type { VaultPlace } from '../../model/place.ts';
import { readIndexEntries } from './entries.ts';
import type { GitEntries } from './entries.ts';
import { readHeadTrees } from './head-trees.ts';
import type { HeadTrees } from './head-trees.ts';
import { readRefId } from './ref-id.ts';
import type { GitRunner } from './runner.ts';

export interface Look {
  readonly trees: HeadTrees;
  readonly index: GitEntries;
}

/** Gives the look at a commit, which must be HEAD's; undefined on a branch without one. */
export type TakeLook = (head: string | undefined) => Promise<Look>;

const NOTHING = new Map<string, never>();

/**
 * Begins the look at the commit that Git's files name, while others find out whether HEAD is there; looks again where it is not, or
 * where files do not tell.
 */
export function beginLook(git: GitRunner, place: VaultPlace, places: readonly string[]): TakeLook {
  const { gitDir, commonDir } = place;
  const guess = gitDir === undefined || commonDir === undefined ? undefined : readRefId('HEAD', { gitDir, commonDir });
  const index = readIndex(git, places);
  const guessed = guess === undefined ? undefined : readHeadTrees(git, guess, places);
  // Whoever takes the look is told; a closed gate may come first, and then nobody takes it.
  for (const begun of [index, guessed]) begun?.catch(() => {});
  return async (head) => {
    if (head === undefined) return { trees: NOTHING, index: await index };
    const trees = guessed !== undefined && head === guess ? guessed : readHeadTrees(git, head, places);
    return { trees: await trees, index: await index };
  };
}

/** The look of somebody who changes the index before it is taken. */
export function laterLook(git: GitRunner, places: readonly string[]): TakeLook {
  return async (head) => {
    const trees = head === undefined ? NOTHING : readHeadTrees(git, head, places);
    const index = readIndex(git, places);
    return { trees: await trees, index: await index };
  };
}

async function readIndex(git: GitRunner, places: readonly string[]): Promise<GitEntries> {
  return places.length === 0 ? NOTHING : readIndexEntries(git, places);
}
