// A question that was asked in several sessions, and the memories that answer it.

export interface RecurringQuestion {
  /** One of its wordings, redacted, one line. */
  readonly text: string;
  /** The sessions in which it was asked. */
  readonly sessions: readonly string[];
  /** UTC. */
  readonly lastAsked: string;
}

export interface AnsweredQuestion extends RecurringQuestion {
  /** The likeliest answer first; none is possible. */
  readonly answers: readonly { readonly id: string; readonly title: string }[];
}
