// Asks Git what has changed before anybody knows where the vault is: while Git looks, the rest of the process is loaded.

import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { readChangedFiles } from './work-state.ts';
import type { WorkStateOptions } from './work-state.ts';

export interface AskedAhead {
  /** The files that have changed in this work tree; undefined when another one was asked. */
  changedFilesOf(worktree: string): Promise<readonly string[]> | undefined;
}

/** Asks at once. Undefined where `folder` is not the top of a work tree: then Git is asked later, at the right place. */
export function askAhead(folder: string, options: WorkStateOptions): AskedAhead | undefined {
  if (!existsSync(join(folder, '.git'))) return undefined;
  const asked = realpathSync(folder);
  const changedFiles = readChangedFiles(asked, options);
  return { changedFilesOf: (worktree) => (worktree === asked ? changedFiles : undefined) };
}
