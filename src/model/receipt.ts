// A receipt: the record of what was injected into a session, why, and what was left out.

import type { StaleCode } from './standing.ts';

export const INJECTION_EVENTS = ['startup', 'resume', 'clear', 'compact', 'fork', 'prompt', 'file'] as const;
export type InjectionEvent = (typeof INJECTION_EVENTS)[number];

export interface ReceiptItem {
  readonly id: string;
  readonly title: string;
  /** Rule that chose it: `last-summary`, `recurring-question`, `pinned`, `convention`, `relevant`, `recent`, `prompt`, `file`. */
  readonly rule: string;
  /** What the rule counted, comparable within one injection; for people, 0 where nothing is counted. */
  readonly score?: number;
  readonly tokens: number;
  /** Set when the code it speaks of is not what it was. */
  readonly code?: StaleCode;
}

/** Why a memory that could have been shown was not. */
export type CutReason = 'budget' | 'author-share' | 'pending' | 'limit' | 'given' | 'threshold';

export interface ReceiptCut {
  readonly id: string;
  readonly title: string;
  readonly reason: CutReason;
  readonly score?: number;
}

export interface Receipt {
  readonly sessionId: string;
  /** UTC. */
  readonly at: string;
  readonly event: InjectionEvent;
  /** Absolute path of the folder that holds the vault. */
  readonly root: string;
  /** The file, for the event `file`. */
  readonly file?: string;
  /** The subagent that got it; the session itself when absent. */
  readonly agent?: string;
  readonly items: readonly ReceiptItem[];
  /** The best of those that were not shown. */
  readonly cut: readonly ReceiptCut[];
  readonly tokens: number;
  readonly budgetTokens: number;
  /** How many more memories there are that were not shown. */
  readonly leftOut: number;
  /** Memories that other people brought and nobody merged yet: never shown. */
  readonly pending?: number;
}
