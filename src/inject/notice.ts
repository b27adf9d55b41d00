// The one line that a person reads at a session's start. Pure.

import type { ReceiptItem } from '../model/receipt.ts';
import type { HeldNotice } from './start-lines.ts';

export interface NoticeParts {
  readonly items: readonly ReceiptItem[];
  readonly tokens: number;
  readonly held?: HeldNotice | undefined;
  readonly pending: number;
  readonly remark?: string | undefined;
}

/** `memvault: 7 memories, 1,240 tokens; 2 changed since; 1 held: …; 3 of other people not reviewed`. */
export function startNotice({ items, tokens, held, pending, remark }: NoticeParts): string {
  const shown = new Set(items.map(({ id }) => id)).size;
  const changed = items.filter((item) => item.code !== undefined).length;
  const parts = [
    `${shown === 1 ? '1 memory' : `${shown} memories`}, ${thousands(tokens)} tokens`,
    changed === 0 ? undefined : `${changed} changed since`,
    held === undefined ? undefined : `${held.count} held: ${held.sentence}`,
    pending === 0 ? undefined : `${pending} of other people not merged, not shown`,
    remark,
  ];
  return `memvault: ${parts.filter((part) => part !== undefined).join('; ')}`;
}

/** `1,240`: what `toLocaleString` gives, which loads the tables of all languages first and takes 13 ms. */
function thousands(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
