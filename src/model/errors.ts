// The one error class of memvault, its closed list of codes, and the table that says what each code means to every face.

/** What the faces do with an error of one code. */
export interface ErrorRule {
  /** Exit code of the command line. */
  readonly exit: number;
  /** HTTP status of the viewer. */
  readonly status: number;
  /** Whether the worker may try the same thing again later. */
  readonly retry: boolean;
  /** The hint shown when the error itself carries none. */
  readonly hint: string;
}

/** One row per code; the documentation of the codes (docs/troubleshooting.md) has a heading for each. */
export const ERROR_RULES = {
  invalid_input: { exit: 2, status: 400, retry: false, hint: 'Run the command with --help to see what it accepts.' },
  invalid_config: {
    exit: 2,
    status: 500,
    retry: false,
    hint: 'Run `memvault config list` to see every setting, its value and its origin.',
  },
  not_found: { exit: 3, status: 404, retry: false, hint: 'Run `memvault search <words>` to find what there is.' },
  ambiguous: { exit: 3, status: 409, retry: false, hint: 'Give more characters of the id.' },
  conflict: { exit: 4, status: 409, retry: true, hint: 'Something changed meanwhile. Run the command again.' },
  busy: {
    exit: 4,
    status: 423,
    retry: true,
    hint: 'Another memvault process holds the lock. Run the command again in a moment.',
  },
  held: { exit: 0, status: 409, retry: true, hint: 'Run `memvault status` to see why memories wait.' },
  unavailable: { exit: 5, status: 503, retry: true, hint: 'Run `memvault doctor` to see what is missing.' },
  corrupt: { exit: 1, status: 500, retry: false, hint: 'Run `memvault doctor`, then `memvault rebuild`.' },
  unsupported_version: {
    exit: 6,
    status: 500,
    retry: false,
    hint: 'Update memvault: this was written by a newer version.',
  },
  denied: { exit: 7, status: 403, retry: false, hint: 'memvault stays inside its own folders.' },
  internal: {
    exit: 1,
    status: 500,
    retry: true,
    hint: 'This is a fault of memvault. Run again with --debug and report what it prints.',
  },
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERROR_RULES;

export interface MemvaultErrorOptions {
  /** The next thing to type; the code's own hint when left out. */
  readonly hint?: string;
  /** Facts for `--json` output and the log; never a secret, never a whole text. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An expected failure: what failed, on what, what was expected. Everything else that is thrown is a bug (`internal`). */
export class MemvaultError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: MemvaultErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MemvaultError';
    this.code = code;
    this.hint = options.hint ?? ERROR_RULES[code].hint;
    this.data = options.data ?? {};
  }
}

/** What the disk and its rights may refuse, by the system's own code: what is wrong, and what to do about it. */
const SYSTEM_FAULTS: Readonly<Record<string, readonly [fault: string, hint: string]>> = {
  EACCES: ['permission denied', 'Give yourself the right to it, or move your data folder with CLAUDE_MEM_DATA_DIR.'],
  EPERM: [
    'the system does not permit it',
    'Give yourself the right to it, or move your data folder with CLAUDE_MEM_DATA_DIR.',
  ],
  EROFS: ['the file system is read-only', 'Mount it for writing, or move your data folder with CLAUDE_MEM_DATA_DIR.'],
  ENOTDIR: ['a part of the path is no folder', 'Move the file away that stands where a folder is needed.'],
  ENOSPC: ['no space is left on the disk', 'Free some space, then run the command again.'],
  EDQUOT: ['your disk quota is used up', 'Free some space, then run the command again.'],
  EIO: ['the disk does not answer as it should', 'Look at the disk, then run the command again.'],
  EMFILE: ['too many files are open', 'Raise the limit (`ulimit -n`), then run the command again.'],
};

/**
 * The error as the faces need it. What the system refused becomes `unavailable` with the path and a way out; everything else
 * that is no MemvaultError becomes `internal`, its text kept.
 */
export function toMemvaultError(error: unknown): MemvaultError {
  if (isExpected(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof Error ? describeRefusal(error) : undefined;
  return refusal === undefined
    ? new MemvaultError('internal', message, { cause: error })
    : new MemvaultError('unavailable', refusal.message, { hint: refusal.hint, cause: error });
}

/** Also one of another file of ours, which has a class of its own where it was built alone. */
function isExpected(error: unknown): error is MemvaultError {
  if (error instanceof MemvaultError) return true;
  if (!(error instanceof Error) || error.name !== 'MemvaultError') return false;
  const { code, hint, data } = error as Partial<Record<'code' | 'hint' | 'data', unknown>>;
  return (
    typeof code === 'string' && Object.hasOwn(ERROR_RULES, code) && typeof hint === 'string' && typeof data === 'object'
  );
}

function describeRefusal(error: Error): { readonly message: string; readonly hint: string } | undefined {
  const { code, path, errcode } = error as { code?: unknown; path?: unknown; errcode?: unknown };
  const known = SYSTEM_FAULTS[typeof errcode === 'number' ? (SQLITE_FAULTS[errcode & 0xff] ?? '') : String(code)];
  if (known === undefined) return undefined;
  // A write that fails knows its file by number only, and SQLite names none.
  const what = typeof path === 'string' ? path : (/^[A-Z]+: [^,]+, (\w+)/.exec(error.message)?.[1] ?? error.message);
  return { message: `cannot use ${what}: ${known[0]}`, hint: known[1] };
}

/** SQLite's primary result codes for what the disk refuses: https://www.sqlite.org/rescode.html */
const SQLITE_FAULTS: Readonly<Record<number, string>> = { 3: 'EACCES', 8: 'EROFS', 10: 'EIO', 13: 'ENOSPC' };
