// Examines a folder of state: whether it can be written, has room, is private, and what torn or left-over files lie in it.

import { chmodSync, lstatSync, readFileSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isWritable } from '../../system/writable.ts';
import type { Finding } from '../finding.ts';
import { plural } from '../plural.ts';

export interface ExaminedFolder {
  /** What people call it. */
  readonly part: string;
  readonly root: string;
  /** What cannot be kept while it cannot be written, and what to do about it. */
  readonly refused: { readonly text: string; readonly wayOut: string };
  /** Names of folders that hold content, not state: left alone. */
  readonly content: readonly string[];
}

/** Less than this, and SQLite and Git soon fail. */
const LEAST_FREE = 50 * 1024 * 1024;
/** A file that is being written is done within moments. */
const ABANDONED_MS = 10 * 60_000;
const TEMPORARY = /^\..+\.\d+\.[0-9a-f]{12}\.tmp$/;
const MOST_FILES = 20_000;

/** `now` in milliseconds since the epoch. Nothing is found where the folder is not there yet. */
export function examineFolder(folder: ExaminedFolder, now: number): readonly Finding[] {
  const { part, root, refused } = folder;
  const stat = lstatSync(root, { throwIfNoEntry: false });
  const findings: Finding[] = [];
  if (!isWritable(root)) findings.push({ part, state: 'fault', ...refused });
  if (stat === undefined) return findings;
  findings.push(...examineRoom(part, root));
  const files = filesBelow(folder);
  return [
    ...findings,
    ...examineModes(part, root, files),
    ...examineTorn(folder, files),
    ...examineTemporary(part, files, now),
  ];
}

function examineRoom(part: string, root: string): readonly Finding[] {
  const { bavail, bsize } = statfsSync(root);
  if (bavail * bsize >= LEAST_FREE) return [];
  return [
    {
      part,
      state: 'fault',
      text: `${Math.floor((bavail * bsize) / 1024 / 1024)} MB are left on the disk of ${root}`,
      wayOut: 'Make room. Hooks drop what does not fit; what is there already waits and is not lost.',
    },
  ];
}

function examineModes(part: string, root: string, files: readonly string[]): readonly Finding[] {
  const uid = process.getuid?.();
  const stranger = lstatSync(root, { throwIfNoEntry: false });
  if (uid !== undefined && stranger !== undefined && stranger.uid !== uid)
    return [
      {
        part,
        state: 'fault',
        text: `${root} belongs to another user (uid ${stranger.uid})`,
        wayOut: 'Take it over with `chown`, or move your data folder with CLAUDE_MEM_DATA_DIR.',
      },
    ];
  const open = [root, ...files].filter(
    (file) => ((lstatSync(file, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0,
  );
  if (open.length === 0) return [];
  return [
    {
      part,
      state: 'fault',
      text: `other users may read or change ${plural(open.length, 'file')}, such as ${open[0] ?? ''}`,
      fix: {
        does: 'takes those rights away',
        run() {
          for (const file of open) chmodSync(file, lstatSync(file).mode & 0o700);
          return `${plural(open.length, 'file')} private again`;
        },
      },
    },
  ];
}

/** JSON that is none: memvault begins such a file anew by itself; aside, it can be looked at. */
function examineTorn({ part, root }: ExaminedFolder, files: readonly string[]): readonly Finding[] {
  const torn = files.filter((file) => file.endsWith('.json') && !isJson(file));
  if (torn.length === 0) return [];
  return [
    {
      part,
      state: 'remark',
      text: `${plural(torn.length, 'file')} of state cannot be read: ${torn
        .slice(0, 5)
        .map((file) => relative(root, file))
        .join(', ')}`,
      wayOut: 'Nothing to do: memvault goes on without and writes it anew.',
      fix: {
        does: 'moves what cannot be read aside',
        run() {
          for (const file of torn) renameSync(file, `${file}.broken`);
          return `${plural(torn.length, 'file')} moved aside, to names that end in .broken`;
        },
      },
    },
  ];
}

function examineTemporary(part: string, files: readonly string[], now: number): readonly Finding[] {
  const old = files.filter(
    (file) =>
      TEMPORARY.test(file.slice(file.lastIndexOf('/') + 1)) &&
      now - (lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now) > ABANDONED_MS,
  );
  if (old.length === 0) return [];
  return [
    {
      part,
      state: 'remark',
      text: `${plural(old.length, 'half-written file')} of a process that was killed`,
      fix: {
        does: 'removes them',
        run() {
          for (const file of old) rmSync(file, { force: true });
          return `${plural(old.length, 'half-written file')} removed`;
        },
      },
    },
  ];
}

function filesBelow({ root, content }: ExaminedFolder): readonly string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      // Told by what needs it.
      return;
    }
    for (const entry of entries) {
      if (found.length >= MOST_FILES) return;
      const path = join(folder, entry.name);
      if (entry.isFile()) found.push(path);
      else if (entry.isDirectory() && !(folder === root && content.includes(entry.name))) visit(path);
    }
  };
  visit(root);
  return found;
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
