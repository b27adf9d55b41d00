// Resolves conflicts in memory files from Git's three stages, not from the marked file: by field, keeping both sides.

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import type { ResolveOutcome, ResolvedFile } from '../../model/resolve-outcome.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { splitConflict } from '../conflict-markers.ts';
import { isVaultMemory } from '../file-name.ts';
import { parseMemoryFile } from '../memory-file.ts';
import { mergeMemory } from '../merge-memory.ts';
import { listVaultFiles, readVaultFile } from '../store.ts';
import { readBlob } from './commit.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';
import { readWorkFile } from './work-files.ts';

export interface ResolveOptions {
  readonly env?: Environment;
  /** Says what would be done and changes nothing. */
  readonly dryRun: boolean;
}

/**
 * Writes and stages the merged file of each conflict in the vault; what was committed with markers in it is mended in the work
 * tree only. Throws `busy` when somebody holds the index, `unavailable` when git fails.
 */
export async function resolveConflicts(place: VaultPlace, options: ResolveOptions): Promise<ResolveOutcome> {
  const resolved: ResolvedFile[] = [];
  const left: { path: string; reason: string }[] = [];
  const run = { place, options, git: openGit(place.root, options) };
  const conflicts = place.gitDir === undefined ? new Map<string, Stages>() : await readStages(run.git);
  for (const [path, stages] of conflicts) {
    const done = await resolveOne(run, path, stages);
    if ('reason' in done) left.push({ path, reason: done.reason });
    else resolved.push({ path, ...done });
  }
  for (const { path } of listVaultFiles(place.vaultDir)) {
    const fromTop = `${VAULT_FOLDER}/${path}`;
    if (conflicts.has(fromTop)) continue;
    const done = mendMarkers(run, path);
    if (done === undefined) continue;
    if ('reason' in done) left.push({ path: fromTop, reason: done.reason });
    else resolved.push({ path: fromTop, ...done });
  }
  return { resolved, left };
}

interface Run {
  readonly place: VaultPlace;
  readonly options: ResolveOptions;
  readonly git: GitRunner;
}

/** Object ids: 1 the common ancestor, 2 ours, 3 theirs. */
type Stages = Readonly<Partial<Record<'1' | '2' | '3', string>>>;
type Done = Omit<ResolvedFile, 'path'> | { readonly reason: string };

async function readStages(git: GitRunner): Promise<Map<string, Stages>> {
  const listed = await git.run(['ls-files', '-u', '-z', '--', VAULT_FOLDER]);
  const conflicts = new Map<string, Stages>();
  for (const record of listed.stdout.toString('utf8').split('\0')) {
    const [, mode, oid, stage, path] = /^(\d{6}) ([0-9a-f]+) ([123])\t([^]+)$/.exec(record) ?? [];
    if (mode === undefined || oid === undefined || stage === undefined || path === undefined) continue;
    // A link or a submodule as one of the versions is not ours to merge.
    conflicts.set(path, { ...conflicts.get(path), [stage]: mode.startsWith('100') ? oid : '' });
  }
  return conflicts;
}

async function resolveOne(run: Run, path: string, stages: Stages): Promise<Done> {
  const inVault = path.slice(VAULT_FOLDER.length + 1);
  if (!isVaultMemory(inVault)) return { reason: 'not a memory: resolve it in an editor' };
  if (Object.values(stages).includes('')) return { reason: 'one of the versions is not a regular file' };
  const { 1: base, 2: ours, 3: theirs } = stages;
  if (ours === undefined && theirs === undefined) {
    if (!run.options.dryRun) await stage(run, path, { like: base ?? '' });
    return { how: 'deleted', notes: [], isStaged: true };
  }
  if (ours === undefined || theirs === undefined) {
    const kept = await readText(run.git, ours ?? theirs ?? '');
    await write(run, path, kept);
    const note = base === undefined ? [] : ['deleted on one side and edited on the other: the edit stands'];
    return { how: 'kept', notes: note, isStaged: true };
  }
  const found = readWorkFile(run.place.root, path);
  if (found.kind === 'blocked') return { reason: 'a folder or link stands in its place' };
  if (
    found.kind === 'file' &&
    parseMemoryFile(inVault, found.bytes).ok &&
    !(await isOneOf(run.git, found.bytes, stages))
  )
    return { reason: 'you have resolved it by hand: `git add` it' };
  const sides = {
    base: base === undefined ? undefined : await readText(run.git, base),
    ours: await readText(run.git, ours),
    theirs: await readText(run.git, theirs),
  };
  const merged = mergeMemory(inVault, sides);
  if (!merged.ok) return { reason: merged.reason };
  await write(run, path, merged.text);
  return { how: 'merged', notes: merged.notes, isStaged: true };
}

/** A file that somebody committed, or saved, with markers in it: there are no stages any more. */
function mendMarkers({ place, options }: Run, path: string): Done | undefined {
  const read = readVaultFile(place.vaultDir, path);
  if (!read.ok) return undefined;
  const text = Buffer.from(read.bytes).toString('utf8');
  const parsed = parseMemoryFile(path, text);
  if (parsed.ok || !parsed.diagnostics.some((diagnostic) => diagnostic.rule === 'conflict-markers')) return undefined;
  const sides = splitConflict(text);
  if (sides === undefined) return { reason: 'its conflict markers do not fit together' };
  const merged = mergeMemory(path, sides);
  if (!merged.ok) return { reason: merged.reason };
  if (!options.dryRun) writeFileAtomic(join(place.vaultDir, path), merged.text, FILE_MODES);
  return { how: 'merged', notes: [...merged.notes, 'it had been committed with conflict markers'], isStaged: false };
}

const FILE_MODES = { mode: 0o644, folderMode: 0o755 } as const;

async function readText(git: GitRunner, oid: string): Promise<string> {
  return (await readBlob(git, oid)).toString('utf8');
}

async function isOneOf(git: GitRunner, bytes: Buffer, stages: Stages): Promise<boolean> {
  for (const oid of Object.values(stages)) if ((await readBlob(git, oid)).equals(bytes)) return true;
  return false;
}

async function write(run: Run, path: string, text: string): Promise<void> {
  if (run.options.dryRun) return;
  const file = join(run.place.root, path);
  writeFileAtomic(file, text, FILE_MODES);
  // A strict umask must not make the file differ from what Git keeps.
  chmodSync(file, 0o644);
  const written = await run.git.run(['hash-object', '-w', '--no-filters', '--stdin'], { stdin: text });
  await stage(run, path, { oid: written.text, like: written.text });
}

/** Replaces the stages of a path by one entry, or by none. */
async function stage({ git }: Run, path: string, { oid, like }: { oid?: string; like: string }): Promise<void> {
  const zero = '0'.repeat(like.length);
  const entry = oid === undefined ? '' : `100644 ${oid} 0\t${path}\0`;
  const stdin = `0 ${zero} 0\t${path}\0${entry}`;
  const done = await git.run(['update-index', '-z', '--index-info'], { stdin, okCodes: [0, GIT_FATAL] });
  if (done.code === 0) return;
  throw new MemvaultError('busy', `the index is held by another git command, so ${path} could not be staged`, {
    hint: 'Run `memvault resolve` again when that command has ended.',
  });
}
