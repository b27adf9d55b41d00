// Where V8 keeps what it compiled of a hook: on the user's side alone, because whoever writes there says what the next hook runs.

import { lstatSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

export interface CompiledCodeOptions {
  /** The user's side, `~/.claude-mem/memvault`; nothing is kept while it is not there. */
  readonly home: string;
  /** Folders that anybody may have filled: the project's, and the one where the hook runs. */
  readonly foreign: readonly string[];
  readonly version: string;
}

/**
 * The folder for this version's compiled code, made when it is not there; then those of other versions go. Undefined when the
 * user's side is open to others, is a link, or lies in a project or a repository, which may bring such a folder along. Never throws.
 */
export function compiledCodeFolder({ home, foreign, version }: CompiledCodeOptions): string | undefined {
  try {
    const all = join(home, 'compiled');
    const folder = join(all, version);
    if (!isOfUser(home) || foreign.some((dir) => isBelow(home, dir)) || isInRepository(home)) return undefined;
    mkdirSync(all, { recursive: true, mode: 0o700 });
    if (!isOfUser(all)) return undefined;
    if (!isThere(folder)) {
      for (const other of readdirSync(all)) rmSync(join(all, other), { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
    return isOfUser(folder) ? folder : undefined;
  } catch {
    return undefined;
  }
}

function isOfUser(folder: string): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return false;
  return process.getuid === undefined || (stats.uid === process.getuid() && (stats.mode & 0o077) === 0);
}

function isThere(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
}

/** By the places that links lead to. */
function isBelow(path: string, folder: string): boolean {
  const way = relative(realpathSync(folder), realpathSync(path));
  return way !== '..' && !way.startsWith(`..${sep}`);
}

function isInRepository(path: string): boolean {
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    if (isThere(join(folder, '.git'))) return true;
    if (dirname(folder) === folder) return false;
  }
}
