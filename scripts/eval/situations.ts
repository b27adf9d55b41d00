// Situations out of a development history: what somebody is about to do next, and the memories that this touches. Pure.

import { createHash } from 'node:crypto';
import { drawMemoryId } from '../../src/model/memory.ts';
import type { MemoryRow } from '../../src/model/search.ts';
import type { Situation } from '../../src/model/situation.ts';
import { selectForStart } from '../../src/inject/select.ts';

/** A commit as far as a situation needs it. */
export interface HistoryCommit {
  readonly hash: string;
  readonly subject: string;
  readonly files: readonly string[];
  /** The branch that it was made on, where the history tells. */
  readonly branch?: string;
}

export interface DerivedSituation extends Situation {
  /** Memories that are there at this moment, one a commit. */
  readonly rows: readonly MemoryRow[];
  /** Ids of those that speak of a file which the next commit touches. */
  readonly wanted: ReadonlySet<string>;
}

const LARGE_COMMIT = 15;
const RECENT_COMMITS = 8;
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(2026, 0, 1);

/**
 * At most `count` situations, evenly over the later half of the history (oldest first): before each of these commits its first file
 * is changed already, and all earlier commits are memories. Commits whose files no memory knows, or nearly all do, are passed over.
 */
export function deriveSituations(history: readonly HistoryCommit[], count: number): readonly DerivedSituation[] {
  const commits = history.filter(({ files }) => files.length > 0 && files.length <= LARGE_COMMIT);
  const rows = commits.map(toRow);
  const usable = commits.flatMap((next, at) => {
    if (at < commits.length / 2 || next.files.length < 2) return [];
    const before = rows.slice(0, at);
    const touched = new Set(next.files);
    const wanted = new Set(before.filter((row) => row.files.some((file) => touched.has(file))).map(({ id }) => id));
    if (wanted.size === 0 || wanted.size > before.length / 4) return [];
    return [
      {
        rows: before,
        wanted,
        branch: next.branch,
        changedFiles: next.files.slice(0, 1),
        recentCommits: commits.slice(Math.max(0, at - RECENT_COMMITS), at).toReversed(),
      },
    ];
  });
  const step = Math.max(1, usable.length / count);
  return usable.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step)).slice(0, count);
}

export interface SituationFigures {
  readonly situations: number;
  /** Means over the situations, 0 to 1. */
  readonly memvault: { readonly precision: number; readonly recall: number };
  /** As many of the newest memories as memvault showed: what a peer injects. */
  readonly newest: { readonly precision: number; readonly recall: number };
}

/** Precision and recall of the start block at a budget, beside the newest memories at the same number. */
export function scoreSituations(situations: readonly DerivedSituation[], budgetTokens: number): SituationFigures {
  const scores = situations.map(({ rows, wanted, ...situation }) => {
    const selection = selectForStart({
      ...situation,
      source: 'startup',
      projectName: 'project',
      budgetTokens,
      candidates: rows,
    });
    const shown = selection?.items.map(({ row }) => row.id) ?? [];
    const newest = rows.slice(-shown.length).map(({ id }) => id);
    // No more than are shown can be found.
    const possible = Math.min(wanted.size, Math.max(1, shown.length));
    const score = (ids: readonly string[]) => {
      const right = ids.filter((id) => wanted.has(id)).length;
      return { precision: ids.length === 0 ? 1 : right / ids.length, recall: right / possible };
    };
    return { memvault: score(shown), newest: score(newest) };
  });
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  const means = (name: 'memvault' | 'newest') => ({
    precision: mean(scores.map((one) => one[name].precision)),
    recall: mean(scores.map((one) => one[name].recall)),
  });
  return { situations: scores.length, memvault: means('memvault'), newest: means('newest') };
}

export function renderFigures(name: string, { situations, memvault, newest }: SituationFigures): string {
  const row = (way: string, { precision, recall }: SituationFigures['memvault']): string =>
    `| ${name} (${situations} situations) | ${way} | ${(100 * precision).toFixed(1)} | ${(100 * recall).toFixed(1)} |`;
  return [row('memvault', memvault), row('as many of the newest', newest)].join('\n');
}

function toRow(commit: HistoryCommit, at: number): MemoryRow {
  const id = drawMemoryId(createHash('sha256').update(commit.hash).digest());
  return {
    id,
    kind: 'observation',
    type: 'change',
    title: commit.subject,
    created: `${new Date(FIRST_DAY + at * DAY_MS).toISOString().slice(0, 19)}Z`,
    ...(commit.branch === undefined ? {} : { branch: commit.branch }),
    files: commit.files,
    tags: [],
    place: 'vault',
    path: `memories/${id}.md`,
  };
}
