// A receipt: the record of what was injected into a session, and why.

export interface ReceiptItem {
  readonly id: string;
  readonly title: string;
  /** Rule that chose it: `last-summary`, `relevant`, `recent`, `pinned`, `recurring-question`. */
  readonly rule: string;
  readonly tokens: number;
}

export interface Receipt {
  readonly sessionId: string;
  /** UTC. */
  readonly at: string;
  readonly event: string;
  readonly items: readonly ReceiptItem[];
  readonly tokens: number;
  readonly budgetTokens: number;
  /** How many more would have been relevant but did not fit. */
  readonly leftOut: number;
}
