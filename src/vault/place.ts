// Where the vault of a folder is: in its repository, in a folder without Git, or personal under the home. Looks at files only.

import { existsSync, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { MemvaultError, toMemvaultError } from '../model/errors.ts';
import { STATE_FOLDER, VAULT_FOLDER } from '../model/place.ts';
import type { VaultPlace } from '../model/place.ts';
import { sha256Hex } from '../system/digest.ts';
import type { DataPaths } from '../system/paths.ts';
import { findProject, mainFolder } from '../system/project.ts';
import type { ProjectLocation } from '../system/project.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { isWritable } from '../system/writable.ts';

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
  /** Why `place` cannot serve (`denied`): its `.claude-mem` is a link or no folder. The personal vault still can. */
  readonly fault?: MemvaultError;
}

/**
 * Finds the vault by `--vault`, else by the project folder, else by the working directory. Throws `not_found` when `--vault`
 * names a folder without a vault, `denied` when it names one whose `.claude-mem` is a link or no folder. Settings
 * (`vault: personal`) are not looked at: the caller chooses between `place` and `personal`.
 */
export function resolvePlace(input: PlaceInput): ResolvedPlace {
  const origin = input.vaultFlag !== undefined ? 'flag' : input.projectDir !== undefined ? 'project' : 'cwd';
  const folder = resolve(input.cwd, input.vaultFlag ?? input.projectDir ?? '.');
  const bounds = { home: input.home, dataDir: input.paths.dataDir };
  const named = origin === 'flag' ? findNamedRoot(folder, bounds) : undefined;
  const project = findProject(named ?? folder, bounds);
  const personal = personalPlace(mainFolder(project), input.paths);
  const place =
    named === undefined
      ? (repositoryOf(project) ?? findFolderPlace(project.project, bounds) ?? personal)
      : placeOfRoot(named, project, input.paths);
  return {
    place,
    personal: place.kind === 'personal' ? place : personal,
    project,
    origin,
    ...lookAtVault(place.vaultDir),
  };
}

/**
 * Of a project's two places the one that is read: the personal one where the user chose it, or where the repository has no vault
 * and the personal one is there. Not for `--vault`, which names its place. Throws the fault that keeps the place from serving.
 */
export function choosePlace(resolved: ResolvedPlace, wanted: SettingValues['vault']): VaultPlace {
  const isPersonal =
    wanted === 'personal' || (wanted === 'auto' && !isSettled(resolved) && existsSync(resolved.personal.root));
  return isPersonal ? resolved.personal : soundPlace(resolved);
}

/** The setting `vault`; a vault repository of its own lies where a personal vault does. */
export function wantedVault(settings: Pick<SettingValues, 'vault' | 'publish.mode'>): SettingValues['vault'] {
  return settings['publish.mode'] === 'repo' && settings.vault !== 'off' ? 'personal' : settings.vault;
}

/** The project's own place; throws the fault that keeps it from serving. */
export function soundPlace({ place, fault }: ResolvedPlace): VaultPlace {
  if (fault !== undefined) throw fault;
  return place;
}

/** Whether the place is the project's vault already: a folder stands there, or memories wait in its outbox. */
export function isSettled({ place, exists }: ResolvedPlace): boolean {
  return exists || existsSync(join(place.stateDir, 'outbox'));
}

/** Stable name of a vault on this machine; each linked work tree of a clone has its own. */
export function placeKey(place: VaultPlace): string {
  return sha256Hex(Buffer.from(treeStateDir(place))).slice(0, 12);
}

/** Where the index of a place lies. A repository that may only be read can still be searched. */
export function indexFolder(place: VaultPlace, paths: DataPaths): string {
  const folder = treeStateDir(place);
  return isWritable(folder) ? folder : join(paths.indexes, placeKey(place));
}

export function indexFile(place: VaultPlace, paths: DataPaths): string {
  return join(indexFolder(place, paths), 'index.sqlite');
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

/**
 * The state folder of one work tree, for what follows its files, such as the index: the clone's own, but in a linked work
 * tree one in its Git directory, which goes with it.
 */
export function treeStateDir({ gitDir, commonDir, stateDir }: VaultPlace): string {
  return gitDir === undefined || gitDir === commonDir ? stateDir : join(gitDir, STATE_FOLDER);
}

/** The state folders of all work trees of a clone, whether or not they are there. */
export function treeStateDirs(place: VaultPlace): readonly string[] {
  const { commonDir, stateDir } = place;
  if (commonDir === undefined) return [stateDir];
  const linked = join(commonDir, 'worktrees');
  const names = lstat(linked)?.isDirectory() === true ? readdirSync(linked) : [];
  return [stateDir, ...names.map((name) => join(linked, name, STATE_FOLDER))];
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

/** Whether the vault's folder is there, and the fault when it is a link or no folder: a clone can bring such a thing. */
function lookAtVault(vaultDir: string): Pick<ResolvedPlace, 'exists' | 'fault'> {
  try {
    return { exists: checkFolder(vaultDir) && (checkFolder(join(vaultDir, 'cache')), true) };
  } catch (error) {
    return { exists: true, fault: toMemvaultError(error) };
  }
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
    hint: `Remove ${folder}, or run \`memvault init --personal\`.`,
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
