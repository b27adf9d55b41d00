// Where the vault of a folder is: in its repository, in a folder without Git, or personal under the home. Looks at files only.

import { existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { MemvaultError } from '../model/errors.ts';
import { STATE_FOLDER, VAULT_FOLDER } from '../model/place.ts';
import type { VaultPlace } from '../model/place.ts';
import { sha256Hex } from '../system/digest.ts';
import type { DataPaths } from '../system/paths.ts';
import { findProject } from '../system/project.ts';
import type { ProjectLocation } from '../system/project.ts';

export interface PlaceInput {
  /** `--vault <dir>`: a folder with a `.claude-mem/`, that folder itself, or a repository. */
  readonly vaultFlag?: string;
  /** CLAUDE_PROJECT_DIR. */
  readonly projectDir?: string;
  readonly cwd: string;
  /** The user's home folder. */
  readonly home: string;
  readonly paths: DataPaths;
}

export interface ResolvedPlace {
  /** `repository` in a Git work tree, `folder` where a `.claude-mem/` stands without Git, else `personal`. */
  readonly place: VaultPlace;
  /** The personal vault of the same project: `place` itself when that is personal. */
  readonly personal: VaultPlace;
  readonly project: ProjectLocation;
  /** What named the folder. */
  readonly origin: 'flag' | 'project' | 'cwd';
  /** Whether `place.vaultDir` is there. */
  readonly exists: boolean;
}

/**
 * Finds the vault by `--vault`, else by the project folder, else by the working directory. Throws `denied` when `.claude-mem`
 * is a link or no folder, `not_found` when `--vault` names a folder without a vault. Settings (`vault: personal`) are not
 * looked at: the caller chooses between `place` and `personal`.
 */
export function resolvePlace(input: PlaceInput): ResolvedPlace {
  const origin = input.vaultFlag !== undefined ? 'flag' : input.projectDir !== undefined ? 'project' : 'cwd';
  const folder = resolve(input.cwd, input.vaultFlag ?? input.projectDir ?? '.');
  const bounds = { home: input.home, dataDir: input.paths.dataDir };
  const named = origin === 'flag' ? findNamedRoot(folder, bounds) : undefined;
  const project = findProject(named ?? folder, bounds);
  const personal = personalPlace(personalProject(project), input.paths);
  const place =
    named === undefined
      ? (repositoryOf(project) ?? findFolderPlace(project.project, bounds) ?? personal)
      : placeOfRoot(named, project, input.paths);
  return {
    place,
    personal: place.kind === 'personal' ? place : personal,
    project,
    origin,
    exists: checkVaultFolder(place.vaultDir),
  };
}

/**
 * Of a project's two places the one that is read: the personal one where the user chose it, or where the repository has no vault
 * and the personal one is there. Not for `--vault`, which names its place.
 */
export function choosePlace(resolved: ResolvedPlace, wanted: 'auto' | 'repository' | 'personal' | 'off'): VaultPlace {
  const isPersonal =
    wanted === 'personal' || (wanted === 'auto' && !isSettled(resolved) && existsSync(resolved.personal.root));
  return isPersonal ? resolved.personal : resolved.place;
}

/** Whether the place is the project's vault already: a folder stands there, or memories wait in its outbox. */
export function isSettled({ place, exists }: ResolvedPlace): boolean {
  return exists || existsSync(join(place.stateDir, 'outbox'));
}

/** The index of a place. */
export function indexFile({ stateDir }: VaultPlace): string {
  return join(stateDir, 'index.sqlite');
}

/** The vault of a Git work tree. `gitDir` and `commonDir` are absolute; they differ in a linked work tree. */
export function repositoryPlace(worktree: string, gitDir: string, commonDir: string): VaultPlace {
  return {
    kind: 'repository',
    root: worktree,
    vaultDir: join(worktree, VAULT_FOLDER),
    stateDir: join(commonDir, STATE_FOLDER),
    gitDir,
    commonDir,
  };
}

/** The personal vault of a project's path: a Git repository of its own, which need not be there yet. */
export function personalPlace(project: string, paths: DataPaths): VaultPlace {
  const path = realPath(project);
  const hash = sha256Hex(Buffer.from(path)).slice(0, 8);
  const name =
    basename(path)
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[.-]+/, '') || 'project';
  return personalAt(join(paths.vaults, `${name.slice(0, 60)}-${hash}`));
}

/** The vault of a folder without Git; its state lies in the ignored `cache/` of the vault. */
export function folderPlace(dir: string): VaultPlace {
  const vaultDir = join(dir, VAULT_FOLDER);
  return { kind: 'folder', root: dir, vaultDir, stateDir: join(vaultDir, 'cache') };
}

/** Whether the vault's folder is there. Throws `denied` when it is a link or no folder: a clone can bring such a thing. */
function checkVaultFolder(vaultDir: string): boolean {
  return checkFolder(vaultDir) && (checkFolder(join(vaultDir, 'cache')), true);
}

interface Bounds {
  readonly home: string;
  readonly dataDir: string;
}

function checkFolder(folder: string): boolean {
  const stats = lstat(folder);
  if (stats === undefined) return false;
  if (stats.isDirectory()) return true;
  const what = stats.isSymbolicLink() ? 'a link' : 'no folder';
  throw new MemvaultError('denied', `${folder} is ${what}: memvault writes only into a real folder`, {
    hint: `Remove ${folder}, or set \`vault\` to \`personal\`.`,
    data: { folder },
  });
}

/** The folder that `--vault` means: the one that holds `.claude-mem/`; undefined leaves the search to the repository around. */
function findNamedRoot(folder: string, bounds: Bounds): string | undefined {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw noVault(folder, 'there is no such folder');
  const root = basename(folder) === VAULT_FOLDER ? dirname(folder) : folder;
  const vaultDir = join(root, VAULT_FOLDER);
  if (realPath(root) === realPath(bounds.home) || realPath(vaultDir) === realPath(bounds.dataDir))
    throw new MemvaultError('denied', `${vaultDir} holds memvault's own data: it is never a vault`);
  if (checkFolder(vaultDir)) return realPath(root);
  if (findProject(folder, bounds).worktree !== undefined) return undefined;
  throw noVault(folder, `no ${VAULT_FOLDER}/ in it, and no Git repository around it`);
}

function noVault(folder: string, reason: string): MemvaultError {
  return new MemvaultError('not_found', `no vault at ${folder}: ${reason}`, {
    hint: 'Give --vault the folder that holds .claude-mem/.',
    data: { folder },
  });
}

function placeOfRoot(root: string, project: ProjectLocation, paths: DataPaths): VaultPlace {
  if (dirname(root) === realPath(paths.vaults)) return personalAt(root);
  return project.worktree === root ? (repositoryOf(project) ?? folderPlace(root)) : folderPlace(root);
}

function repositoryOf(project: ProjectLocation): VaultPlace | undefined {
  const { worktree, gitDir, commonDir } = project;
  if (worktree === undefined || gitDir === undefined || commonDir === undefined) return undefined;
  return repositoryPlace(worktree, gitDir, commonDir);
}

/** The nearest folder upwards with a `.claude-mem/` of this user; never the home, nor what holds it or the data folder. */
function findFolderPlace(project: string, bounds: Bounds): VaultPlace | undefined {
  const forbidden = [realPath(bounds.home), realPath(bounds.dataDir)];
  for (let dir = realPath(project); ; dir = dirname(dir)) {
    if (forbidden.some((inner) => inner === dir || inner.startsWith(dir.endsWith(sep) ? dir : dir + sep)))
      return undefined;
    const stats = lstat(join(dir, VAULT_FOLDER));
    // A stranger may have put one into a shared folder such as /tmp.
    if (stats !== undefined && (process.getuid === undefined || stats.uid === process.getuid()))
      return folderPlace(dir);
    if (dirname(dir) === dir) return undefined;
  }
}

/** All work trees of a clone share one personal vault: that of the main one. */
function personalProject(project: ProjectLocation): string {
  const { commonDir, worktree } = project;
  if (commonDir !== undefined && basename(commonDir) === '.git') return dirname(commonDir);
  return worktree ?? project.project;
}

function personalAt(root: string): VaultPlace {
  const gitDir = join(root, '.git');
  return { ...repositoryPlace(root, gitDir, gitDir), kind: 'personal' };
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
