// The vault's entries in a commit's tree and in the user's index: paths, modes, object ids.

import { createHash } from 'node:crypto';
import { MemvaultError } from '../../model/errors.ts';
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
  return parseEntries(listed.stdout, 1);
}

/** What the user's index holds below the vault, or at the given paths; conflicted entries are not looked for. */
export async function readIndexEntries(git: GitRunner, paths: readonly string[] = [VAULT_FOLDER]): Promise<GitEntries> {
  // A command line holds only so much.
  const asked = paths.length > MAX_ASKED ? [VAULT_FOLDER] : paths;
  const listed = await git.run(['ls-files', '-s', '-z', '--', ...asked]);
  return parseEntries(listed.stdout, 0);
}

/** Lines for `update-index -z --index-info` that add the entries, or take them out. */
export function indexInfo(entries: Iterable<readonly [path: string, oid: string]>, change: 'add' | 'remove'): string {
  let text = '';
  for (const [path, oid] of entries) text += `${change === 'add' ? FILE_MODE : '0'} ${oid}\t${path}\0`;
  return text;
}

/** The object id of a tree that holds nothing, in the format that another id shows. */
export function emptyTreeId(like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update('tree 0\0')
    .digest('hex');
}

/** The object id that Git gives to these bytes, in the format (SHA-1 or SHA-256) that another id of the repository shows. */
export function blobId(bytes: Uint8Array, like: string): string {
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}

/**
 * Records of a mode, `skipped` words, an object id, perhaps more, a tab and a path, as `ls-files -s -z` (0) and `ls-tree -z` (1) print
 * them. Ten thousand of them are cut, not matched. Throws `unavailable` for anything else.
 */
export function parseEntries(listed: Buffer, skipped: 0 | 1): GitEntries {
  const entries = new Map<string, GitEntry>();
  const text = listed.toString('utf8');
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\0', at);
    const tab = text.indexOf('\t', at);
    if (tab < 0 || end < tab)
      throw new MemvaultError('unavailable', 'git listed its entries in a form that memvault does not know', {
        hint: 'See what answers as `git`: `git --version`.',
        data: { exitCode: 0, stderr: text.slice(at, at + 80) },
      });
    const start = skipped === 0 ? at + MODE_LENGTH + 1 : text.indexOf(' ', at + MODE_LENGTH + 1) + 1;
    const space = text.indexOf(' ', start);
    const oid = text.slice(start, space < 0 || space > tab ? tab : space);
    entries.set(text.slice(tab + 1, end), { mode: text.slice(at, at + MODE_LENGTH), oid });
    at = end + 1;
  }
  return entries;
}

const MODE_LENGTH = FILE_MODE.length;
