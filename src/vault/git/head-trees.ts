// The folders of a commit that new files go into, read by one command: what lies there, and what to grow.

import { MemvaultError } from '../../model/errors.ts';
import type { GitEntries } from './entries.ts';
import type { GitRunner } from './runner.ts';
import { FOLDER_MODE, parseTree } from './tree.ts';
import type { Tree } from './tree.ts';

/** By folder from the work tree's top, `''` for the top itself; folders that are not there have no row. */
export type HeadTrees = ReadonlyMap<string, Tree>;

/**
 * Reads the folders of the given paths, and those above them. Throws `unavailable` when Git lacks a tree that the commit has, as
 * a clone with a filter may.
 */
export async function readHeadTrees(git: GitRunner, head: string, paths: readonly string[]): Promise<HeadTrees> {
  const folders = foldersAbove(paths);
  const stdin = folders.map((folder) => `${head}${folder === '' ? '^{tree}' : `:${folder}`}\n`).join('');
  const { stdout } = await git.run(['cat-file', '--batch'], { stdin });
  const trees = new Map<string, Tree>();
  let at = 0;
  for (const folder of folders) {
    const end = stdout.indexOf('\n', at);
    if (end < 0) throw lacking(folder);
    const [, type, size] = /^[0-9a-f]+ (\w+) (\d+)$/.exec(stdout.toString('latin1', at, end)) ?? [];
    at = end + 1;
    if (size === undefined) {
      if (folder === '' || isThere(trees, folder)) throw lacking(folder);
      continue;
    }
    if (type === 'tree') trees.set(folder, parseTree(stdout.subarray(at, at + Number(size)), head));
    at += Number(size) + 1;
  }
  return trees;
}

/** The files of these folders, as a listing of the commit gives them. */
export function entriesOf(trees: HeadTrees): GitEntries {
  const entries = new Map<string, { readonly mode: string; readonly oid: string }>();
  for (const [folder, tree] of trees) {
    if (folder === '') continue;
    for (const [name, entry] of tree) if (entry.mode !== FOLDER_MODE) entries.set(`${folder}/${textOf(name)}`, entry);
  }
  return entries;
}

/** Thousands of names are plain letters. */
function textOf(name: string): string {
  return /[\x80-\xff]/.test(name) ? Buffer.from(name, 'latin1').toString('utf8') : name;
}

/** Outer folders first. */
function foldersAbove(paths: readonly string[]): string[] {
  const folders = new Set(['']);
  for (const path of paths) {
    const parts = path.split('/');
    for (let i = 1; i < parts.length; i++) folders.add(parts.slice(0, i).join('/'));
  }
  return [...folders].sort((one, other) => one.length - other.length);
}

/** Whether the folder above names it as a folder. */
function isThere(trees: HeadTrees, folder: string): boolean {
  const cut = folder.lastIndexOf('/');
  return trees.get(folder.slice(0, Math.max(0, cut)))?.get(folder.slice(cut + 1))?.mode === FOLDER_MODE;
}

function lacking(folder: string): MemvaultError {
  return new MemvaultError('unavailable', `git has not the tree of ${folder === '' ? 'HEAD' : folder} here`, {
    hint: 'A clone with a filter fetches it: `git ls-tree -r HEAD`.',
    data: { exitCode: 0, stderr: `no tree for ${folder}` },
  });
}
