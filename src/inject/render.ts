// Renders what was selected as the block that a session gets at its start, with the receipt of what is in it. Pure.

import { MemvaultError } from '../model/errors.ts';
import type { ReceiptCut, ReceiptItem } from '../model/receipt.ts';
import { estimateTokens } from '../model/tokens.ts';
import { dataLine } from './data-text.ts';
import { linesOfSummary } from './select-summary.ts';
import type { Selection } from './select.ts';
import { frame, itemLine, moreLines, NONCE_PATTERN, questionLine, startTexts } from './start-lines.ts';

export interface RenderOptions {
  /** 1 to 32 letters, digits and dashes that a memory's author cannot know, the same for the same session: it names the fence. */
  readonly nonce: string;
  /** IANA name; the system's zone when left out. */
  readonly timeZone?: string | undefined;
}

export interface StartBlock {
  readonly text: string;
  /** What is in it, for the receipt. */
  readonly items: readonly ReceiptItem[];
  readonly cut: readonly ReceiptCut[];
  readonly tokens: number;
  readonly leftOut: number;
}

/** The block; byte for byte the same for the same selection and options. */
export function renderStart(selection: Selection, options: RenderOptions): StartBlock {
  if (!NONCE_PATTERN.test(options.nonce))
    throw new MemvaultError('internal', 'the nonce of the start block must be 1 to 32 letters, digits or dashes');
  const { recurring, situation, summary } = selection;
  const texts = startTexts();
  const summaryLines = summary === undefined ? [] : linesOfSummary(summary, options);
  const stood = [...(situation === undefined ? [] : [situation]), ...summaryLines];
  const lines = selection.items.map((item) => itemLine(item, options));
  const sections = [
    withHeading(texts.recurring, recurring.map(questionLine)),
    withHeading(texts.lastSession, stood),
    withHeading(texts.memories, lines),
  ];
  const text = frame({
    nonce: options.nonce,
    projectName: selection.projectName,
    sections: sections.filter((section) => section !== '').join('\n\n'),
    more: moreLines(selection),
  });
  const items: ReceiptItem[] = [
    ...(summary === undefined
      ? []
      : [
          {
            id: summary.memory.id,
            title: dataLine(summary.memory.title, TITLE),
            rule: 'last-summary',
            tokens: estimateTokens(summaryLines.join('\n')),
          },
        ]),
    ...recurring
      .flatMap(({ answers }) => answers)
      .map(({ id, title, code }) => ({
        id,
        title: dataLine(title, TITLE),
        rule: 'recurring-question',
        tokens: estimateTokens(title),
        ...(code === undefined ? {} : { code }),
      })),
    ...selection.items.map(({ row, rule, score, code }, order) => ({
      id: row.id,
      title: dataLine(row.title, TITLE),
      rule,
      score,
      tokens: estimateTokens(lines[order] ?? ''),
      ...(code === undefined ? {} : { code }),
    })),
  ];
  const cut = selection.cut.map(({ row, reason, score }) => ({
    id: row.id,
    title: dataLine(row.title, TITLE),
    reason,
    score,
  }));
  return { text, items, cut, tokens: estimateTokens(text), leftOut: selection.leftOut };
}

const TITLE = 120;

function withHeading(heading: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [heading, ...lines].join('\n');
}
