// Finds the Git work tree and the clone that hold a folder, by looking at files only (no git process: the hook uses this).

import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { STATE_FOLDER } from '../model/place.ts';
import { absolutePath } from './absolute-path.ts';

export interface ProjectLocation {
  /** The folder asked about, absolute. */
  readonly project: string;
  readonly worktree?: string;
  readonly gitDir?: string;
  readonly commonDir?: string;
}

/**
 * The work tree around a folder. A folder that is the home directory, or that holds the data folder, is never taken for a
 * repository (dotfiles repositories): then only `project` is given.
 */
export function findProject(
  folder: string,
  bounds: { readonly home: string; readonly dataDir: string },
): ProjectLocation {
  const project = absolutePath(folder);
  for (let dir = project; ; dir = dirname(dir)) {
    const git = readGitLink(dir);
    if (git !== undefined) {
      const worktree = realPath(dir);
      if (holds(worktree, realPath(bounds.home)) || holds(worktree, realPath(bounds.dataDir))) return { project };
      return { project, worktree, ...git };
    }
    if (dirname(dir) === dir) return { project };
  }
}

/**
 * The folder that stands for a project in settings and names: the main work tree of its clone, so that what was chosen for
 * one work tree holds in all; a folder without Git stands for itself.
 */
export function mainFolder({ project, worktree, gitDir, commonDir }: ProjectLocation): string {
  const isLinked = commonDir !== undefined && commonDir !== gitDir;
  return isLinked && basename(commonDir) === '.git' ? dirname(commonDir) : (worktree ?? project);
}

/**
 * The random id of a clone, made on first use (0600 in a 0700 folder). Answers undefined when the Git directory cannot be
 * written. `draw` gives 16 hex characters.
 */
export function readCloneId(commonDir: string, draw: () => string): string | undefined {
  const folder = commonDir + sep + STATE_FOLDER;
  const file = folder + sep + 'clone';
  const known = readText(file)?.trim();
  if (known !== undefined && /^[0-9a-f]{16}$/.test(known)) return known;
  if (known !== undefined) return undefined;
  const id = draw();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, `${id}\n`, { mode: 0o600, flag: 'wx' });
    return id;
  } catch {
    // Another hook may have been first: its id counts.
    const other = readText(file)?.trim();
    return other !== undefined && /^[0-9a-f]{16}$/.test(other) ? other : undefined;
  }
}

/**
 * The branch that HEAD names, without `refs/heads/`; undefined when detached, or where Git keeps its refs in tables and the file says
 * so by an impossible name. Reads one file, runs no git.
 */
export function readBranch(gitDir: string): string | undefined {
  const branch = /^ref: refs\/heads\/(.+?)\s*$/.exec(readText(join(gitDir, 'HEAD')) ?? '')?.[1];
  return branch === '.invalid' ? undefined : branch;
}

function readGitLink(dir: string): { gitDir: string; commonDir: string } | undefined {
  const link = dir + sep + '.git';
  let isFolder: boolean | undefined;
  try {
    isFolder = statSync(link, { throwIfNoEntry: false })?.isDirectory();
  } catch {
    return undefined;
  }
  if (isFolder === undefined) return undefined;
  if (isFolder) {
    if (statSync(link + sep + 'HEAD', { throwIfNoEntry: false }) === undefined) return undefined;
    const gitDir = realPath(link);
    return { gitDir, commonDir: gitDir };
  }
  const target = /^gitdir: ([^]+?)\r?\n?$/.exec(readText(link) ?? '')?.[1];
  if (target === undefined) return undefined;
  const gitDir = realPath(isAbsolute(target) ? target : resolve(dir, target));
  // The repository was moved away: what is put there nobody would find again.
  if (statSync(gitDir + sep + 'HEAD', { throwIfNoEntry: false }) === undefined) return undefined;
  const common = readText(join(gitDir, 'commondir'))?.trim();
  return { gitDir, commonDir: common === undefined ? gitDir : realPath(resolve(gitDir, common)) };
}

function holds(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
