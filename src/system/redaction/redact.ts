// Placeholder replaced by the capture work in the same hour: the signature that others build on.

export interface Redaction {
  readonly text: string;
  /** Kind of secret → how many were cut. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Cuts secrets from a text: `[redacted:<kind>]`. Idempotent. */
export function redactText(text: string): Redaction {
  return { text, counts: {} };
}
