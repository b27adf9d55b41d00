// A mark in the plugin's own data folder while the worker runs, so that whoever watches that folder (an uninstaller, a test
// bench) can tell background work from rest without knowing memvault's places.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EVERY_MS = 1_000;

/** Touches `<folder>/worker-is-running` every second until the returned function is called; without a folder it does nothing. */
export function markPresence(folder: string | undefined, pid: number): () => void {
  if (folder === undefined || folder === '') return () => undefined;
  const file = join(folder, 'worker-is-running');
  const touch = (): void => {
    try {
      writeFileSync(file, `${pid}\n`, { mode: 0o600 });
    } catch {
      // The folder went away with the plugin; the worker's own files say the same.
    }
  };
  touch();
  const timer = setInterval(touch, EVERY_MS);
  return () => {
    clearInterval(timer);
    rmSync(file, { force: true });
  };
}
