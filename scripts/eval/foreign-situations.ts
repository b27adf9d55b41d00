// Situations that somebody made up who had not seen the ranking: measured at a start and at the first prompt, through the product.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openPlaceIndex } from '../../src/app/place-index.ts';
import { composeStart } from '../../src/inject/compose-start.ts';
import { rankForFile } from '../../src/inject/file-relevance.ts';
import { gistOf } from '../../src/inject/gist.ts';
import { rankForPrompt, selectRelevant } from '../../src/inject/prompt-relevance.ts';
import { MOST_REMINDED, renderReminder } from '../../src/inject/reminder.ts';
import type { Reminded } from '../../src/inject/reminder.ts';
import { drawMemoryId } from '../../src/model/memory.ts';
import type { Memory } from '../../src/model/memory.ts';
import type { RecentCommit } from '../../src/model/situation.ts';
import { dataPaths } from '../../src/system/paths.ts';
import { memoryPath } from '../../src/vault/file-name.ts';
import { serializeMemory } from '../../src/vault/memory-file.ts';
import { folderPlace } from '../../src/vault/place.ts';

export interface ForeignMemory extends Pick<Memory, 'kind' | 'title' | 'body'> {
  readonly key: string;
  /** Counted from the project's first. */
  readonly day: number;
  readonly type?: Memory['type'];
  readonly files: readonly string[];
  readonly tags?: readonly string[];
  readonly branch?: string;
}

export interface ForeignSituation {
  readonly name: string;
  /** The day; what was written later does not exist yet. */
  readonly at: number;
  readonly branch: string;
  readonly dirty: readonly string[];
  readonly recentCommits: readonly RecentCommit[];
  readonly prompt: string;
  readonly wanted: readonly string[];
}

/** What one way of choosing gave in one situation, by the memories' keys. */
export interface ForeignOutcome {
  readonly situation: ForeignSituation;
  /** The start block's rows in their order; the last summary, shown apart, counts as one of them. */
  readonly start: readonly string[];
  /** As many of the newest. */
  readonly newest: readonly string[];
  /** The start block itself. */
  readonly text: string;
  /** What the prompt brings to a session that was given nothing. */
  readonly prompt: readonly string[];
  /** Tokens, by `estimateTokens`, of what the prompt brings, and of what the first changed file does when it is read. */
  readonly promptTokens: number;
  readonly fileTokens: number;
}

export function readForeignSituations(folder: string): {
  readonly memories: readonly ForeignMemory[];
  readonly situations: readonly ForeignSituation[];
} {
  const lines = readFileSync(join(folder, 'memories.jsonl'), 'utf8').trim().split('\n');
  return {
    memories: lines.map((line) => JSON.parse(line) as ForeignMemory),
    situations: JSON.parse(readFileSync(join(folder, 'situations.json'), 'utf8')) as readonly ForeignSituation[],
  };
}

/** Writes the vault of each situation's day into a folder of its own below `folder` and asks it. */
export async function runForeignSituations(
  { memories, situations }: ReturnType<typeof readForeignSituations>,
  { folder, budgetTokens }: { readonly folder: string; readonly budgetTokens: number },
): Promise<readonly ForeignOutcome[]> {
  const outcomes: ForeignOutcome[] = [];
  for (const [at, situation] of situations.entries()) {
    const there = memories.filter(({ day }) => day <= situation.at);
    const root = join(folder, String(at));
    const place = folderPlace(root);
    const keyOf = new Map<string, string>();
    for (const memory of there) {
      const written = toMemory(memory);
      keyOf.set(written.id, memory.key);
      const file = join(place.vaultDir, memoryPath(written));
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, serializeMemory(written));
    }
    const outboxRoot = join(place.stateDir, 'outbox');
    const { library } = openPlaceIndex({
      place,
      paths: dataPaths({ HOME: folder }),
      outboxRoot,
      now: () => Date.now(),
    });
    try {
      const { branch, dirty: changedFiles, recentCommits } = situation;
      const answer = await composeStart(
        { sessionId: 's', source: 'startup' },
        {
          library,
          budgetTokens,
          projectName: 'waybill',
          secret: 'secret',
          situation: { branch, changedFiles, recentCommits },
          at: '',
          root,
        },
      );
      const start = (answer?.receipt.items ?? []).map(({ id }) => keyOf.get(id) ?? '');
      const reminded = selectRelevant(rankForPrompt(library.matchPrompt(situation.prompt), new Map()))
        .slice(0, MOST_REMINDED)
        .map(({ row, score }) => ({
          row,
          score,
          gist: gistOf(row.title, library.get([row.id]).memories[0]?.body ?? ''),
        }));
      const prompt = reminded.map(({ row }) => keyOf.get(row.id) ?? '');
      const [file] = changedFiles;
      const rows = file === undefined ? [] : library.recent({ files: [file], kind: ['observation', 'note'] }, 40);
      const ofFile = rankForFile(
        rows.map((row) => ({ ...row, references: [] })),
        new Map(),
      );
      const newest = there
        .toSorted((a, b) => b.day - a.day)
        .slice(0, start.length)
        .map(({ key }) => key);
      outcomes.push({
        situation,
        text: answer?.text ?? '',
        start,
        newest,
        prompt,
        promptTokens: tokensOf('prompt', reminded),
        fileTokens: tokensOf('file', ofFile, file),
      });
    } finally {
      library.close();
    }
  }
  return outcomes;
}

export interface ForeignFigures {
  /** Means over the situations that want something, 0 to 1; of what is possible with as many as were shown. */
  readonly precision: number;
  readonly recall: number;
  /** How many of the situations that want nothing were given something. */
  readonly disturbed: number;
}

export function scoreForeign(outcomes: readonly ForeignOutcome[], way: 'start' | 'newest' | 'prompt'): ForeignFigures {
  const wanting = outcomes.filter(({ situation }) => situation.wanted.length > 0);
  const scores = wanting.map((outcome) => {
    const shown = outcome[way];
    const { wanted } = outcome.situation;
    const right = shown.filter((key) => wanted.includes(key)).length;
    return { precision: shown.length === 0 ? 1 : right / shown.length, recall: right / wanted.length };
  });
  const mean = (name: 'precision' | 'recall'): number =>
    scores.reduce((sum, score) => sum + score[name], 0) / Math.max(1, scores.length);
  const disturbed = outcomes.filter((one) => one.situation.wanted.length === 0 && one[way].length > 0).length;
  return { precision: mean('precision'), recall: mean('recall'), disturbed };
}

function tokensOf(event: 'prompt' | 'file', candidates: readonly Reminded[], file?: string): number {
  const given = { event, file, standings: new Map(), sessionId: 's' };
  const chosen = candidates.slice(0, MOST_REMINDED);
  const reminder = renderReminder(given, { chosen, cut: [] }, { nonce: 'x'.repeat(24), at: '', root: '' });
  return reminder?.receipt.tokens ?? 0;
}

const FIRST_DAY = Date.UTC(2026, 7, 1, 9);

function toMemory(memory: ForeignMemory): Memory {
  const { key, day, kind, type, title, body, files, tags = [], branch } = memory;
  return {
    id: drawMemoryId(createHash('sha256').update(key).digest()),
    kind,
    ...(type === undefined ? {} : { type }),
    title,
    created: `${new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 19)}Z`,
    ...(branch === undefined ? {} : { branch }),
    files: files.map((path) => ({ path })),
    tags,
    supersedes: [],
    deletes: [],
    body: `${body}\n`,
  };
}
