// What resolving the conflicts of a vault did.

export interface ResolvedFile {
  /** From the top of the work tree. */
  readonly path: string;
  readonly how: 'merged' | 'kept' | 'deleted';
  /** What a person should know, a sentence each: both sides kept, an edit that won over a deletion. */
  readonly notes: readonly string[];
  /** Whether it is staged; one that was committed with markers is only written. */
  readonly isStaged: boolean;
}

export interface ResolveOutcome {
  readonly resolved: readonly ResolvedFile[];
  readonly left: readonly { readonly path: string; readonly reason: string }[];
}
