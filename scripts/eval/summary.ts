// Means over groups: a whole set, and the groups of one kind in it. Pure.

import { meanFigures } from './metrics.ts';
import type { Figures } from './metrics.ts';
import type { GroupResult } from './evaluate.ts';

/** One table of figures: a group, the groups of one kind, or a whole set. */
export interface Summary {
  readonly name: string;
  readonly memories: number;
  readonly questions: number;
  /** One row a system, memvault first. */
  readonly rows: readonly { readonly system: string; readonly figures: Figures }[];
}

export function summariseGroup(result: GroupResult): Summary {
  return summarise(result.group.name, [result]);
}

/**
 * The summaries over the groups of one set: one for each kind (`sessions`, `turns`) that several groups have, and one for the set
 * when it has no such kinds. Every question has the same weight, so a group counts by its questions.
 */
export function summariseSet(name: string, results: readonly GroupResult[]): readonly Summary[] {
  const byKind = Map.groupBy(results, ({ group }) => KIND.exec(group.name)?.[1] ?? '');
  return [...byKind].map(([kind, ofKind]) => summarise(kind === '' ? name : `${name}, ${kind}`, ofKind));
}

const KIND = /\b(sessions|turns)$/;

function summarise(name: string, results: readonly GroupResult[]): Summary {
  const systems = results[0]?.systems.map(({ system }) => system) ?? [];
  return {
    name,
    memories: results.reduce((sum, { group }) => sum + group.docs.length, 0),
    questions: results.reduce((sum, { questions }) => sum + questions.length, 0),
    rows: systems.map((system, at) => ({
      system,
      figures: meanFigures(results.flatMap(({ systems }) => systems[at]?.figures ?? [])),
    })),
  };
}
