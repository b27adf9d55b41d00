// The commits of a repository with what each of them touched: files, names of declarations, titles of added tests.

import { openGit } from '../../src/vault/git/runner.ts';
import type { GitRunner } from '../../src/vault/git/runner.ts';
import { readTestTitle } from './test-title.ts';

export interface LoggedCommit {
  readonly hash: string;
  readonly subject: string;
  /** Without the subject; may be empty. */
  readonly body: string;
  /** Paths after the commit, or before it for deleted files. */
  readonly files: readonly string[];
  /** Functions, classes and the like whose lines changed, outside of tests; each once. */
  readonly names: readonly string[];
  /** Titles of tests in added lines, in order. */
  readonly testTitles: readonly string[];
}

export interface LogOptions {
  /** The newest so many commits. */
  readonly max: number;
  /** Where the history ends; HEAD when left out. */
  readonly at?: string;
  readonly onProgress?: (read: number, commits: number) => void;
}

/** The commits of a history without merges, oldest first. Throws `unavailable` when the folder is no repository with commits. */
export async function readGitLog(folder: string, options: LogOptions): Promise<readonly LoggedCommit[]> {
  const git = openGit(folder);
  const { max, at = 'HEAD' } = options;
  const list = await git.run(
    ['rev-list', '--no-merges', '--topo-order', `--max-count=${max}`, '--end-of-options', at, '--'],
    { timeoutMs: TIMEOUT_MS },
  );
  const hashes = list.text.split('\n').filter(Boolean).reverse();
  const commits: LoggedCommit[] = [];
  for (let at = 0; at < hashes.length; at += CHUNK) {
    commits.push(...(await readCommits(git, hashes.slice(at, at + CHUNK))));
    options.onProgress?.(commits.length, hashes.length);
  }
  return commits;
}

/** Reads what `git log --raw -p` printed with LOG_FORMAT. Pure. */
export function parseGitLog(text: string): readonly LoggedCommit[] {
  return text
    .split(COMMIT_START)
    .slice(1)
    .map((part) => {
      const [hash = '', subject = '', body = '', changes = ''] = part.split('\u001F', 4);
      return { hash, subject: subject.trim(), body: body.trim(), ...readChanges(changes) };
    });
}

/** Marks that no line of a diff begins with: there every line has a sign before it. */
export const LOG_FORMAT = '%x1e%H%x1f%s%x1f%b%x1f';
const COMMIT_START = /^\u001E(?=[0-9a-f]{40,64}\u001F)/m;

const CHUNK = 200;
const TIMEOUT_MS = 10 * 60_000;

/** A chunk that is too much for one answer is halved; a commit that is too much by itself tells its files only. */
async function readCommits(git: GitRunner, hashes: readonly string[]): Promise<readonly LoggedCommit[]> {
  const log = async (...patch: readonly string[]): Promise<readonly LoggedCommit[]> => {
    const printed = await git.run(
      [
        '-c',
        'core.quotePath=false',
        'log',
        '--stdin',
        '--no-walk=unsorted',
        `--format=${LOG_FORMAT}`,
        ...PLAIN,
        ...patch,
      ],
      { stdin: `${hashes.join('\n')}\n`, timeoutMs: TIMEOUT_MS },
    );
    return parseGitLog(printed.text);
  };
  try {
    return await log('--patch', '--unified=0', '--src-prefix=a/', '--dst-prefix=b/');
  } catch (error) {
    if (hashes.length === 0) throw error;
    if (hashes.length === 1) return log();
    const middle = Math.ceil(hashes.length / 2);
    return [...(await readCommits(git, hashes.slice(0, middle))), ...(await readCommits(git, hashes.slice(middle)))];
  }
}

/** Whatever the person's configuration says of diffs. */
const PLAIN = ['--raw', '--find-renames', '--no-ext-diff', '--no-textconv', '--no-color', '--encoding=UTF-8'];

function readChanges(changes: string): Pick<LoggedCommit, 'files' | 'names' | 'testTitles'> {
  const files: string[] = [];
  const names = new Set<string>();
  const testTitles: string[] = [];
  let path = '';
  for (const line of changes.split('\n')) {
    if (line.startsWith(':')) files.push(line.split('\t').at(-1) ?? '');
    else if (line.startsWith('--- a/') || line.startsWith('+++ b/')) path = line.slice('+++ b/'.length);
    else if (TEST_PATH.test(path)) {
      const title = line.startsWith('+') ? readTestTitle(line.slice(1)) : undefined;
      if (title !== undefined) testTitles.push(title);
    } else if (/^[-+]|^@@/.test(line)) {
      const name = DECLARATION.exec(line.startsWith('@@') ? line.replace(HUNK, '') : line.slice(1))?.[1];
      if (name !== undefined) names.add(name);
    }
  }
  return { files, names: [...names], testTitles };
}

const TEST_PATH = /(?:^|[/_.-])(?:tests?|specs?|__tests__|e2e)(?:[/_.-]|$)/i;
const HUNK = /^@@[^@]*@@ ?/;
/** A declaration as many languages write it; variables only where they stand at the margin. */
const DECLARATION =
  /^\s*(?:(?:export|default|declare|public|private|protected|static|async|abstract|final|pub(?:\([a-z]+\))?)\s+)*(?:(?:function\*?|class|interface|type|enum|struct|trait|module|namespace|def|fn|func(?:\s*\([^)]*\))?)\s+|(?<=^(?:export\s+)?)(?:const|let|var)\s+)([A-Za-z_$][\w$]{2,})/;
