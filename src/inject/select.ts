// Chooses what a session gets to know at its start, within a budget. Pure.

import type { SessionStartEvent } from '../model/hook-event.ts';
import type { Memory } from '../model/memory.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { MemoryRow } from '../model/search.ts';
import { estimateTokens } from '../model/tokens.ts';
import { rankForStart } from './rank.ts';
import type { RankedRow } from './rank.ts';
import { itemLine, pointLine, questionLine, startTexts, summaryLine, widestFrame } from './start-lines.ts';
import type { HeldNotice } from './start-lines.ts';
import { readSections } from './summary-sections.ts';

export interface StartInput {
  readonly source: SessionStartEvent['source'];
  /** Stands in the block's frame, so its length counts. */
  readonly projectName: string;
  /** Most tokens of the whole block, by `estimateTokens`. */
  readonly budgetTokens: number;
  /** The newest summary that may be shown. */
  readonly lastSummary?: Memory | undefined;
  /** Rows that may be shown, in any order; superseded ones are passed over. */
  readonly candidates: readonly MemoryRow[];
  /** How many visible memories there are in all; the candidates when left out. */
  readonly total?: number | undefined;
  readonly branch?: string | undefined;
  /** Repository-relative paths that differ from the last commit. */
  readonly changedFiles?: readonly string[] | undefined;
  /** Ids of memories whose files have changed since. */
  readonly changedSince?: ReadonlySet<string> | undefined;
  readonly held?: HeldNotice | undefined;
  /** What is asked again and again; comes first. */
  readonly recurring?: readonly AnsweredQuestion[] | undefined;
}

/** The points of the last summary that fit. */
export interface SelectedSummary {
  readonly memory: Memory;
  readonly learned: readonly string[];
  readonly completed: readonly string[];
  readonly nextSteps: readonly string[];
}

export interface Selection {
  readonly recurring: readonly AnsweredQuestion[];
  readonly summary?: SelectedSummary;
  /** Pinned ones first, then the newest first. */
  readonly items: readonly RankedRow[];
  /** Visible memories that are not shown. */
  readonly leftOut: number;
  readonly projectName: string;
  readonly budgetTokens: number;
  readonly held?: HeldNotice;
}

/** The host cuts a hook's text off at 10,000 UTF-16 units; some are kept for what else the hook says. */
const MAX_UNITS = 9500;
const MAX_ITEMS = 40;
const MAX_PINNED = 10;
/** The last summary takes at most this share of the room. */
const SUMMARY_SHARE = 0.5;

/**
 * What to inject, or undefined for nothing: on `resume` and `fork` (the conversation holds the earlier block already), without
 * memories, and when the budget does not hold the frame and one memory. The same input gives the same selection.
 */
export function selectForStart(input: StartInput): Selection | undefined {
  if (input.source === 'resume' || input.source === 'fork') return undefined;
  const last = input.lastSummary;
  const rows = input.candidates.filter((row) => isShowable(row) && row.id !== last?.id);
  const total = Math.max(input.total ?? 0, rows.length + Number(last !== undefined));
  if (total === 0) return undefined;

  const room = openRoom(input.budgetTokens, widestFrame(input.projectName, total, input.held));
  const recurring = selectQuestions(input.recurring ?? [], room);
  const summary = last === undefined ? undefined : selectSummary(last, room.part(SUMMARY_SHARE));
  if (summary !== undefined) room.take([...linesOfSummary(summary), '']);
  const items = selectItems(rows, input, room);
  if (summary === undefined && items.length === 0) return undefined;
  return {
    recurring,
    ...(summary === undefined ? {} : { summary }),
    items,
    leftOut: total - items.length - Number(summary !== undefined),
    projectName: input.projectName,
    budgetTokens: input.budgetTokens,
    ...(input.held === undefined ? {} : { held: input.held }),
  };
}

const MOST_QUESTIONS = 3;

function selectQuestions(questions: readonly AnsweredQuestion[], room: Room): readonly AnsweredQuestion[] {
  const chosen: AnsweredQuestion[] = [];
  for (const question of questions.slice(0, MOST_QUESTIONS)) {
    const heading = chosen.length === 0 ? [startTexts().recurring, ''] : [];
    if (!room.take([...heading, questionLine(question)])) break;
    chosen.push(question);
  }
  return chosen;
}

/** The lines of the summary's section. */
export function linesOfSummary(
  summary: SelectedSummary,
  options: { readonly timeZone?: string | undefined } = {},
): readonly string[] {
  const texts = startTexts();
  const part = (heading: string, points: readonly string[]): readonly string[] =>
    points.length === 0 ? [] : [heading, ...points.map(pointLine)];
  return [
    texts.lastSession,
    summaryLine(summary.memory, options),
    ...part(texts.learned, summary.learned),
    ...part(texts.completed, summary.completed),
    ...part(texts.nextSteps, summary.nextSteps),
  ];
}

function isShowable(row: MemoryRow): boolean {
  return row.kind !== 'tombstone' && row.supersededBy === undefined;
}

/** Points are taken by what they are worth to somebody who goes on: next steps, then what was done, then what was learned. */
function selectSummary(memory: Memory, room: Room): SelectedSummary | undefined {
  const sections = readSections(memory.body);
  const chosen = { learned: [] as string[], completed: [] as string[], nextSteps: [] as string[] };
  const build = (): SelectedSummary => ({ memory, ...chosen });
  if (!room.fits(linesOfSummary(build()))) return undefined;
  const wishes = [
    ['nextSteps', sections.nextSteps.slice(0, 5)],
    ['completed', sections.completed.slice(0, 4)],
    // A summary that a person wrote without our headings still says something.
    ['learned', [...sections.learned, ...(hasSections(sections) ? [] : sections.other)].slice(0, 3)],
  ] as const;
  for (const [name, points] of wishes) {
    for (const point of points) {
      chosen[name].push(point);
      if (room.fits(linesOfSummary(build()))) continue;
      chosen[name].pop();
      break;
    }
  }
  return build();
}

function hasSections(sections: ReturnType<typeof readSections>): boolean {
  return sections.nextSteps.length + sections.completed.length + sections.learned.length > 0;
}

function selectItems(rows: readonly MemoryRow[], input: StartInput, room: Room): readonly RankedRow[] {
  if (rows.length === 0 || !room.take([startTexts().memories, ''])) return [];
  const chosen: RankedRow[] = [];
  let pinned = 0;
  for (const ranked of rankForStart(rows, { ...input, lastSession: input.lastSummary?.session })) {
    if (chosen.length >= MAX_ITEMS) break;
    if (ranked.rule === 'pinned' && ++pinned > MAX_PINNED) continue;
    if (!room.take([itemLine(ranked)])) break;
    chosen.push(ranked);
  }
  return chosen.sort(
    (a, b) =>
      Number(b.rule === 'pinned') - Number(a.rule === 'pinned') ||
      compareText(b.row.created, a.row.created) ||
      compareText(a.row.id, b.row.id),
  );
}

/** What is left of the budget. Lines are weighed one by one, which is never less than the whole. */
interface Room {
  fits(lines: readonly string[]): boolean;
  /** Takes the lines' room when they fit. */
  take(lines: readonly string[]): boolean;
  /** A look at a share of what is left. */
  part(share: number): Room;
}

function openRoom(budgetTokens: number, framed: string): Room {
  return makeRoom(budgetTokens - estimateTokens(framed), MAX_UNITS - framed.length);
}

function makeRoom(tokens: number, units: number): Room {
  const left = { tokens, units };
  const weigh = (lines: readonly string[]): { tokens: number; units: number } => ({
    tokens: lines.reduce((sum, line) => sum + estimateTokens(`${line}\n`), 0),
    units: lines.reduce((sum, line) => sum + line.length + 1, 0),
  });
  const fits = (lines: readonly string[]): boolean => {
    const weight = weigh(lines);
    return weight.tokens <= left.tokens && weight.units <= left.units;
  };
  return {
    fits,
    take(lines) {
      if (!fits(lines)) return false;
      const weight = weigh(lines);
      left.tokens -= weight.tokens;
      left.units -= weight.units;
      return true;
    },
    part: (share) => makeRoom(Math.floor(left.tokens * share), Math.floor(left.units * share)),
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
