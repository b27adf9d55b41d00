// Secrets in the history of the vault: finds them, and rewrites the commits of the branch here that were never pushed.

import { MemvaultError } from '../../model/errors.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import { GIT_FATAL } from './runner.ts';
import type { GitRunner } from './runner.ts';

/** A version of a file that holds a secret. */
export interface LeakyBlob {
  readonly blob: string;
  /** From the top of the work tree, where it was found first. */
  readonly path: string;
  readonly kinds: readonly string[];
  /** Whether a remote-tracking branch has it, as far as this clone knows. */
  readonly isPushed: boolean;
}

/** A text without its secrets, and the kinds of what was cut. */
export type CleanText = (
  path: string,
  text: string,
) => Promise<{ readonly text: string; readonly kinds: readonly string[] }>;

const WALK_MS = 60_000;
const VAULT = VAULT_FOLDER;

/** Looks through every version of the vault's files that a branch, a tag or a stash reaches. */
export async function findLeakyBlobs(git: GitRunner, clean: CleanText): Promise<readonly LeakyBlob[]> {
  const all = await listBlobs(git, ['--all']);
  if (all.size === 0) return [];
  const pushed = await listBlobs(git, ['--remotes']);
  const leaky: LeakyBlob[] = [];
  for (const [blob, path] of all) {
    const { kinds } = await clean(path, await readBlob(git, blob));
    if (kinds.length > 0) leaky.push({ blob, path, kinds, isPushed: pushed.has(blob) });
  }
  return leaky;
}

async function listBlobs(git: GitRunner, sources: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const blobs = new Map<string, string>();
  const args = ['rev-list', '--objects', ...sources, '--', VAULT];
  const listed = await git.run(args, { timeoutMs: WALK_MS, okCodes: [0, GIT_FATAL, 129] });
  for (const line of listed.text.split('\n')) {
    const blank = line.indexOf(' ');
    const path = blank === -1 ? '' : line.slice(blank + 1);
    if (path.endsWith('.md')) blobs.set(line.slice(0, blank), path);
  }
  return blobs;
}

async function readBlob(git: GitRunner, blob: string): Promise<string> {
  return (await git.run(['cat-file', 'blob', blob])).stdout.toString('utf8');
}

export interface HistoryScrub {
  /** Commits that were made anew. */
  readonly rewritten: number;
  /** Why nothing was rewritten, though there was something. */
  readonly refused?: string;
}

/**
 * Makes those commits of the branch here anew that no remote has and that hold a secret: the same commits with clean files, in one
 * move of the branch. The user's index and files change only where they are exactly what a commit had. Refuses signed commits, a
 * HEAD on no branch, and an operation that is under way.
 */
export async function scrubUnpushed(
  git: GitRunner,
  leaky: readonly LeakyBlob[],
  clean: CleanText,
): Promise<HistoryScrub> {
  const unpushed = leaky.filter(({ isPushed }) => !isPushed);
  if (unpushed.length === 0) return { rewritten: 0 };
  const branch = (await git.run(['symbolic-ref', '-q', 'HEAD'], { okCodes: [0, 1] })).text;
  if (branch === '') return { rewritten: 0, refused: 'HEAD is on no branch' };
  const gitDir = (await git.run(['rev-parse', '--absolute-git-dir'])).text;
  const { existsSync } = await import('node:fs');
  const running = [
    'MERGE_HEAD',
    'CHERRY_PICK_HEAD',
    'REVERT_HEAD',
    'BISECT_LOG',
    'rebase-merge',
    'rebase-apply',
    'index.lock',
  ];
  const under = running.find((name) => existsSync(`${gitDir}/${name}`));
  if (under !== undefined) return { rewritten: 0, refused: `an operation of Git is under way (${under})` };
  const head = (await git.run(['rev-parse', 'HEAD'])).text;
  const listed = await git.run(['rev-list', '--topo-order', '--reverse', 'HEAD', '--not', '--remotes'], {
    timeoutMs: WALK_MS,
  });
  const newOf = new Map<string, string>();
  const cleanOf = new Map<string, string>();
  for (const { blob, path } of unpushed) {
    const { text } = await clean(path, await readBlob(git, blob));
    cleanOf.set(blob, (await git.run(['hash-object', '-w', '--stdin'], { stdin: text })).text);
  }
  let rewritten = 0;
  for (const commit of listed.text.split('\n').filter(Boolean)) {
    const raw = (await git.run(['cat-file', 'commit', commit])).stdout.toString('latin1');
    const tree = await cleanTree(git, commit, gitDir, cleanOf);
    const renewed = renewCommit(raw, tree, newOf);
    if (renewed === raw) continue;
    if (/^gpgsig/m.test(raw.slice(0, raw.indexOf('\n\n'))))
      return { rewritten: 0, refused: `commit ${commit.slice(0, 8)} is signed` };
    const args = ['hash-object', '-t', 'commit', '-w', '--stdin'];
    newOf.set(commit, (await git.run(args, { stdin: Buffer.from(renewed, 'latin1') })).text);
    rewritten++;
  }
  const newHead = newOf.get(head);
  if (newHead === undefined) return { rewritten: 0, refused: 'the commits are on another branch' };
  await renewIndex(git, cleanOf);
  await git.run(['update-ref', '-m', 'memvault scrub: secrets cut', branch, newHead, head]);
  return { rewritten };
}

/** The commit's tree with clean files in place of leaky ones; undefined when it has none. Made in an index of its own. */
async function cleanTree(
  git: GitRunner,
  commit: string,
  gitDir: string,
  cleanOf: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const entries = await git.run(['ls-tree', '-r', '-z', commit, '--', VAULT_FOLDER]);
  const changes = entries.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, blob, path] = /^(\d+) blob ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
      const cleaned = cleanOf.get(blob ?? '');
      return cleaned === undefined ? [] : [`${mode ?? '100644'} ${cleaned}\t${path ?? ''}`];
    });
  if (changes.length === 0) return undefined;
  const env = { GIT_INDEX_FILE: `${gitDir}/claude-mem-scrub.index` };
  try {
    await git.run(['read-tree', commit], { env });
    await git.run(['update-index', '-z', '--index-info'], {
      env,
      stdin: changes.map((change) => `${change}\0`).join(''),
    });
    return (await git.run(['write-tree'], { env })).text;
  } finally {
    const { rmSync } = await import('node:fs');
    rmSync(env.GIT_INDEX_FILE, { force: true });
  }
}

/** The commit's own bytes with another tree and other parents; author, dates, message and encoding stay. */
function renewCommit(raw: string, tree: string | undefined, newOf: ReadonlyMap<string, string>): string {
  const end = raw.indexOf('\n\n');
  if (end === -1) throw new MemvaultError('unavailable', 'git gave a commit without a message');
  const head = raw
    .slice(0, end)
    .split('\n')
    .map((line) => {
      if (line.startsWith('tree ') && tree !== undefined) return `tree ${tree}`;
      return line.startsWith('parent ') ? `parent ${newOf.get(line.slice(7)) ?? line.slice(7)}` : line;
    });
  return head.join('\n') + raw.slice(end);
}

/** Where the user's index has a leaky version, it gets the clean one; what else is staged stays. */
async function renewIndex(git: GitRunner, cleanOf: ReadonlyMap<string, string>): Promise<void> {
  const staged = await git.run(['ls-files', '-s', '-z', '--', VAULT]);
  const changes = staged.stdout
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode, blob, path] = /^(\d+) ([0-9a-f]+) 0\t([^]*)$/.exec(line) ?? [];
      const cleaned = cleanOf.get(blob ?? '');
      return cleaned === undefined ? [] : [`${mode ?? '100644'} ${cleaned}\t${path ?? ''}\0`];
    });
  if (changes.length > 0) await git.run(['update-index', '-z', '--index-info'], { stdin: changes.join('') });
}
