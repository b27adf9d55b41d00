// Ranks memories for the start of a session: what the branch and the changed files speak of, what is new, what weighs. Pure.

import type { MemoryRow } from '../model/search.ts';

export interface StartSituation {
  readonly branch?: string | undefined;
  /** Repository-relative paths that differ from the last commit. */
  readonly changedFiles?: readonly string[] | undefined;
  /** Session of the last summary: its observations tell where the work stood. */
  readonly lastSession?: string | undefined;
  /** Ids of memories whose files have changed since. */
  readonly changedSince?: ReadonlySet<string> | undefined;
}

type StartRule = 'pinned' | 'relevant' | 'recent';

export interface RankedRow {
  readonly row: MemoryRow;
  readonly rule: StartRule;
  readonly score: number;
  readonly isChanged: boolean;
}

/** Days after which a memory's newness counts half. */
const HALF_LIFE_DAYS = 14;
/** From this relevance on the situation, and not the date, is the reason. */
const RELEVANT_FROM = 0.3;

/** Best first, pinned ones before all others; equal ones newest first. Age counts from the newest row: no clock is asked. */
export function rankForStart(rows: readonly MemoryRow[], situation: StartSituation): readonly RankedRow[] {
  const newest = Math.max(...rows.map((row) => timeOf(row)));
  return rows
    .map((row) => rankRow(row, newest, situation))
    .sort(
      (a, b) =>
        Number(b.rule === 'pinned') - Number(a.rule === 'pinned') ||
        b.score - a.score ||
        compareText(b.row.created, a.row.created) ||
        compareText(a.row.id, b.row.id),
    );
}

function rankRow(row: MemoryRow, newest: number, situation: StartSituation): RankedRow {
  const ageDays = (newest - timeOf(row)) / 86_400_000;
  const recency = 0.5 ** (ageDays / HALF_LIFE_DAYS);
  const relevance = branchRelevance(row, situation.branch) + fileRelevance(row, situation.changedFiles ?? []);
  const follows = row.session !== undefined && row.session === situation.lastSession ? 0.3 : 0;
  const isChanged = situation.changedSince?.has(row.id) === true;
  const score = (0.2 + recency + relevance + follows) * weightOf(row) * (isChanged ? 0.6 : 1);
  const rule = row.tags.includes('pinned') ? 'pinned' : relevance >= RELEVANT_FROM ? 'relevant' : 'recent';
  return { row, rule, score, isChanged };
}

const TYPE_WEIGHTS = {
  gotcha: 1.25,
  decision: 1.2,
  convention: 1.2,
  security: 1.2,
  bugfix: 1.1,
  discovery: 1,
  feature: 1,
  refactor: 0.8,
  change: 0.7,
} as const;

function weightOf(row: MemoryRow): number {
  if (row.kind === 'note') return 1.3;
  if (row.kind === 'summary') return 0.6;
  return row.type === undefined ? 1 : TYPE_WEIGHTS[row.type];
}

/** Branches on which everything happens, and words that name the manner of a change and not its matter. */
const TELLS_NOTHING = new Set(
  'main master trunk develop development dev staging release feature feat fix bugfix hotfix chore refactor docs test tests task issue wip user branch the and for with into from'.split(
    ' ',
  ),
);

function branchRelevance(row: MemoryRow, branch: string | undefined): number {
  const wanted = branch === undefined ? [] : wordsOf(branch).filter((word) => !TELLS_NOTHING.has(word));
  if (wanted.length === 0) return 0;
  const words = wordsOf([row.title, ...row.tags, ...row.files].join(' '));
  const matched = wanted.filter((word) => words.some((other) => isSameWord(word, other))).length;
  return (2 * matched) / wanted.length + (row.branch === branch ? 1.2 : 0);
}

function fileRelevance(row: MemoryRow, changedFiles: readonly string[]): number {
  if (row.files.some((file) => changedFiles.includes(file))) return 1.5;
  const folders = new Set(changedFiles.map(folderOf).filter((folder) => folder !== ''));
  return row.files.some((file) => folders.has(folderOf(file))) ? 0.4 : 0;
}

function wordsOf(text: string): readonly string[] {
  const spaced = text.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ').toLowerCase();
  return [...new Set(spaced.match(/[\p{L}\p{N}]{3,}/gu) ?? [])];
}

/** `refresh` and `refreshes`, `token` and `tokens`; short words only as they are. */
function isSameWord(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short === long || (short.length >= 4 && long.startsWith(short));
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function timeOf(row: MemoryRow): number {
  const time = Date.parse(row.created);
  return Number.isNaN(time) ? 0 : time;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
