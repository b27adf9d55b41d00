// What only a memory of code knows: whether the code has moved on, the branch, the files at hand, the time, the kind. Pure.

import type { FileReference, MemoryKind, ObservationType } from '../model/memory.ts';
import type { RankingSignal, SearchContext } from '../model/search.ts';

/** What the signals look at. */
export interface SignalledMemory {
  readonly kind: MemoryKind;
  readonly type?: ObservationType | undefined;
  readonly created: string;
  readonly branch?: string | undefined;
  readonly files: readonly FileReference[];
}

export interface SignalOptions {
  readonly context: SearchContext;
  readonly without: readonly RankingSignal[];
  /** Time of the vault's newest memory: age is counted from there, so that an answer does not change with the clock. */
  readonly newest: string;
  /** Types that the query asks for by its words. */
  readonly types: readonly ObservationType[];
}

export interface Signals {
  /** What the score is multiplied with, 0.8 to 1. */
  readonly factor: number;
  /** Each signal that lowered it, by name. */
  readonly why: Readonly<Record<string, number>>;
  readonly hasChanged?: boolean | undefined;
}

/**
 * How much less a memory counts for what it is. Every factor is near 1: signals decide between hits that the words hold for nearly
 * equal, and never bring up what does not match.
 */
export function readSignals(memory: SignalledMemory, { context, without, newest, types }: SignalOptions): Signals {
  const why: Record<string, number> = {};
  let factor = 1;
  const lower = (signal: RankingSignal, by: number): void => {
    if (by >= 1 || without.includes(signal)) return;
    factor *= by;
    why[signal] = Math.round(by * 1000) / 1000;
  };
  const hasChanged = without.includes('freshness') ? undefined : context.hasChanged?.(memory.files);
  if (hasChanged === true) lower('freshness', CHANGED);
  if (context.branch !== undefined && memory.branch !== context.branch) lower('branch', OTHER_BRANCH);
  if (isGiven(context.files) && !memory.files.some(({ path }) => context.files?.includes(path)))
    lower('files', OTHER_FILES);
  lower('recency', recencyOf(memory.created, newest));
  if (memory.kind === 'summary') lower('kind', SUMMARY);
  if (isGiven(types) && (memory.type === undefined || !types.includes(memory.type))) lower('type', OTHER_TYPE);
  return { factor, why, ...(hasChanged === undefined ? {} : { hasChanged }) };
}

/** Types that people name in a question: "what did we decide", "the convention for", "known gotchas". */
export function typesAskedFor(words: readonly string[]): readonly ObservationType[] {
  const asked = new Set<ObservationType>();
  for (const word of words) {
    const type = TYPE_WORDS[word.toLowerCase()];
    if (type !== undefined) asked.add(type);
  }
  return [...asked];
}

const CHANGED = 0.95;
const OTHER_BRANCH = 0.98;
const OTHER_FILES = 0.93;
/** It repeats what its session's observations say, in fewer words. */
const SUMMARY = 0.97;
const OTHER_TYPE = 0.96;
/** What is very old counts so much less; half of it after the half-life. */
const OLD = 0.012;
const HALF_LIFE_DAYS = 180;

const TYPE_WORDS: Readonly<Record<string, ObservationType | undefined>> = {
  decision: 'decision',
  decisions: 'decision',
  decide: 'decision',
  decided: 'decision',
  convention: 'convention',
  conventions: 'convention',
  gotcha: 'gotcha',
  gotchas: 'gotcha',
  pitfall: 'gotcha',
  pitfalls: 'gotcha',
  bugfix: 'bugfix',
  bugfixes: 'bugfix',
  refactor: 'refactor',
  refactoring: 'refactor',
};

function recencyOf(created: string, newest: string): number {
  const days = (Date.parse(newest) - Date.parse(created)) / 86_400_000;
  return days > 0 ? 1 - OLD * (1 - 2 ** (-days / HALF_LIFE_DAYS)) : 1;
}

function isGiven<T>(list: readonly T[] | undefined): list is readonly T[] {
  return list !== undefined && list.length > 0;
}
