// The lines of the start block, one by one: what selecting weighs and rendering prints. Pure.

import { shortId } from '../model/memory.ts';
import type { Memory } from '../model/memory.ts';
import type { RecurringQuestion } from '../model/question.ts';
import type { MemoryRow } from '../model/search.ts';
import type { Situation } from '../model/situation.ts';
import type { StaleCode } from '../model/standing.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { dataLine } from './data-text.ts';
import { localDate } from './local-date.ts';

/** The short texts of the block, from templates/context-start.json. */
export interface StartTexts {
  readonly lastSession: string;
  readonly recurring: string;
  readonly asked: string;
  readonly branch: string;
  readonly changedFiles: string;
  readonly moreFiles: string;
  readonly memories: string;
  readonly learned: string;
  readonly completed: string;
  readonly nextSteps: string;
  readonly changed: string;
  readonly moved: string;
  readonly gone: string;
  readonly pinned: string;
  readonly by: string;
  readonly tools: string;
  readonly leftOut: string;
  readonly nothingLeftOut: string;
  readonly held: string;
  readonly pending: string;
}

/** Memories that wait in the outbox, with the reason in a sentence. */
export interface HeldNotice {
  readonly count: number;
  readonly sentence: string;
}

export interface LineOptions {
  /** IANA name; the system's zone when left out. */
  readonly timeZone?: string | undefined;
}

const TITLE_LENGTH = 120;
const FILE_LENGTH = 60;
const POINT_LENGTH = 240;
const PROJECT_LENGTH = 40;
const AUTHOR_LENGTH = 30;
const MOST_FILES = 6;
/** What a nonce may be: nothing that could end the tag. */
export const NONCE_PATTERN = /^[0-9A-Za-z-]{1,32}$/;

let texts: StartTexts | undefined;

export function startTexts(): StartTexts {
  texts ??= parseTexts(readTemplate('context-start.json'));
  return texts;
}

/** `- 7k2m9qx 2026-11-22 bugfix: Title (src/file.ts)`, with marks in brackets. */
export function itemLine(
  item: {
    readonly row: MemoryRow;
    readonly rule: string;
    /** The file to name; the first one when left out. */
    readonly file?: string;
    readonly code?: StaleCode;
    readonly author?: string;
  },
  options: LineOptions = {},
): string {
  const { row } = item;
  const named = item.file ?? row.files[0];
  const file = named === undefined ? '' : ` (${dataLine(named, FILE_LENGTH)})`;
  const marks = [
    ...(item.rule === 'pinned' ? [startTexts().pinned] : []),
    ...(item.code === undefined ? [] : [startTexts()[item.code]]),
    ...(item.author === undefined
      ? []
      : [fillTemplate(startTexts().by, { author: dataLine(item.author, AUTHOR_LENGTH) })]),
  ];
  const mark = marks.length === 0 ? '' : ` [${marks.join(', ')}]`;
  const date = dataLine(localDate(row.created, options.timeZone), 10);
  return `- ${shortId(row.id)} ${date} ${row.type ?? row.kind}: ${dataLine(row.title, TITLE_LENGTH)}${file}${mark}`;
}

/** `2026-11-22, branch fix/auth-race, id 9zk2m4q: Title`. */
export function summaryLine(summary: Memory, options: LineOptions = {}): string {
  const branch = summary.branch === undefined ? '' : `, branch ${dataLine(summary.branch, FILE_LENGTH)}`;
  const date = dataLine(localDate(summary.created, options.timeZone), 10);
  return `${date}${branch}, id ${shortId(summary.id)}: ${dataLine(summary.title, TITLE_LENGTH)}`;
}

export function pointLine(point: string): string {
  return `- ${dataLine(point, POINT_LENGTH)}`;
}

/** A question with the memories that answer it. */
export interface ToldQuestion extends RecurringQuestion {
  readonly answers: readonly { readonly id: string; readonly title: string; readonly code?: StaleCode }[];
}

/** `- asked in 3 sessions: How do I …? → 7k2m9qx Title`, with a mark in brackets. */
export function questionLine(question: ToldQuestion): string {
  const asked = fillTemplate(startTexts().asked, {
    count: String(question.sessions.length),
    question: dataLine(question.text, TITLE_LENGTH),
  });
  const answers = question.answers.map(({ id, title, code }) => {
    const mark = code === undefined ? '' : ` [${startTexts()[code]}]`;
    return `${shortId(id)} ${dataLine(title, TITLE_LENGTH)}${mark}`;
  });
  return answers.length === 0 ? `- ${asked}` : `- ${asked} → ${answers.join('; ')}`;
}

/** Branch and uncommitted files in one line; undefined when there is nothing that is not committed. */
export function situationLine({ branch, changedFiles = [] }: Partial<Situation>): string | undefined {
  if (changedFiles.length === 0) return undefined;
  const shown = changedFiles.slice(0, MOST_FILES).map((file) => dataLine(file, FILE_LENGTH));
  const more = changedFiles.length - shown.length;
  const files =
    more === 0
      ? shown.join(', ')
      : fillTemplate(startTexts().moreFiles, { files: shown.join(', '), count: String(more) });
  const parts = [
    ...(branch === undefined ? [] : [fillTemplate(startTexts().branch, { branch: dataLine(branch, FILE_LENGTH) })]),
    fillTemplate(startTexts().changedFiles, { files }),
  ];
  return parts.join(' ');
}

function leftOutLine(count: number): string {
  return count === 0 ? startTexts().nothingLeftOut : fillTemplate(startTexts().leftOut, { count: String(count) });
}

function heldLine(held: HeldNotice): string {
  return fillTemplate(startTexts().held, {
    count: String(held.count),
    sentence: dataLine(held.sentence, POINT_LENGTH),
  });
}

/** The block around its sections. */
export function frame(parts: {
  readonly nonce: string;
  readonly projectName: string;
  readonly sections: string;
  readonly more: string;
}): string {
  return fillTemplate(readTemplate('context-start.md').trimEnd(), {
    nonce: parts.nonce,
    project: dataLine(parts.projectName, PROJECT_LENGTH).replaceAll('"', "'"),
    sections: parts.sections,
    more: parts.more,
  });
}

/** What stands below the memories: how many more there are, of which kinds. */
export interface MoreNotice {
  readonly leftOut: number;
  readonly held?: HeldNotice | undefined;
  /** Memories of other people that nobody merged yet. */
  readonly pending?: number | undefined;
}

/** The block without sections, as long as it can get: what is reserved before anything is chosen. */
export function widestFrame(projectName: string, notice: MoreNotice): string {
  return frame({ nonce: 'x'.repeat(32), projectName, sections: '', more: moreLines(notice) });
}

export function moreLines({ leftOut, held, pending = 0 }: MoreNotice): string {
  return [
    startTexts().tools,
    leftOutLine(leftOut),
    ...(held === undefined ? [] : [heldLine(held)]),
    ...(pending === 0 ? [] : [fillTemplate(startTexts().pending, { count: String(pending) })]),
  ].join('\n');
}

function parseTexts(json: string): StartTexts {
  return JSON.parse(json);
}
