// Compares the files that memories speak of with the work tree: all of them by one reading of Git's index.

import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileReference } from '../../model/memory.ts';
import type { FileState } from '../../model/provenance.ts';
import { blobIds } from '../../system/file-blob.ts';
import { hashFiles } from './blobs.ts';
import { parseEntries } from './entries.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

/** Hex characters that stand for a blob id. */
const BLOB_LENGTH = 12;
/** A rename that changed the content is looked up in the history; each costs a walk, so only for so many paths and so long. */
const MAX_WALKS = 20;
const WALK_MS = 2_000;
/** Of larger files capture notes no blob. */
const MAX_SEEN_BYTES = 512 * 1024;

/** The state of each reference, in the order asked. Outside of Git, or when git fails, all are `unknown`. */
export async function compareFiles(
  worktree: string,
  references: readonly FileReference[],
  options: { readonly env?: Environment } = {},
): Promise<readonly FileState[]> {
  const git = openGit(worktree, options);
  let present: Map<string, string>;
  try {
    present = await readPresent(git, new Set(references.map((reference) => reference.path)), options);
  } catch {
    return references.map(({ path }) => ({ path, state: 'unknown' }));
  }
  const byBlob = new Map<string, string>();
  for (const [path, oid] of present)
    if (!byBlob.has(oid.slice(0, BLOB_LENGTH))) byBlob.set(oid.slice(0, BLOB_LENGTH), path);
  const lost = new Set<string>();
  const isAsSeen = openSeenFiles(worktree);
  const states = references.map(({ path, blob }): FileState => {
    const oid = present.get(path);
    if (oid !== undefined && blob === undefined) return { path, state: 'unknown' };
    if (oid !== undefined && blob !== undefined)
      return { path, state: isSame(oid, blob) || isAsSeen(path, blob) ? 'fresh' : 'changed' };
    const movedTo = blob === undefined ? undefined : byBlob.get(blob.slice(0, BLOB_LENGTH));
    if (movedTo !== undefined) return { path, state: 'moved', movedTo };
    lost.add(path);
    return { path, state: 'deleted' };
  });
  const renames = await findRenames(git, [...lost].slice(0, MAX_WALKS), present);
  return states.map((state) => {
    const movedTo = state.state === 'deleted' ? renames.get(state.path) : undefined;
    return movedTo === undefined ? state : { path: state.path, state: 'moved', movedTo };
  });
}

/**
 * Whether a file still is what the agent saw, who reads bytes and no blobs: with the line ends of a work tree, hashed by SHA-1.
 * Each file is read once, and only where Git's own id is another.
 */
function openSeenFiles(worktree: string): (path: string, blob: string) => boolean {
  const known = new Map<string, readonly string[]>();
  return (path, blob) => {
    const ids = known.get(path) ?? idsOf(join(worktree, path));
    known.set(path, ids);
    return ids.some((id) => isSame(id, blob));
  };
}

function idsOf(file: string): readonly string[] {
  try {
    const stats = lstatSync(file);
    if (!stats.isFile() || stats.size > MAX_SEEN_BYTES) return [];
    const content = readFileSync(file);
    const isText = !content.includes(0);
    const feeds = isText ? content.toString('latin1').replaceAll('\r\n', '\n') : undefined;
    const returns = feeds === undefined ? [] : [Buffer.from(feeds.replaceAll('\n', '\r\n'), 'latin1')];
    return [...blobIds(content), ...returns.flatMap((form) => blobIds(form).next().value ?? [])];
  } catch {
    return [];
  }
}

function isSame(oid: string, blob: string): boolean {
  const length = Math.min(oid.length, blob.length);
  return oid.slice(0, length) === blob.slice(0, length);
}

/** Path → blob id of every tracked file as it is in the work tree, and of the asked ones that are not tracked. */
async function readPresent(
  git: GitRunner,
  asked: ReadonlySet<string>,
  options: { readonly env?: Environment },
): Promise<Map<string, string>> {
  const [listed, dirty] = await Promise.all([
    git.run(['ls-files', '-s', '-z']),
    git.run(['diff-files', '-z', '--name-only', '--ignore-submodules=all'], { okCodes: [0, 1] }),
  ]);
  const present = new Map([...parseEntries(listed.stdout, 0)].map(([path, { oid }]) => [path, oid]));
  const changed = dirty.stdout.toString('utf8').split('\0').filter(Boolean);
  const again = [
    ...new Set([...changed.filter((path) => asked.has(path)), ...[...asked].filter((path) => !present.has(path))]),
  ];
  for (const path of changed) if (asked.has(path)) present.delete(path);
  for (const [path, oid] of Object.entries(await hashFiles(git.worktree, again, options))) present.set(path, oid);
  return present;
}

/** Old path → present path, for files that were renamed and changed: asks the commit that removed the old name. */
async function findRenames(
  git: GitRunner,
  paths: readonly string[],
  present: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const renames = new Map<string, string>();
  const until = performance.now() + WALK_MS;
  for (const path of paths) {
    if (performance.now() > until) break;
    const timeoutMs = WALK_MS;
    try {
      const removed = await git.run(
        ['log', '-1', '--format=%H', '--diff-filter=D', '--no-renames', 'HEAD', '--', path],
        { timeoutMs, okCodes: [0, GIT_FATAL] },
      );
      if (removed.code !== 0 || removed.text === '') continue;
      const args = ['diff-tree', '-r', '-M', '--diff-filter=R', '--no-commit-id', '--name-status', '-z', removed.text];
      const fields = (await git.run(args, { timeoutMs })).stdout.toString('utf8').split('\0');
      for (let i = 0; i + 2 < fields.length; i += 3) {
        const to = fields[i + 2] ?? '';
        if (fields[i + 1] === path && present.has(to)) renames.set(path, to);
      }
    } catch {
      // A long history may not answer in time: the file counts as deleted.
    }
  }
  return renames;
}
