// The development history of a GNU project as its source archives carry it: commits in `ChangeLog.old/`, titles of bugs in `NEWS`.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../src/model/errors.ts';
import type { LoggedCommit } from './git-log.ts';
import type { Issue } from './issue-file.ts';

export interface GnuHistory {
  /** Oldest first; without bodies, which the files do not have. */
  readonly commits: readonly LoggedCommit[];
  readonly issues: readonly Issue[];
}

/** Reads the unpacked source of a release. Throws `not_found` where it has no commits or no NEWS. */
export function readGnuHistory(folder: string): GnuHistory {
  const logs = listLogs(folder);
  const commits = logs.flatMap((file) => parseChangeLog(readFileSync(file, 'latin1'))).reverse();
  if (commits.length === 0) throw missing(folder, 'ChangeLog.old/ with commits');
  return { commits, issues: parseNews(readText(folder, 'NEWS')) };
}

/**
 * The commits of a file that gnulib's `vcs-to-changelog` wrote, in its order: after `COMMIT:` and a hash come the subject and, per
 * file, what was done to it and to its functions. Numbers of bugs are written `#12345`, as Git hosts do. Pure.
 */
export function parseChangeLog(text: string): readonly LoggedCommit[] {
  return [...text.matchAll(ENTRY)].map(({ groups }) => {
    const lines = (groups?.['text'] ?? '').split('\n').map((line) => line.trim());
    const first = lines.findIndex((line) => line === '' || line.startsWith('* '));
    const changes = lines.slice(first === -1 ? lines.length : first);
    return {
      hash: groups?.['hash'] ?? '',
      subject: lines
        .slice(0, first === -1 ? lines.length : first)
        .join(' ')
        .replaceAll(BUG, '#$1'),
      body: '',
      files: changes.flatMap((line) => /^\* (\S+):/.exec(line)?.[1] ?? []),
      names: [...new Set(changes.flatMap((line) => /^(?:\[.*\])?\((\w+)\): /.exec(line)?.[1] ?? []))],
      testTitles: [],
    };
  });
}

/** The bugs that NEWS lists as `  [12345] component: title`, each once, without the component. Pure. */
export function parseNews(text: string): readonly Issue[] {
  const titles = new Map<number, string>();
  for (const { groups } of text.matchAll(LISTED_BUG)) {
    const number = Number(groups?.['number']);
    const title = (groups?.['title'] ?? '').replaceAll(/\s+/g, ' ').replace(/^[\w-]+: /, '');
    if (!titles.has(number)) titles.set(number, title);
  }
  return [...titles].map(([number, title]) => ({ number, title }));
}

const ENTRY = /^\tCOMMIT: (?<hash>[0-9a-f]{40})\n(?<text>(?:\t.*\n|\n(?!\d{4}-\d\d-\d\d ))*)/gm;
const BUG = /\b(?:BZ|bugs?)\s*#?\s*(\d{3,6})\b/gi;
const LISTED_BUG = /^ +\[(?<number>\d+)\] (?<title>.+(?:\n {4,}(?!\[).+)*)/gm;

/** The newest first; older files, from before `COMMIT:`, hold no commits. */
function listLogs(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, 'ChangeLog.old'))
      .filter((name) => /^ChangeLog\.\d+$/.test(name))
      .sort((a, b) => Number(b.slice(10)) - Number(a.slice(10)))
      .map((name) => join(folder, 'ChangeLog.old', name));
  } catch {
    throw missing(folder, 'ChangeLog.old/');
  }
}

function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), 'utf8');
  } catch {
    throw missing(folder, name);
  }
}

function missing(folder: string, what: string): MemvaultError {
  return new MemvaultError('not_found', `${folder} has no ${what}`, {
    hint: 'Expected the unpacked source of a release of glibc, 2.31 or later.',
  });
}
