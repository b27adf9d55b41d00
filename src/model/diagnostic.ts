// A diagnostic: a remark about one file of a vault. Collected and shown, never thrown.

export interface Diagnostic {
  /** Relative to the vault's root. */
  readonly path: string;
  /** The file that it collides with, where there is one. */
  readonly other?: string;
  /** 1-based. */
  readonly line?: number;
  /** Stable name of the rule, such as `frontmatter-missing`. */
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  /** What is wrong, what was expected. One line. */
  readonly message: string;
  /** The next thing to do. */
  readonly mend?: string;
}

/** `path:line rule message`, the form that `memvault doctor` prints. */
export function renderDiagnostic(diagnostic: Diagnostic): string {
  const place = diagnostic.line === undefined ? diagnostic.path : `${diagnostic.path}:${diagnostic.line}`;
  return `${place} ${diagnostic.rule} ${diagnostic.message}`;
}
