// Throwaway Git repositories for tests: fixed author and dates, no signing, no gc, `init -b main`, HOME in a temp folder.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const AUTHOR = { name: 'Ada Test', email: 'ada@example.org' } as const;
const DATE = '2026-11-22T10:00:00Z';

export interface TestRepo {
  /** Real path of the work tree. */
  readonly root: string;
  /** HOME of every command in this repository: a temp folder without a Git configuration. */
  readonly home: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs git and gives its output without the last line feed; throws when git fails. */
  git(...args: string[]): string;
  /** Runs git, whatever its exit code. */
  tryGit(...args: string[]): { readonly code: number; readonly stdout: string; readonly stderr: string };
  /** Writes a file of the work tree, folders included. */
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  exists(path: string): boolean;
  remove(path: string): void;
  /** Writes the files, stages exactly these and commits; gives the new commit. */
  commit(message: string, files?: Readonly<Record<string, string>>): string;
  /** `git status --porcelain`, untracked files one by one; empty when clean. */
  status(): string;
  head(): string;
  /** Every file of the work tree by path, without `.git`: to compare before and after. */
  files(): Record<string, string>;
  /** Adds a linked work tree on a new branch, beside the repository. */
  worktree(branch: string): TestRepo;
  /** Removes the temp folder with all that is in it. */
  dispose(): void;
}

/** A repository with one commit on `main` (none with `empty`), in a temp folder of its own. */
export function makeRepo(
  options: { readonly empty?: boolean; readonly identity?: boolean; readonly format?: 'sha1' | 'sha256' } = {},
): TestRepo {
  const folder = makeFolder();
  const root = join(folder, 'repo');
  mkdirSync(root);
  const repo = openRepo(folder, root);
  repo.git('init', '-q', '-b', 'main', '--template=', `--object-format=${options.format ?? 'sha1'}`);
  configure(repo, options.identity ?? true);
  if (options.empty !== true) repo.commit('first', { 'README.md': '# project\n', 'src/app.ts': 'one\ntwo\nthree\n' });
  return repo;
}

/** A bare repository that holds `main` of the given one, wired as its `origin` with origin/HEAD and main's upstream set. */
export function addRemote(repo: TestRepo): string {
  const bare = join(dirname(repo.root), 'origin.git');
  execFileSync('git', ['clone', '-q', '--bare', '--template=', repo.root, bare], { env: repo.env });
  repo.git('remote', 'add', 'origin', bare);
  repo.git('fetch', '-q', 'origin');
  repo.git('remote', 'set-head', 'origin', 'main');
  repo.git('branch', '-q', '--set-upstream-to=origin/main', 'main');
  return bare;
}

/** Another clone of a bare repository, beside it, with an author of its own. */
export function cloneRepo(
  bare: string,
  name: string,
  author: { readonly name: string; readonly email: string } = AUTHOR,
): TestRepo {
  const root = join(dirname(bare), name);
  const repo = openRepo(dirname(bare), root);
  execFileSync('git', ['clone', '-q', '--template=', bare, root], { env: repo.env });
  configure(repo, true);
  repo.git('config', 'user.name', author.name);
  repo.git('config', 'user.email', author.email);
  return repo;
}

function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'memvault-git-')));
  mkdirSync(join(folder, 'home'));
  return folder;
}

function configure(repo: TestRepo, identity: boolean): void {
  if (identity) {
    repo.git('config', 'user.name', AUTHOR.name);
    repo.git('config', 'user.email', AUTHOR.email);
  }
  repo.git('config', 'commit.gpgsign', 'false');
  repo.git('config', 'gc.auto', '0');
  repo.git('config', 'maintenance.auto', 'false');
}

/** The helpers for a repository that is there. */
export function openRepo(folder: string, root: string): TestRepo {
  const home = join(folder, 'home');
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_EDITOR: 'true',
    GIT_AUTHOR_DATE: DATE,
    GIT_COMMITTER_DATE: DATE,
  };
  const tryGit: TestRepo['tryGit'] = (...args) => {
    const done = spawnSync('git', args, { cwd: root, env, encoding: 'utf8' });
    return { code: done.status ?? -1, stdout: done.stdout, stderr: done.stderr };
  };
  const git: TestRepo['git'] = (...args) => {
    const done = tryGit(...args);
    if (done.code !== 0) throw new Error(`git ${args.join(' ')} → ${done.code}: ${done.stderr}`);
    return done.stdout.replace(/\n$/, '');
  };
  const write: TestRepo['write'] = (path, content) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  return {
    root,
    home,
    env,
    git,
    tryGit,
    write,
    read: (path) => readFileSync(join(root, path), 'utf8'),
    exists: (path) => existsSync(join(root, path)),
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    commit(message, files = {}) {
      for (const [path, content] of Object.entries(files)) write(path, content);
      if (Object.keys(files).length > 0) git('add', '--', ...Object.keys(files));
      git('commit', '-q', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    status: () => git('status', '--porcelain', '--untracked-files=all'),
    head: () => git('rev-parse', 'HEAD'),
    files: () => readTree(root),
    worktree(branch) {
      const place = join(folder, `worktree-${branch.replaceAll('/', '-')}`);
      git('worktree', 'add', '-q', '-b', branch, place);
      return openRepo(folder, realpathSync(place));
    },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function readTree(root: string, below = ''): Record<string, string> {
  const files: Record<string, string> = {};
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    if (path === '.git') continue;
    const kind = lstatSync(join(root, path));
    if (kind.isDirectory()) Object.assign(files, readTree(root, path));
    else if (kind.isFile()) files[path] = readFileSync(join(root, path), 'latin1');
    else files[path] = '(special)';
  }
  return files;
}
