// Ranks memories for the start of a session: what the work tree and the branch speak of, what weighs, what is new. Pure.

import type { MemoryRow } from '../model/search.ts';
import type { Situation } from '../model/situation.ts';
import { staleCode } from '../model/standing.ts';
import type { StaleCode, Standings } from '../model/standing.ts';

export interface StartSituation extends Partial<Situation> {
  /** Session of the last summary: its observations tell where the work stood. */
  readonly lastSession?: string | undefined;
  readonly standings?: Standings | undefined;
}

export type StartRule = 'pinned' | 'relevant' | 'convention' | 'recent';

export interface RankedRow {
  readonly row: MemoryRow;
  readonly rule: StartRule;
  readonly score: number;
  /** The file to name of those that it speaks of: the one that is not what it was, else the one that is worked on. */
  readonly file?: string;
  /** Set when the code that it speaks of is not what it was. */
  readonly code?: StaleCode;
  /** Set when somebody else than the user brought it. */
  readonly author?: string;
}

/** Days after which a memory's newness counts half. */
const HALF_LIFE_DAYS = 14;
/** From this relevance on the situation, and not the date, is the reason. */
const RELEVANT_FROM = 0.3;
const STALE_FACTOR = 0.6;

/** Best first, equal ones newest first. Age counts from the newest row: no clock is asked. */
export function rankForStart(rows: readonly MemoryRow[], situation: StartSituation): readonly RankedRow[] {
  const newest = rows.reduce((latest, row) => Math.max(latest, timeOf(row)), 0);
  const relevanceOf = openRelevance(rows, situation);
  return rows.map((row) => rankRow(row, newest, relevanceOf(row), situation)).sort(byScore);
}

function rankRow(row: MemoryRow, newest: number, relevance: number, situation: StartSituation): RankedRow {
  const ageDays = (newest - timeOf(row)) / 86_400_000;
  const recency = 0.5 ** (ageDays / HALF_LIFE_DAYS);
  const follows = row.session !== undefined && row.session === situation.lastSession ? 0.3 : 0;
  const standing = situation.standings?.get(row.id);
  const code = staleCode(standing?.code);
  const file = (code === undefined ? undefined : standing?.staleFile) ?? workedOn(row, situation) ?? row.files[0];
  const score = (0.2 + recency + 2 * relevance + follows) * weightOf(row) * (code === undefined ? 1 : STALE_FACTOR);
  return {
    row,
    rule: ruleOf(row, relevance),
    score: Math.round(score * 1000) / 1000,
    ...(file === undefined ? {} : { file }),
    ...(code === undefined ? {} : { code }),
    ...(standing?.author === undefined ? {} : { author: standing.author }),
  };
}

function workedOn({ files }: MemoryRow, { changedFiles = [], recentCommits = [] }: StartSituation): string | undefined {
  if (files.length < 2) return undefined;
  return (
    files.find((file) => changedFiles.includes(file)) ??
    files.find((file) => recentCommits.some((commit) => commit.files.includes(file)))
  );
}

function ruleOf(row: MemoryRow, relevance: number): StartRule {
  if (row.tags.includes('pinned')) return 'pinned';
  if (relevance >= RELEVANT_FROM) return 'relevant';
  return row.type === 'convention' ? 'convention' : 'recent';
}

function byScore(a: RankedRow, b: RankedRow): number {
  return b.score - a.score || compareText(b.row.created, a.row.created) || compareText(a.row.id, b.row.id);
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

/** How much a memory of this type is worth to somebody who did not ask for it. */
export function weightOf(row: Pick<MemoryRow, 'kind' | 'type'>): number {
  if (row.kind === 'note') return 1.3;
  if (row.kind === 'summary') return 0.6;
  return row.type === undefined ? 1 : TYPE_WEIGHTS[row.type];
}

/** How much of the situation a row speaks of: by its branch, its files and its words. */
function openRelevance(rows: readonly MemoryRow[], situation: StartSituation): (row: MemoryRow) => number {
  const { branch, changedFiles = [], recentCommits = [] } = situation;
  const shareOf = fileRarity(rows);
  const words = tellingWords(branch ?? '');
  const files = new Map<string, number>();
  recentCommits.forEach((commit, age) => {
    for (const file of commit.files) files.set(file, Math.max(files.get(file) ?? 0, RECENT_FILE * 0.7 ** age));
  });
  for (const file of changedFiles) files.set(file, CHANGED_FILE);
  const folders = new Set(changedFiles.map(folderOf).filter((folder) => folder !== ''));
  return (row) =>
    branchRelevance(row, branch, words) +
    Math.min(MOST_BY_FILES, fileRelevance(row, files, shareOf)) +
    (row.files.some((file) => folders.has(folderOf(file))) ? SAME_FOLDER : 0);
}

const CHANGED_FILE = 1.5;
const RECENT_FILE = 0.5;
const SAME_FOLDER = 0.2;
const MOST_BY_FILES = 3;

function fileRelevance(row: MemoryRow, files: ReadonlyMap<string, number>, shareOf: (file: string) => number): number {
  // The best counts whole, others add less and less: a memory of many files speaks of none of them in particular.
  const found = row.files.map((file) => (files.get(file) ?? 0) * shareOf(file)).filter((amount) => amount > 0);
  const breadth = 1 / Math.sqrt(Math.max(1, row.files.length / 3));
  return breadth * found.sort((a, b) => b - a).reduce((sum, amount, at) => sum + amount * 0.5 ** at, 0);
}

/** A file that every other memory names (a changelog, a manifest) says little; one that few name says much. */
function fileRarity(rows: readonly MemoryRow[]): (file: string) => number {
  const counts = new Map<string, number>();
  for (const row of rows) for (const file of new Set(row.files)) counts.set(file, (counts.get(file) ?? 0) + 1);
  const most = Math.log(rows.length + 1);
  return (file) => Math.max(0.15, 1 - 0.8 * (Math.log(counts.get(file) ?? 1) / Math.max(1, most)));
}

/** Branches on which everything happens, and words that name the manner of a change and not its matter. */
const TELLS_NOTHING = new Set(
  'main master trunk develop development dev staging release feature feat fix bugfix hotfix chore refactor docs test tests task issue wip user branch the and for with into from'.split(
    ' ',
  ),
);

/** Of a branch's name; none where it says nothing of what is done on it. */
export function tellingWords(branch: string): readonly string[] {
  return wordsOf(branch).filter((word) => !TELLS_NOTHING.has(word));
}

function branchRelevance(row: MemoryRow, branch: string | undefined, wanted: readonly string[]): number {
  if (wanted.length === 0) return 0;
  const words = wordsOf([row.title, ...row.tags, ...row.files].join(' '));
  const matched = wanted.filter((word) => words.some((other) => isSameWord(word, other))).length;
  return matched / wanted.length + (row.branch === branch ? 0.6 : 0);
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
