// What this user adds to the rules of the redactor, and what they take out of it. Set once by the process's edge.

export interface RedactionPolicy {
  /** Whether the user said that this text is no secret. */
  isAllowed(text: string): boolean;
  /** The user's own patterns, checked to run in bounded time. */
  readonly extra: readonly RegExp[];
}

const NONE: RedactionPolicy = { isAllowed: () => false, extra: [] };
let policy = NONE;

/** From now on this process redacts by the user's word too. Settings of a repository never reach this. */
export function setRedactionPolicy(wanted: RedactionPolicy | undefined): void {
  policy = wanted ?? NONE;
}

export function redactionPolicy(): RedactionPolicy {
  return policy;
}
