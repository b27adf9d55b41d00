// One folder for all temporary files of a test run, taken away at its end, whatever single tests leave behind.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | undefined;

/** Runs once, before the processes that run the tests are started: they inherit the environment. */
export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'memvault-tests-'));
  for (const name of ['TMPDIR', 'TMP', 'TEMP']) process.env[name] = folder;
}

export function teardown(): void {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
