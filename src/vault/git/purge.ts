// Removes memories for good: files, outbox, journal, caches; and tells what Git's history still holds.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { toMemvaultError } from '../../model/errors.ts';
import type { MemoryId } from '../../model/memory.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { elsewhereFolder, readElsewhere } from '../elsewhere.ts';
import { idOf } from '../file-name.ts';
import { openJournal } from '../journal.ts';
import { openLearned } from '../learned.ts';
import { parseMemoryFile } from '../memory-file.ts';
import { openOutbox } from '../outbox.ts';
import { listVaultFiles, readVaultFile } from '../store.ts';
import { commitChange } from './change.ts';
import { readTreeEntries } from './entries.ts';
import type { PublishOptions } from './publish-options.ts';
import { updatePublished } from './published.ts';
import { GIT_FATAL, openGit } from './runner.ts';

export interface PurgeOutcome {
  /** From the top of the work tree. */
  readonly paths: readonly string[];
  readonly fromOutbox: number;
  readonly fromJournal: number;
  readonly commit?: string;
  /** Why the tracked files could not be removed by a commit; then they are still there. */
  readonly notCommitted?: string;
  /** Commits of any branch that hold one of the files, newest first, and the refs that reach them. */
  readonly history: {
    readonly commits: readonly string[];
    readonly refs: readonly string[];
    readonly isPushed: boolean;
  };
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
  const paths = all.map((path) => `${VAULT_FOLDER}/${path}`);
  const removal = await removeTracked(place, inVault, options);
  return {
    paths,
    fromOutbox: inOutbox.length,
    fromJournal,
    ...removal,
    history: await readHistory(place, paths, options),
  };
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
    const titles = new Set(gone.map((memory) => memory.title));
    const { compression, ...rest } = entry;
    const observations = compression?.observations.filter((draft) => !titles.has(draft.title)) ?? [];
    journal.write({
      ...rest,
      memories: entry.memories.filter((memory) => !ids.has(memory.id)),
      ...(compression === undefined ? {} : { compression: { ...compression, observations } }),
    });
    cleaned += gone.length;
  }
  return cleaned;
}

async function readHistory(
  place: VaultPlace,
  paths: readonly string[],
  options: PublishOptions,
): Promise<PurgeOutcome['history']> {
  if (place.gitDir === undefined || paths.length === 0) return { commits: [], refs: [], isPushed: false };
  const git = openGit(place.root, options);
  const walked = await git.run(
    ['log', '--all', '--full-history', '--no-renames', '--diff-filter=A', '--format=%H', '--', ...paths],
    {
      timeoutMs: 60_000,
    },
  );
  const commits = walked.text.split('\n').filter(Boolean);
  const refs = new Set<string>();
  for (const commit of commits) {
    const found = await git.run(['for-each-ref', '--format=%(refname)', `--contains=${commit}`], {
      okCodes: [0, GIT_FATAL, 129],
    });
    for (const ref of found.text.split('\n').filter(Boolean)) refs.add(ref);
  }
  return { commits, refs: [...refs].sort(), isPushed: [...refs].some((ref) => ref.startsWith('refs/remotes/')) };
}
