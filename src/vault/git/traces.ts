// What Git still holds of files that are gone here: commits of branches, stashes and reflogs, and other work trees of the clone.

import { VAULT_FOLDER } from '../../model/place.ts';
import { GIT_FATAL } from './runner.ts';
import type { GitRunner } from './runner.ts';

export interface HistoryTraces {
  /** From the top of the work tree; every name that one of the files ever had. */
  readonly paths: readonly string[];
  /** Commits that brought one of them, newest first. */
  readonly commits: readonly string[];
  /** Full refs (branches, tags, the stash, remote-tracking ones) that reach one of the commits. */
  readonly refs: readonly string[];
  /** Names of the remotes that have one, as far as this clone knows. */
  readonly remotes: readonly string[];
  /** Whether a commit is held by a reflog, or by nothing but Git's patience with what is unreachable. */
  readonly isInReflog: boolean;
}

export const NO_TRACES: HistoryTraces = { paths: [], commits: [], refs: [], remotes: [], isInReflog: false };

const WALK_MS = 60_000;
/** Of a file that was moved in the same commit: less alike are two memories, one of which went and one of which came. */
const SAME_FILE = '-M90%';
/** A stash of new files is a first commit of its own. */
const SHOWING_ROOTS = ['-c', 'log.showRoot=true'];
const VAULT = `:(literal)${VAULT_FOLDER}`;

/** Looks through everything that refs and reflogs reach. Throws `unavailable` when git fails or takes more than a minute. */
export async function readTraces(
  git: GitRunner,
  paths: readonly string[],
  ids: ReadonlySet<string>,
): Promise<HistoryTraces> {
  const names = await allNames(git, paths, ids);
  if (names.length === 0) return NO_TRACES;
  const walk = async (sources: readonly string[]): Promise<readonly string[]> => {
    const args = [
      ...SHOWING_ROOTS,
      'log',
      ...sources,
      '--full-history',
      '--no-renames',
      // Of a merge only what none of its parents has.
      '-c',
      '--diff-filter=A',
      '--format=%H',
      '--',
      ...names,
    ];
    return (await git.run(args, { timeoutMs: WALK_MS })).text.split('\n').filter(Boolean);
  };
  const [commits, ofRefs] = await Promise.all([walk(['--all', '--reflog']), walk(['--all'])]);
  const refs = new Set<string>();
  for (const commit of ofRefs) {
    const args = ['for-each-ref', '--format=%(refname)', `--contains=${commit}`];
    const found = await git.run(args, { okCodes: [0, GIT_FATAL, 129] });
    for (const ref of found.text.split('\n').filter(Boolean)) refs.add(ref);
  }
  const remotes = [...refs].flatMap((ref) => /^refs\/remotes\/([^/]+)\//.exec(ref)?.[1] ?? []);
  return {
    paths: names,
    commits,
    refs: [...refs].sort(),
    remotes: [...new Set(remotes)],
    isInReflog: commits.length > 0,
  };
}

/** By the id in a name of memvault's own, and by the moves that people made. */
async function allNames(
  git: GitRunner,
  paths: readonly string[],
  ids: ReadonlySet<string>,
): Promise<readonly string[]> {
  const args = [
    ...SHOWING_ROOTS,
    'log',
    '--all',
    '--reflog',
    '--full-history',
    SAME_FILE,
    '--diff-filter=AR',
    '--name-status',
    '--format=',
  ];
  const listed = await git.run([...args, '-z', '--', VAULT], {
    timeoutMs: WALK_MS,
    env: { GIT_LITERAL_PATHSPECS: '0' },
  });
  const fields = listed.stdout.toString('utf8').split('\0');
  const moves: (readonly [string, string])[] = [];
  const names = new Set(paths);
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const status = (fields[at] ?? '').replace(/^\n+/, '');
    const path = fields[at + 1] ?? '';
    if (status.startsWith('R')) moves.push([path, fields[++at + 1] ?? '']);
    const [, id] = /-([0-9a-z]{12})\.md$/.exec(path) ?? [];
    if (id !== undefined && ids.has(id)) names.add(path);
  }
  for (let before = -1; before !== names.size;) {
    before = names.size;
    for (const [from, to] of moves)
      if (names.has(from) || names.has(to)) {
        names.add(from);
        names.add(to);
      }
  }
  return [...names].sort();
}

/** The tops of the clone's other work trees. */
export async function otherWorktrees(git: GitRunner, root: string): Promise<readonly string[]> {
  const listed = await git.run(['worktree', 'list', '--porcelain', '-z'], { okCodes: [0, 129] });
  return listed.stdout
    .toString('utf8')
    .split('\0\0')
    .map((record) => record.split('\0'))
    .filter((lines) => !lines.includes('bare') && !lines.some((line) => line.startsWith('prunable')))
    .flatMap((lines) => lines.find((line) => line.startsWith('worktree '))?.slice('worktree '.length) ?? [])
    .filter((folder) => folder !== root);
}
