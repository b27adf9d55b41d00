// Runs git with memvault's fixed options and an environment built from scratch: no hooks, no prompts, no inherited GIT_*.

import { existsSync } from 'node:fs';
import { MemvaultError } from '../../model/errors.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { runProgram } from '../../system/exec.ts';
import type { ExecResult } from '../../system/exec.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

interface GitRunOptions {
  readonly stdin?: string | Uint8Array;
  /** Added to the environment of this one call, such as `GIT_INDEX_FILE`. */
  readonly env?: Readonly<Record<string, string>>;
  /** 20 s when left out; the process group is ended. */
  readonly timeoutMs?: number;
  /** Exit codes that are answers, not failures; `[0]` when left out. */
  readonly okCodes?: readonly number[];
}

interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  /** `stdout` as UTF-8, without the line feeds at its end. */
  readonly text: string;
  readonly stderr: string;
}

export interface GitRunner {
  /** Where git runs; never inside a vault. */
  readonly worktree: string;
  /**
   * Runs one git command. Throws `unavailable` when git is missing, does not end in time, writes too much, or ends with an
   * exit code that is not in `okCodes` (`data.exitCode`, `data.stderr`).
   */
  run(args: readonly string[], options?: GitRunOptions): Promise<GitResult>;
}

/** Options before every command: hooks off, no bare repository found by accident, no refusal of line ends. */
export const GIT_OPTIONS = [
  'core.hooksPath=/dev/null',
  'safe.bareRepository=explicit',
  'core.safecrlf=false',
  'log.showSignature=false',
] as const;

/** What git answers with when it has no better code: a fatal error. */
export const GIT_FATAL = 128;

const DEFAULT_TIMEOUT_MS = 20_000;

/** A runner for one work tree. `env` is where PATH, HOME and the like are taken from; this process' own when left out. */
export function openGit(worktree: string, options: { readonly env?: Environment } = {}): GitRunner {
  const base = gitEnvironment(options.env ?? process.env);
  return {
    worktree,
    async run(args, { stdin, env, timeoutMs = DEFAULT_TIMEOUT_MS, okCodes = [0] } = {}) {
      const done = await runProgram('git', [...GIT_OPTIONS.flatMap((option) => ['-c', option]), ...args], {
        cwd: worktree,
        env: { ...base, ...env },
        timeoutMs,
        ...(stdin === undefined ? {} : { stdin }),
      }).catch((error: unknown) => {
        throw existsSync(worktree) ? missingGit(error) : error;
      });
      if (done.timedOut || done.truncated || !okCodes.includes(done.code)) throw gitFailed(args, done, timeoutMs);
      const text = done.stdout.toString('utf8').replace(/\n+$/, '');
      return { code: done.code, stdout: done.stdout, text, stderr: done.stderr };
    },
  };
}

/** What git, its signing program and its credential lookups may need; everything else of the caller's environment stays out. */
const KEPT = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'GNUPGHOME',
  'SSH_AUTH_SOCK',
  'SYSTEMROOT',
  'SystemRoot',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
  'APPDATA',
  'LOCALAPPDATA',
  'ProgramData',
  'ProgramFiles',
  'TEMP',
  'TMP',
  'PATHEXT',
  'COMSPEC',
];

/** The environment of every git call, made from a caller's: inherited `GIT_*` would lead us to another repository or index. */
export function gitEnvironment(from: Environment): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of KEPT) {
    const value = from[name];
    if (value !== undefined) env[name] = value;
  }
  return {
    ...env,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_EDITOR: 'false',
  };
}

/** The exit code and the complaint of a git command that failed; undefined for any other error. */
export function gitFailure(error: unknown): { readonly exitCode: number; readonly stderr: string } | undefined {
  if (!(error instanceof MemvaultError)) return undefined;
  const { exitCode, stderr } = error.data;
  return typeof exitCode === 'number' && typeof stderr === 'string' ? { exitCode, stderr } : undefined;
}

function missingGit(cause: unknown): MemvaultError {
  return new MemvaultError('unavailable', 'git is not there: memvault needs the `git` command to publish memories', {
    hint: 'Install Git 2.38 or newer and make sure that `git --version` works.',
    cause,
  });
}

function gitFailed(args: readonly string[], done: ExecResult, timeoutMs: number): MemvaultError {
  const command = `git ${commandOf(args)}`;
  const stderr = cleanLine(done.stderr, 500);
  const lines = done.stderr
    .split(/\r\n|[\r\n]/)
    .slice(0, 20)
    .map((line) => cleanLine(line, 500))
    .join('\n');
  const what = done.timedOut
    ? `did not end within ${timeoutMs} ms`
    : done.truncated
      ? 'wrote more than memvault reads'
      : `ended with code ${done.code}: ${stderr}`;
  return new MemvaultError('unavailable', `${command} ${what}`, {
    data: { command: commandOf(args), exitCode: done.code, stderr: lines, timedOut: done.timedOut },
  });
}

/** The command's name, behind `-c name=value`. */
function commandOf(args: readonly string[]): string {
  let at = 0;
  while (args[at] === '-c') at += 2;
  return args[at] ?? '';
}
