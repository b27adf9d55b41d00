// A few memories at the moment they matter: at a prompt, or before a file is read or changed. Chooses, renders, gives a receipt. Pure.

import type { CutReason, Receipt, ReceiptCut, ReceiptItem } from '../model/receipt.ts';
import type { RecallRow } from '../model/recall.ts';
import type { MemoryId } from '../model/memory.ts';
import { shortId } from '../model/memory.ts';
import { isInjectable, staleCode } from '../model/standing.ts';
import type { StaleCode, Standing, Standings } from '../model/standing.ts';
import { estimateTokens } from '../model/tokens.ts';
import { fillTemplate, readTemplate } from '../system/templates.ts';
import { dataLine, dataLineWithin } from './data-text.ts';
import { localDate } from './local-date.ts';

/** A memory that may be shown; `gist` is a line of its text for a prompt. */
export interface Reminded {
  readonly row: RecallRow;
  readonly score: number;
  readonly gist?: string;
  /** Set when it comes for a file that is read, and not for what the prompt says. */
  readonly file?: string;
}

export interface ReminderInput {
  readonly event: 'prompt' | 'file';
  /** Repository-relative, for `file`. */
  readonly file?: string | undefined;
  /** Those that may be shown, the best first. */
  readonly candidates: readonly Reminded[];
  /** Near misses, for the receipt. */
  readonly below: readonly Reminded[];
  readonly standings: Standings;
  /** What this context was given already. */
  readonly given: ReadonlySet<string>;
  readonly sessionId: string;
}

export interface Reminder {
  readonly chosen: readonly Reminded[];
  readonly cut: readonly ReceiptCut[];
}

export const MOST_REMINDED = 3;
/** For three memories with a line of their text each, and the frame; one long title must not take it all. */
const BUDGET_TOKENS: Readonly<Record<ReminderInput['event'], number>> = { prompt: 500, file: 320 };
const MOST_CUT = 5;
const TITLE = 120;
const GIST = 240;
const FILE = 60;
/** Tokens; less says nothing. */
const LEAST_GIST = 12;
const AUTHOR = 30;

/** At most three, none that is pending, was given before, or was written by this very session. */
export function selectReminder(input: ReminderInput): Reminder {
  const { candidates, below, standings, given, sessionId } = input;
  const chosen: Reminded[] = [];
  const cut: ReceiptCut[] = [];
  for (const one of candidates) {
    if (one.row.session === sessionId) continue;
    const reason: CutReason | undefined = !isInjectable(standings.get(one.row.id)?.trust)
      ? 'pending'
      : given.has(one.row.id)
        ? 'given'
        : chosen.length >= MOST_REMINDED
          ? 'limit'
          : undefined;
    if (reason === undefined) chosen.push(one);
    else cut.push(cutOf(one, reason));
  }
  cut.push(...below.filter(({ row }) => row.session !== sessionId).map((one) => cutOf(one, 'threshold')));
  return { chosen, cut: cut.slice(0, MOST_CUT) };
}

export interface ReminderOptions {
  readonly nonce: string;
  readonly at: string;
  readonly root: string;
  readonly agent?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** The text for the model with its receipt; undefined when nothing is chosen. */
export function renderReminder(
  input: Pick<ReminderInput, 'event' | 'file' | 'standings' | 'sessionId'>,
  { chosen, cut }: Reminder,
  options: ReminderOptions,
): { readonly text: string; readonly receipt: Receipt } | undefined {
  if (chosen.length === 0) return undefined;
  const texts = reminderTexts();
  const lead =
    input.event === 'prompt'
      ? texts.prompt
      : fillTemplate(texts.file, { file: dataLine(input.file ?? '', FILE) || 'this file' });
  const framed = (lines: readonly string[]): string =>
    [`<memvault-${options.nonce}>`, lead, ...lines, texts.more, `</memvault-${options.nonce}>`].join('\n');
  const shown: (readonly string[])[] = [];
  for (const [at, one] of chosen.entries()) {
    const left = BUDGET_TOKENS[input.event] - estimateTokens(framed([...shown.flat(), '']));
    const tokens = Math.floor(left / (chosen.length - at));
    shown.push(
      linesOf(one, input.standings.get(one.row.id), { ...options, tokens, isFileNamed: input.event === 'file' }),
    );
  }
  const text = framed(shown.flat());
  const items = chosen.map(({ row, score, file }, order): ReceiptItem => ({
    id: row.id,
    title: dataLine(row.title, TITLE),
    rule: file === undefined ? input.event : 'file',
    score,
    tokens: estimateTokens(shown[order]?.join('\n') ?? ''),
    ...codeOf(input.standings.get(row.id)),
  }));
  const receipt: Receipt = {
    sessionId: input.sessionId,
    at: options.at,
    event: input.event,
    root: options.root,
    ...(input.file === undefined ? {} : { file: dataLine(input.file, 300) }),
    ...(options.agent === undefined ? {} : { agent: options.agent }),
    items,
    cut,
    tokens: estimateTokens(text),
    budgetTokens: BUDGET_TOKENS[input.event],
    leftOut: 0,
  };
  return { text, receipt };
}

/** The ids of what is chosen: what a hook claims before it shows it. */
export function idsOf(chosen: readonly Reminded[]): readonly MemoryId[] {
  return chosen.map(({ row }) => row.id);
}

interface ReminderTexts {
  readonly prompt: string;
  readonly file: string;
  readonly more: string;
  readonly changed: string;
  readonly moved: string;
  readonly gone: string;
  readonly by: string;
}

let known: ReminderTexts | undefined;

function reminderTexts(): ReminderTexts {
  known ??= parseTexts(readTemplate('context-recall.json'));
  return known;
}

function parseTexts(json: string): ReminderTexts {
  return JSON.parse(json);
}

interface LineOptions extends ReminderOptions {
  /** For all lines of this memory. */
  readonly tokens: number;
  /** The file is in the lead already. */
  readonly isFileNamed: boolean;
}

/** A line of its own, and one of its text where there is room. */
function linesOf(
  { row, gist, file: read }: Reminded,
  standing: Standing | undefined,
  options: LineOptions,
): readonly string[] {
  const texts = reminderTexts();
  const marks = [
    ...Object.values(codeOf(standing)).map((code) => texts[code]),
    ...(standing?.author === undefined ? [] : [fillTemplate(texts.by, { author: dataLine(standing.author, AUTHOR) })]),
  ];
  const mark = marks.length === 0 ? '' : ` [${marks.join(', ')}]`;
  const date = dataLine(localDate(row.created, options.timeZone), 10);
  const named = options.isFileNamed ? undefined : (read ?? row.files[0]);
  const file = named === undefined ? '' : ` (${dataLine(named, FILE)})`;
  const lineOf = (title: string): string =>
    `- ${shortId(row.id)} ${date} ${row.type ?? row.kind}: ${title}${file}${mark}`;
  const head = lineOf(dataLineWithin(row.title, TITLE, options.tokens - estimateTokens(lineOf('')) - 2));
  const left = options.tokens - estimateTokens(head) - 2;
  const below = gist === undefined || left < LEAST_GIST ? '' : dataLineWithin(gist, GIST, left);
  return below === '' ? [head] : [head, `  ${below}`];
}

function codeOf(standing: Standing | undefined): { readonly code?: StaleCode } {
  const code = staleCode(standing?.code);
  return code === undefined ? {} : { code };
}

function cutOf({ row, score }: Reminded, reason: CutReason): ReceiptCut {
  return { id: row.id, title: dataLine(row.title, TITLE), reason, score };
}
