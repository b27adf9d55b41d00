// Runs a command without a shell: argument list, bytes in and out, its own process group that is killed whole on time-out.

import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { MemvaultError } from '../model/errors.ts';
import { loadChildProcess } from './builtin.ts';

export interface ExecOptions {
  readonly cwd?: string;
  /** The whole environment of the command; this process' own when left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the command's stdin, which is closed after it; empty when left out. */
  readonly stdin?: string | Uint8Array;
  /** After so many milliseconds the process group ends; 30 s when left out. */
  readonly timeoutMs?: number;
  /** Most bytes taken from stdout and from stderr, each; the command ends when it writes more. 64 MiB when left out. */
  readonly maxBytes?: number;
}

export interface ExecResult {
  /** Exit code; -1 when the command was ended by a signal. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly timedOut: boolean;
  /** It wrote more than `maxBytes`: `stdout` and `stderr` hold the beginning. */
  readonly truncated: boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;
/** Between the polite signal, on which git removes its lock files, and the hard one. */
const GRACE_MS = 500;
/** A grandchild may keep the pipes open after the command itself has ended; nobody waits longer for it. */
const PIPE_GRACE_MS = 250;

/**
 * Runs the command and answers when it has ended, whatever its exit code. Throws `unavailable` when it cannot be started.
 * A time-out or too much output is told in the result; by then no process of its group is left.
 */
export function runProgram(command: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const child = loadChildProcess().spawn(command, [...args], {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...(options.env ?? process.env) },
      stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      // A session and group of its own: no terminal to prompt on, and grandchildren can be ended with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const stdout = collect(child, 'stdout');
    const stderr = collect(child, 'stderr');
    const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    let timedOut = false;
    let truncated = false;
    let settled = false;
    let hardKill: NodeJS.Timeout | undefined;
    let pipeWait: NodeJS.Timeout | undefined;

    const end = (): void => {
      if (hardKill !== undefined) return;
      killGroup(child, 'SIGTERM');
      hardKill = setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
    };
    const watchdog = setTimeout(() => {
      timedOut = true;
      end();
    }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const finish = (code: number | null): void => {
      if (settled) return;
      settled = true;
      clearTimeout(watchdog);
      clearTimeout(pipeWait);
      if (hardKill !== undefined) {
        clearTimeout(hardKill);
        killGroup(child, 'SIGKILL');
      }
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve({
        code: code ?? -1,
        stdout: stdout.bytes().subarray(0, maxBytes),
        stderr: stderr.bytes().subarray(0, maxBytes).toString('utf8'),
        timedOut,
        truncated,
      });
    };

    const watchSize = (): void => {
      if (stdout.size() <= maxBytes && stderr.size() <= maxBytes) return;
      truncated = true;
      end();
    };
    child.stdout?.on('data', watchSize);
    child.stderr?.on('data', watchSize);
    child.on('error', (error) => {
      if (settled) return;
      settled = true;
      clearTimeout(watchdog);
      reject(cannotStart(command, options.cwd, error));
    });
    child.on('close', finish);
    child.on('exit', (code) => {
      const wait = (): void => {
        const before = stdout.size() + stderr.size();
        pipeWait = setTimeout(() => {
          // Bytes that still flow are the command's own; silence means that a grandchild holds the pipe.
          if (stdout.size() + stderr.size() > before && !truncated && !timedOut) wait();
          else finish(code);
        }, PIPE_GRACE_MS);
      };
      wait();
    });
    // A command may end without reading its input: that is its exit code's business.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin);
  });
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): { size(): number; bytes(): Buffer } {
  const chunks: Buffer[] = [];
  let size = 0;
  child[stream]?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
  });
  return { size: () => size, bytes: () => Buffer.concat(chunks) };
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

function cannotStart(command: string, cwd: string | undefined, cause: Error): MemvaultError {
  if (cwd !== undefined && !existsSync(cwd))
    return new MemvaultError('unavailable', `cannot run ${command} in ${cwd}: the folder is not there`, { cause });
  return new MemvaultError('unavailable', `cannot run ${command}: ${cause.message}`, {
    hint: `Install ${command}, or put it on PATH.`,
    cause,
  });
}
