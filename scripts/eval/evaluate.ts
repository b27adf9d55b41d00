// Measures one group: writes its vault, asks memvault and the baselines every question, keeps what each answered.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBaselines } from './baselines.ts';
import { writeGroupVault } from './group-vault.ts';
import { measure, meanFigures } from './metrics.ts';
import type { Figures } from './metrics.ts';
import { COMMAND_LINE_DEPTH, openCommandLine, openProduct } from './product.ts';
import type { EvalGroup, EvalQuestion } from './set-file.ts';
import type { RankingSystem } from './system.ts';

/** What one system did in one group. */
export interface SystemResult {
  readonly system: string;
  /** One for each question, in order. */
  readonly figures: readonly Figures[];
  readonly mean: Figures;
  /** Ids of documents, best first, for each question. */
  readonly rankings: readonly (readonly string[])[];
}

export interface GroupResult {
  readonly group: EvalGroup;
  readonly questions: readonly EvalQuestion[];
  /** memvault first. */
  readonly systems: readonly SystemResult[];
  /** With the command line asked too: how many questions it answered with other memories than the library, or in another order. */
  readonly otherAnswers?: number;
}

export interface EvaluateOptions {
  /** At most so many questions, evenly taken; all when left out. */
  readonly limit?: number | undefined;
  /** Asks the built command line too. */
  readonly commandLine: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called after each question that memvault answered. */
  readonly onAnswer?: (answered: number, questions: number) => void;
}

/** Measures one group in a temporary folder, which is gone afterwards. Throws when memvault cannot take the vault in. */
export async function evaluateGroup(group: EvalGroup, options: EvaluateOptions): Promise<GroupResult> {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-eval-'));
  try {
    return await measureIn(folder, group, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureIn(folder: string, group: EvalGroup, options: EvaluateOptions): Promise<GroupResult> {
  const questions = takeEvenly(group.queries, options.limit);
  const vault = writeGroupVault(join(folder, 'vault'), group);
  const env = guestEnv(join(folder, 'home'), options.env);
  const product = { folder: vault.folder, memories: vault.memories.length, env };
  let answered = 0;
  const ask = async (system: RankingSystem): Promise<SystemResult> => {
    try {
      const rankings = (await system.rank(questions.map(({ q }) => q))).map((ids) =>
        ids.map((id) => vault.documentOf.get(id) ?? id),
      );
      const figures = questions.map(({ rel }, at) => measure(rankings[at] ?? [], new Set(rel)));
      return { system: system.name, figures, mean: meanFigures(figures), rankings };
    } finally {
      system.close();
    }
  };
  const library = await ask(openProduct(product, () => options.onAnswer?.(++answered, questions.length)));
  const commandLine = options.commandLine ? await ask(await openCommandLine(product)) : undefined;
  const systems = [library, ...(commandLine === undefined ? [] : [commandLine])];
  for (const baseline of openBaselines(vault.memories)) systems.push(await ask(baseline));
  return {
    group,
    questions,
    systems,
    ...(commandLine === undefined ? {} : { otherAnswers: countOtherAnswers(library, commandLine) }),
  };
}

/** Settings and data of nobody, so that everybody gets the same figures, unless the caller names a data folder. */
function guestEnv(home: string, env: EvaluateOptions['env']): EvaluateOptions['env'] {
  const kept = Object.entries(env).filter(([name]) => !/^(CLAUDE_(?!MEM_)|GIT_)/.test(name));
  return { ...Object.fromEntries(kept), HOME: home, CLAUDE_MEM_NO_WORKER: '1' };
}

function takeEvenly<T>(items: readonly T[], limit: number | undefined): readonly T[] {
  if (limit === undefined || limit >= items.length) return items;
  return Array.from({ length: limit }, (_, at) => items[Math.floor((at * items.length) / limit)]).filter(
    (item) => item !== undefined,
  );
}

function countOtherAnswers(library: SystemResult, commandLine: SystemResult): number {
  return library.rankings.filter(
    (ids, at) => ids.slice(0, COMMAND_LINE_DEPTH).join('\n') !== (commandLine.rankings[at] ?? []).join('\n'),
  ).length;
}
