// What `memvault doctor` found in one part, with the way out, and with what `--fix` would do about it.

export interface Finding {
  readonly part: string;
  readonly state: 'good' | 'remark' | 'fault';
  readonly text: string;
  readonly wayOut?: string;
  /** Only what takes nothing of a person's away, and what may be done twice. */
  readonly fix?: Fix;
}

export interface Fix {
  /** What it would do, as the end of a sentence: "`memvault doctor --fix` …". */
  readonly does: string;
  /** Does it and says what was done. */
  run(): string | Promise<string>;
}
