// Which work trees have a session inside a turn: written by the worker, read by commands that must not commit in the middle of one.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import type { DataPaths } from './paths.ts';
import { isWorkerAlive } from './worker-file.ts';

/** Notes the work trees; an empty set takes the note away. */
export function noteTurns(paths: DataPaths, worktrees: ReadonlySet<string>): void {
  if (worktrees.size === 0) rmSync(fileOf(paths), { force: true });
  else writeFileAtomic(fileOf(paths), `${JSON.stringify([...worktrees].sort())}\n`);
}

/** Whether a session is inside a turn there. Without a living worker nobody knows, and nobody is waited for. */
export function isInTurn(paths: DataPaths, worktree: string, now: number): boolean {
  if (!isWorkerAlive(paths.workerFile, now)) return false;
  try {
    const noted: unknown = JSON.parse(readFileSync(fileOf(paths), 'utf8'));
    return Array.isArray(noted) && noted.includes(worktree);
  } catch {
    return false;
  }
}

function fileOf(paths: DataPaths): string {
  return join(paths.home, 'turns.json');
}
