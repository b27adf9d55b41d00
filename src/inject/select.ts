// Chooses what a session gets to know at its start, within a budget. Pure.

import type { SessionStartEvent } from '../model/hook-event.ts';
import type { Memory } from '../model/memory.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { CutReason } from '../model/receipt.ts';
import type { MemoryRow } from '../model/search.ts';
import type { Situation } from '../model/situation.ts';
import { isInjectable, staleCode } from '../model/standing.ts';
import type { Standings } from '../model/standing.ts';
import { rankForStart } from './rank.ts';
import type { RankedRow, StartRule } from './rank.ts';
import { openRoom, weighTokens } from './room.ts';
import type { Room } from './room.ts';
import { linesOfSummary, selectSummary } from './select-summary.ts';
import type { SelectedSummary } from './select-summary.ts';
import { itemLine, questionLine, situationLine, startTexts, widestFrame } from './start-lines.ts';
import type { HeldNotice, ToldQuestion } from './start-lines.ts';

export interface StartInput extends Partial<Situation> {
  readonly source: SessionStartEvent['source'];
  /** Stands in the block's frame, so its length counts. */
  readonly projectName: string;
  /** Most tokens of the whole block, by `estimateTokens`. */
  readonly budgetTokens: number;
  /** The newest summary that may be shown. */
  readonly lastSummary?: Memory | undefined;
  /** Rows in any order; superseded and pending ones are passed over. */
  readonly candidates: readonly MemoryRow[];
  /** How many visible memories there are in all; the candidates when left out. */
  readonly total?: number | undefined;
  readonly standings?: Standings | undefined;
  /** How many memories in the vault are pending; those among the candidates when left out. */
  readonly pending?: number | undefined;
  readonly held?: HeldNotice | undefined;
  /** What is asked again and again; comes first. */
  readonly recurring?: readonly AnsweredQuestion[] | undefined;
}

export interface CutRow extends RankedRow {
  readonly reason: CutReason;
}

export interface Selection {
  readonly recurring: readonly ToldQuestion[];
  /** Branch and uncommitted files. */
  readonly situation?: string;
  readonly summary?: SelectedSummary;
  /** In the order in which they are shown. */
  readonly items: readonly RankedRow[];
  /** The best of those that are not shown. */
  readonly cut: readonly CutRow[];
  /** Visible memories that are not shown. */
  readonly leftOut: number;
  readonly pending: number;
  readonly projectName: string;
  readonly budgetTokens: number;
  readonly held?: HeldNotice;
}

/** At most so many of each rule: a start that says everything says nothing. */
const MOST: Readonly<Record<StartRule, number>> = { pinned: 10, relevant: 25, convention: 6, recent: 12 };
/** Of those that are only new, for each that is relevant so many fewer, but for these: what is new may matter in a way nobody sees. */
const LESS_RECENT = 2;
const LEAST_RECENT = 4;
/** Who is chosen first when room is short, and who is shown first. */
const TAKEN: readonly StartRule[] = ['pinned', 'relevant', 'convention', 'recent'];
const SHOWN: readonly StartRule[] = ['relevant', 'pinned', 'convention', 'recent'];
/** The last summary takes at most this share of the room. */
const SUMMARY_SHARE = 0.45;
const MOST_QUESTIONS = 3;
/** Of the budget, for the memories of one person who is not the user. */
const AUTHOR_SHARE = 0.4;
/** Of a receipt: what came nearest to being shown. */
const MOST_CUT = 10;

/**
 * What to inject, or undefined for nothing: on `resume` and `fork` (the conversation holds the earlier block already), without
 * memories, and when the budget does not hold the frame and one memory. The same input gives the same selection.
 */
export function selectForStart(input: StartInput): Selection | undefined {
  if (input.source === 'resume' || input.source === 'fork') return undefined;
  const isPending = (id: string): boolean => !isInjectable(input.standings?.get(id)?.trust);
  const last = input.lastSummary === undefined || isPending(input.lastSummary.id) ? undefined : input.lastSummary;
  const showable = input.candidates.filter((row) => isShowable(row) && row.id !== last?.id);
  const rows = showable.filter((row) => !isPending(row.id));
  const pending = input.pending ?? showable.length - rows.length;
  const total = Math.max((input.total ?? 0) - pending, rows.length + Number(last !== undefined));
  if (total === 0) return undefined;

  const notice = { leftOut: total, held: input.held, pending };
  const room = openRoom(input.budgetTokens, widestFrame(input.projectName, notice));
  const recurring = selectQuestions(input.recurring ?? [], room, input.standings);
  const told = new Set(recurring.flatMap(({ answers }) => answers.map(({ id }) => id)));
  const { situation, summary } = selectWhereWorkStood(last, input, room);
  const { items, cut } = selectItems(
    rows.filter(({ id }) => !told.has(id)),
    { ...input, lastSession: last?.session },
    room,
  );
  if (summary === undefined && items.length === 0 && told.size === 0) return undefined;
  if (summary !== undefined) told.add(summary.memory.id);
  return {
    recurring,
    ...(situation === undefined ? {} : { situation }),
    ...(summary === undefined ? {} : { summary }),
    items,
    cut,
    leftOut: Math.max(0, total - items.length - told.size),
    pending,
    projectName: input.projectName,
    budgetTokens: input.budgetTokens,
    ...(input.held === undefined ? {} : { held: input.held }),
  };
}

/** Memories that are there, hold, and lie here: what was only fetched nobody has agreed to. */
export function isShowable(row: MemoryRow): boolean {
  return (
    row.kind !== 'tombstone' && row.supersededBy === undefined && (row.place === 'vault' || row.place === 'outbox')
  );
}

function selectQuestions(
  questions: readonly AnsweredQuestion[],
  room: Room,
  standings: Standings | undefined,
): readonly ToldQuestion[] {
  const chosen: ToldQuestion[] = [];
  for (const asked of questions.slice(0, MOST_QUESTIONS)) {
    const answers = asked.answers.map((answer) => {
      const code = staleCode(standings?.get(answer.id)?.code);
      return code === undefined ? answer : { ...answer, code };
    });
    const question = { ...asked, answers };
    const heading = chosen.length === 0 ? [startTexts().recurring, ''] : [];
    if (!room.take([...heading, questionLine(question)])) break;
    chosen.push(question);
  }
  return chosen;
}

function selectWhereWorkStood(
  last: Memory | undefined,
  input: StartInput,
  room: Room,
): { readonly situation?: string; readonly summary?: SelectedSummary } {
  const line = situationLine(input);
  const heading = [startTexts().lastSession, ''];
  const part = room.part(SUMMARY_SHARE);
  if (!part.take(heading)) return {};
  const situation = line !== undefined && part.take([line]) ? line : undefined;
  const summary = last === undefined ? undefined : selectSummary(last, part);
  if (situation === undefined && summary === undefined) return {};
  room.take([
    ...heading,
    ...(situation === undefined ? [] : [situation]),
    ...(summary === undefined ? [] : linesOfSummary(summary)),
  ]);
  return { ...(situation === undefined ? {} : { situation }), ...(summary === undefined ? {} : { summary }) };
}

function selectItems(
  rows: readonly MemoryRow[],
  input: StartInput & { readonly lastSession: string | undefined },
  room: Room,
): { readonly items: readonly RankedRow[]; readonly cut: readonly CutRow[] } {
  const ranked = rankForStart(rows, input);
  if (ranked.length === 0 || !room.take([startTexts().memories, '']))
    return { items: [], cut: ranked.slice(0, MOST_CUT).map((one) => ({ ...one, reason: 'budget' })) };
  const chosen: RankedRow[] = [];
  const cut: CutRow[] = [];
  const tokensOf = new Map<string, number>();
  for (const rule of TAKEN) {
    let taken = 0;
    const most = rule === 'recent' ? mostRecent(chosen) : MOST[rule];
    for (const one of ranked) {
      if (one.rule !== rule) continue;
      const line = itemLine(one);
      const ofAuthor = one.author === undefined ? 0 : (tokensOf.get(one.author) ?? 0) + weighTokens([line]);
      const reason: CutReason | undefined =
        taken >= most
          ? 'limit'
          : ofAuthor > input.budgetTokens * AUTHOR_SHARE
            ? 'author-share'
            : room.take([line])
              ? undefined
              : 'budget';
      if (reason !== undefined) {
        cut.push({ ...one, reason });
        continue;
      }
      taken++;
      chosen.push(one);
      if (one.author !== undefined) tokensOf.set(one.author, ofAuthor);
    }
  }
  const items = chosen.sort((a, b) => SHOWN.indexOf(a.rule) - SHOWN.indexOf(b.rule) || byPlace(a, b));
  return { items, cut: cut.sort((a, b) => b.score - a.score).slice(0, MOST_CUT) };
}

function mostRecent(chosen: readonly RankedRow[]): number {
  const relevant = chosen.filter(({ rule }) => rule === 'relevant').length;
  return Math.max(LEAST_RECENT, MOST.recent - LESS_RECENT * relevant);
}

/** What is relevant by its score, everything else the newest first. */
function byPlace(a: RankedRow, b: RankedRow): number {
  const byScore = a.rule === 'relevant' ? b.score - a.score : 0;
  return byScore || compareText(b.row.created, a.row.created) || compareText(a.row.id, b.row.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
