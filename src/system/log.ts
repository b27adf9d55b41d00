// A log of JSON lines in a file, cut at a size; never on a hook's stdout, never the text of an event.

import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock, Logger } from '../model/ports.ts';
import { redactText } from './redaction/redact.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MAX_BYTES = 5 * 1024 * 1024;

/** Appends lines of at least `level` to the file; at 5 MiB the file becomes `<file>.1` and a new one begins. Never throws. */
export function openLog(file: string, options: { readonly level: LogLevel; readonly clock: Clock }): Logger {
  const threshold = LOG_LEVELS.indexOf(options.level);
  const write = (level: LogLevel, message: string, data?: Readonly<Record<string, unknown>>): void => {
    if (LOG_LEVELS.indexOf(level) < threshold) return;
    try {
      // What went wrong stands beside what was done, not in its place.
      const { message: detail, ...rest } = data ?? {};
      const line = JSON.stringify({ at: new Date(options.clock.now()).toISOString(), level, message, ...rest, detail });
      rotate(file);
      appendFileSync(file, `${redactText(line).text}\n`, { mode: 0o600 });
    } catch {
      // A log that cannot be written must not stop the work.
    }
  };
  return {
    debug: (message, data) => write('debug', message, data),
    info: (message, data) => write('info', message, data),
    warn: (message, data) => write('warn', message, data),
    error: (message, data) => write('error', message, data),
  };
}

/** A logger that drops everything. */
export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {} };

function rotate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_BYTES) renameSync(file, `${file}.1`);
}
