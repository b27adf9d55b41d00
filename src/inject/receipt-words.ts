// The words in which people read a receipt: why a memory was shown, why not, and what has become of its code. Pure.

import type { CutReason, InjectionEvent } from '../model/receipt.ts';
import type { StaleCode } from '../model/standing.ts';

/** What a rule means; the rule's own name where it is none of ours. */
export function ruleWords(rule: string): string {
  return RULES[rule] ?? rule;
}

/** The moment at which memories came. */
export function eventWords(event: InjectionEvent): string {
  if (event === 'prompt') return 'at a prompt';
  return event === 'file' ? 'before a file' : `at the start (${event})`;
}

const RULES: Readonly<Record<string, string>> = {
  'last-summary': 'where the work stood',
  'recurring-question': 'asked again and again',
  pinned: 'pinned',
  convention: 'convention',
  relevant: 'branch, files',
  recent: 'new',
  prompt: 'matches the prompt',
  file: 'speaks of the file',
};

export const REASON_WORDS: Readonly<Record<CutReason, string>> = {
  budget: 'no room',
  'author-share': 'too much of one person',
  pending: 'not merged',
  limit: 'enough of its kind',
  given: 'given before',
  threshold: 'below the threshold',
};

export const CODE_WORDS: Readonly<Record<StaleCode, string>> = {
  changed: 'code changed since',
  moved: 'code moved',
  gone: 'code gone',
};
