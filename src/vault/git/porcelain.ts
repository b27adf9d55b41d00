// The reads that people know as `git status`, `git log` and `git branch`, through simple-git; loaded on first use only.

import type { SimpleGit } from 'simple-git';
import { MemvaultError } from '../../model/errors.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { GIT_OPTIONS, gitEnvironment } from './runner.ts';
import type { Environment } from './runner.ts';

interface StatusEntry {
  readonly path: string;
  /** Letter of the index column: ' ' unchanged, '?' untracked, 'A', 'M', 'D' … */
  readonly index: string;
  /** Letter of the work tree column. */
  readonly worktree: string;
}

export interface Porcelain {
  /** What `git status` shows of the paths below a folder; every untracked file by itself. */
  status(below: string): Promise<readonly StatusEntry[]>;
  /** E-mail addresses of the authors of the last commits of a full ref or commit id, newest first. */
  authors(ref: string, count: number): Promise<readonly string[]>;
  /** Short names of the local branches. */
  branches(): Promise<readonly string[]>;
}

const TIMEOUT_MS = 20_000;

/** Opens the reads of a work tree. They throw `unavailable` when git fails. */
export function openPorcelain(worktree: string, options: { readonly env?: Environment } = {}): Porcelain {
  let opened: Promise<SimpleGit> | undefined;
  const open = (): Promise<SimpleGit> => (opened ??= connect(worktree, options.env ?? process.env));
  return {
    async status(below) {
      const git = await open();
      const found = await ask('status', git.status(['--untracked-files=all', '--no-renames', '--', below]));
      return found.files.map((file) => ({ path: file.path, index: file.index, worktree: file.working_dir }));
    },
    async authors(ref, count) {
      // The log parser of simple-git needs a separator of its own; one field per line needs none.
      const git = await open();
      const args = ['log', `--max-count=${Math.trunc(count)}`, '--format=%ae', '--end-of-options', ref, '--'];
      const text = await ask('log', git.raw(args));
      return text.split('\n').filter((line) => line !== '');
    },
    async branches() {
      const git = await open();
      return (await ask('branch', git.branchLocal())).all;
    },
  };
}

/** simple-git drops what it was not told to allow, and swallows exit codes: the option set is the tried one. */
async function connect(worktree: string, from: Environment): Promise<SimpleGit> {
  const { simpleGit } = await import('simple-git');
  return simpleGit({
    baseDir: worktree,
    config: [...GIT_OPTIONS],
    timeout: { block: TIMEOUT_MS, stdErr: false, stdOut: false },
    allowEnvironment: [
      'GIT_TERMINAL_PROMPT',
      'GIT_OPTIONAL_LOCKS',
      'GIT_LITERAL_PATHSPECS',
      'GIT_NO_LAZY_FETCH',
      'GIT_EDITOR',
    ],
    unsafe: { allowUnsafeEditor: true, allowUnsafeHooksPath: true },
    errors: (error, result) =>
      result.exitCode === 0 ? error : new Error(`exit ${result.exitCode}: ${Buffer.concat(result.stdErr).toString()}`),
  }).env(gitEnvironment(from));
}

async function ask<T>(command: string, answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const reason = cleanLine(error instanceof Error ? error.message : String(error), 300);
    throw new MemvaultError('unavailable', `git ${command} failed: ${reason}`, { cause: error });
  }
}
