// One folder for all temporary files of a test run, taken away at its end, whatever single tests leave behind; a run that was
// killed has its folder taken away by the next one.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = 'memvault-tests-';
let folder: string | undefined;

/** Runs once, before the processes that run the tests are started: they inherit the environment. */
export function setup(): void {
  for (const name of readdirSync(tmpdir())) if (isLeft(name)) take(join(tmpdir(), name));
  folder = mkdtempSync(join(tmpdir(), `${NAME}${process.pid}-`));
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder;
}

export function teardown(): void {
  if (folder !== undefined) take(folder);
}

/** Whether it is of a run whose process, named in it, is gone; for an hour it may be one of another container's. */
function isLeft(name: string): boolean {
  const pid = /^memvault-tests-(\d+)-/.exec(name)?.[1];
  const changedMs = statSync(join(tmpdir(), name), { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  if (pid === undefined || changedMs > Date.now() - 3_600_000) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

function take(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
