// Removes memories for good: files, outbox, journal, caches; and tells what Git's history still holds.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { toMemvaultError } from '../../model/errors.ts';
import type { Compression } from '../../model/draft.ts';
import type { Memory, MemoryId } from '../../model/memory.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { elsewhereFolder, elsewhereList, readElsewhere } from '../elsewhere.ts';
import { idOf } from '../file-name.ts';
import { ARCHIVE_TAG } from '../forgotten.ts';
import { openJournal } from '../journal.ts';
import { openLearned } from '../learned.ts';
import { parseMemoryFile } from '../memory-file.ts';
import { openOutbox } from '../outbox.ts';
import { treeStateDirs } from '../place.ts';
import { listVaultFiles, readVaultFile } from '../store.ts';
import { commitChange } from './change.ts';
import { readTreeEntries } from './entries.ts';
import type { PublishOptions } from './publish-options.ts';
import { updatePublished } from './published.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { GitRunner } from './runner.ts';
import { NO_TRACES, otherWorktrees, readTraces } from './traces.ts';
import type { HistoryTraces } from './traces.ts';

export interface PurgeOutcome {
  /** From the top of the work tree. */
  readonly paths: readonly string[];
  readonly fromOutbox: number;
  readonly fromJournal: number;
  readonly commit?: string;
  /** Why the tracked files could not be removed by a commit; then they are still there. */
  readonly notCommitted?: string;
  /** Work trees of the clone that have one of the files on the branch that they stand on. */
  readonly otherWorktrees: readonly { readonly root: string; readonly paths: readonly string[] }[];
  /** The archive of which one of the memories is a chapter; it is left as it is. */
  readonly archive?: { readonly id: MemoryId; readonly title: string; readonly path: string };
  readonly history: HistoryTraces;
}

/** Files of a vault or an outbox that hold one of the memories, by name or by what they say. */
export function findFiles(root: string, ids: ReadonlySet<MemoryId>): string[] {
  return listVaultFiles(root).flatMap(({ path }) => {
    const named = idOf(path);
    if (named !== undefined) return ids.has(named) ? [path] : [];
    const read = readVaultFile(root, path);
    const parsed = read.ok ? parseMemoryFile(path, read.bytes) : undefined;
    return parsed?.ok === true && ids.has(parsed.memory.id) ? [path] : [];
  });
}

/** Removes them everywhere that memvault keeps them. Throws `unavailable` when git fails. */
export async function purgeMemories(
  place: VaultPlace,
  ids: ReadonlySet<MemoryId>,
  options: PublishOptions,
): Promise<PurgeOutcome> {
  const outbox = openOutbox(place.stateDir);
  const inVault = findFiles(place.vaultDir, ids);
  const inOutbox = findFiles(outbox.root, ids);
  const all = [...new Set([...inVault, ...inOutbox])];
  const fromJournal = cleanJournal(place.stateDir, ids);
  outbox.remove(inOutbox);
  openLearned(place.stateDir).remove(ids);
  updatePublished(place.stateDir, { remove: all });
  for (const memory of readElsewhere(place.stateDir).memories)
    if (all.includes(memory.path) || ids.has(idOf(memory.path) ?? ''))
      rmSync(join(elsewhereFolder(place.stateDir), memory.oid), { force: true });
  dropCaches(place);
  const paths = all.map((path) => `${VAULT_FOLDER}/${path}`);
  const removal = await removeTracked(place, inVault, options);
  const git = place.gitDir === undefined ? undefined : openGit(place.root, options);
  const archive = paths.length === 0 ? findArchive(place.vaultDir, ids) : undefined;
  return {
    paths,
    ...(archive === undefined ? {} : { archive }),
    fromOutbox: inOutbox.length,
    fromJournal,
    ...removal,
    otherWorktrees: git === undefined ? [] : await lookInWorktrees(git, ids),
    history: git === undefined ? NO_TRACES : await readTraces(git, paths, ids),
  };
}

function findArchive(vaultDir: string, ids: ReadonlySet<MemoryId>): PurgeOutcome['archive'] {
  for (const { path } of listVaultFiles(vaultDir)) {
    const read = readVaultFile(vaultDir, path);
    const parsed = read.ok ? parseMemoryFile(path, read.bytes) : undefined;
    if (parsed?.ok !== true || !parsed.memory.tags.includes(ARCHIVE_TAG)) continue;
    const { id, title, supersedes } = parsed.memory;
    if (supersedes.some((one) => ids.has(one))) return { id, title, path: `${VAULT_FOLDER}/${path}` };
  }
  return undefined;
}

/** Lists of paths, which hold a memory's title; each is made again when it is needed. */
function dropCaches(place: VaultPlace): void {
  rmSync(elsewhereList(place.stateDir), { force: true });
  for (const folder of treeStateDirs(place))
    for (const name of ['branches.json', 'others.json']) rmSync(join(folder, name), { force: true });
}

async function lookInWorktrees(git: GitRunner, ids: ReadonlySet<MemoryId>): Promise<PurgeOutcome['otherWorktrees']> {
  const roots = await otherWorktrees(git, git.worktree);
  return roots
    .map((root) => ({ root, paths: findFiles(join(root, VAULT_FOLDER), ids).map((path) => `${VAULT_FOLDER}/${path}`) }))
    .filter(({ paths }) => paths.length > 0);
}

async function removeTracked(
  place: VaultPlace,
  inVault: readonly string[],
  options: PublishOptions,
): Promise<Pick<PurgeOutcome, 'commit' | 'notCommitted'>> {
  if (place.gitDir === undefined) {
    for (const path of inVault) rmSync(join(place.vaultDir, path), { force: true });
    return {};
  }
  const git = openGit(place.root, options);
  const head = await git.run(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { okCodes: [0, 1, GIT_FATAL] });
  const committed = head.code === 0 ? await readTreeEntries(git, head.text) : new Map<string, unknown>();
  const tracked = inVault.map((path) => `${VAULT_FOLDER}/${path}`).filter((path) => committed.has(path));
  for (const path of inVault)
    if (!committed.has(`${VAULT_FOLDER}/${path}`)) rmSync(join(place.vaultDir, path), { force: true });
  if (tracked.length === 0) return {};
  const count = tracked.length === 1 ? '1 memory' : `${tracked.length} memories`;
  try {
    const message = `chore(memory): remove ${count}\n\nClaude-Mem-Change: purge\n`;
    return { commit: (await commitChange(place, { remove: tracked, add: [], message }, options)).commit };
  } catch (error) {
    const { message, hint } = toMemvaultError(error);
    return { notCommitted: `${message} ${hint}` };
  }
}

/** Memories and drafts of batches that are not worked off to the end. */
function cleanJournal(stateDir: string, ids: ReadonlySet<MemoryId>): number {
  const journal = openJournal(stateDir);
  let cleaned = 0;
  for (const entry of journal.list()) {
    const gone = entry.memories.filter((memory) => ids.has(memory.id));
    if (gone.length === 0) continue;
    journal.write({
      ...entry,
      memories: entry.memories.filter((memory) => !ids.has(memory.id)),
      ...(entry.compression === undefined ? {} : { compression: withoutDrafts(entry.compression, gone) }),
    });
    cleaned += gone.length;
  }
  return cleaned;
}

function withoutDrafts({ summary, ...rest }: Compression, gone: readonly Memory[]): Compression {
  const titles = new Set(gone.map(({ title }) => title));
  return {
    ...rest,
    observations: rest.observations.filter((draft) => !titles.has(draft.title)),
    ...(summary === undefined || titles.has(summary.title) ? {} : { summary }),
  };
}
