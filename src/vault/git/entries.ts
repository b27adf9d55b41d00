// The vault's entries in a commit's tree and in the user's index: paths, modes, object ids.

import { createHash } from 'node:crypto';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { GitRunner } from './runner.ts';

interface GitEntry {
  readonly mode: string;
  readonly oid: string;
}

/** Entries by path from the work tree's top, such as `.claude-mem/memories/…`. */
export type GitEntries = ReadonlyMap<string, GitEntry>;

const FILE_MODE = '100644';
const MAX_ASKED = 200;

/** What a commit or full ref holds below the vault; empty when it holds no vault. */
export async function readTreeEntries(git: GitRunner, commit: string): Promise<GitEntries> {
  const listed = await git.run(['ls-tree', '-r', '-z', '--full-tree', commit, '--', VAULT_FOLDER]);
  return parseEntries(listed.stdout, /^(\d{6}) \w+ ([0-9a-f]+)$/);
}

/** What the user's index holds below the vault, or at the given paths; conflicted entries are not looked for. */
export async function readIndexEntries(git: GitRunner, paths: readonly string[] = [VAULT_FOLDER]): Promise<GitEntries> {
  // A command line holds only so much.
  const asked = paths.length > MAX_ASKED ? [VAULT_FOLDER] : paths;
  const listed = await git.run(['ls-files', '-s', '-z', '--', ...asked]);
  return parseEntries(listed.stdout, /^(\d{6}) ([0-9a-f]+) \d$/);
}

/** Lines for `update-index -z --index-info` that add the entries, or take them out. */
export function indexInfo(entries: Iterable<readonly [path: string, oid: string]>, change: 'add' | 'remove'): string {
  let text = '';
  for (const [path, oid] of entries) text += `${change === 'add' ? FILE_MODE : '0'} ${oid}\t${path}\0`;
  return text;
}

/** The object id that Git gives to these bytes, in the format (SHA-1 or SHA-256) that another id of the repository shows. */
export function blobId(bytes: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

function parseEntries(listed: Buffer, form: RegExp): GitEntries {
  const entries = new Map<string, GitEntry>();
  for (const record of listed.toString('utf8').split('\0')) {
    const tab = record.indexOf('\t');
    const [, mode, oid] = form.exec(record.slice(0, tab)) ?? [];
    if (mode !== undefined && oid !== undefined) entries.set(record.slice(tab + 1), { mode, oid });
  }
  return entries;
}
