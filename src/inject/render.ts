// Renders what was selected as the block that a session gets at its start, with the receipt of what is in it. Pure.

import { MemvaultError } from '../model/errors.ts';
import type { ReceiptItem } from '../model/receipt.ts';
import { estimateTokens } from '../model/tokens.ts';
import { dataLine } from './data-text.ts';
import { linesOfSummary } from './select.ts';
import type { Selection } from './select.ts';
import { frame, itemLine, moreLines, NONCE_PATTERN, startTexts, questionLine } from './start-lines.ts';

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
  readonly tokens: number;
  readonly leftOut: number;
}

/** The block; byte for byte the same for the same selection and options. */
export function renderStart(selection: Selection, options: RenderOptions): StartBlock {
  if (!NONCE_PATTERN.test(options.nonce))
    throw new MemvaultError('internal', 'the nonce of the start block must be 1 to 32 letters, digits or dashes');
  const summary = selection.summary === undefined ? [] : linesOfSummary(selection.summary, options);
  const questions =
    selection.recurring.length === 0 ? [] : [startTexts().recurring, ...selection.recurring.map(questionLine)];
  const lines = selection.items.map((item) => itemLine(item, options));
  const memories = lines.length === 0 ? [] : [startTexts().memories, ...lines];
  const text = frame({
    nonce: options.nonce,
    projectName: selection.projectName,
    sections: [questions, summary, memories]
      .filter((section) => section.length > 0)
      .map((section) => section.join('\n'))
      .join('\n\n'),
    more: moreLines(selection.leftOut, selection.held),
  });
  const items: ReceiptItem[] = selection.items.map(({ row, rule }, order) => ({
    id: row.id,
    title: dataLine(row.title, 120),
    rule,
    tokens: estimateTokens(lines[order] ?? ''),
  }));
  for (const answer of selection.recurring.flatMap(({ answers }) => answers))
    items.push({
      id: answer.id,
      title: dataLine(answer.title, 120),
      rule: 'recurring-question',
      tokens: estimateTokens(answer.title),
    });
  if (selection.summary !== undefined) {
    const { memory } = selection.summary;
    items.unshift({
      id: memory.id,
      title: dataLine(memory.title, 120),
      rule: 'last-summary',
      tokens: estimateTokens(summary.join('\n')),
    });
  }
  return { text, items, tokens: estimateTokens(text), leftOut: selection.leftOut };
}
