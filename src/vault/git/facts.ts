// What is true of a Git work tree right now, read once into a plain value that gates and rules decide by.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { toMemvaultError } from '../../model/errors.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import type { HeldReason } from '../../model/publication.ts';
import { openPorcelain } from './porcelain.ts';
import { GIT_FATAL, gitFailure, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';
import { findVaultFilter } from './vault-filter.ts';
import { isCheckedOutElsewhere } from './worktrees.ts';

export interface GitFacts {
  /** Set when the repository cannot be used at all; then every other field is empty. */
  readonly problem?: { readonly reason: HeldReason; readonly detail: string };
  /** Real path of the work tree's top level. */
  readonly toplevel: string;
  /** Full ref that HEAD names, also when unborn; absent when detached. */
  readonly branch?: string;
  /** Commit id of HEAD; absent when unborn. */
  readonly head?: string;
  /** Names of the configured remotes. */
  readonly remotes: readonly string[];
  readonly hasRemote: boolean;
  /** Full local ref of the default branch, such as `refs/heads/main`, whether or not it exists here. */
  readonly defaultBranch?: string;
  /** The ref that holds the default branch's truth: remote-tracking where there is a remote, else the local branch. Exists. */
  readonly defaultRef?: string;
  /** Whether HEAD's branch is the default one (or, beside a remote, is called main or master). */
  readonly onDefaultBranch: boolean;
  /** Whether the last 50 commits of the branch are all the user's own. Looked up on a default branch with a remote only. */
  readonly onlyOwnCommits: boolean;
  /** Whether the user's own e-mail has a commit in the default branch. Looked up with a remote and without a vault only. */
  readonly hasOwnCommit: boolean;
  readonly email?: string;
  /** `Name <email> seconds zone`, when author and committer are the same person to Git. */
  readonly ident?: string;
  /** Whether Git has a configured name and e-mail for the user. */
  readonly hasIdentity: boolean;
  /** Whether `commit.gpgsign` is on. */
  readonly signs: boolean;
  /** Whether objects may be missing here that a remote has (`clone --filter`). */
  readonly isPartial: boolean;
  readonly isSubmodule: boolean;
  readonly isJujutsu: boolean;
  /** Whether a sparse checkout leaves the vault out. */
  readonly isVaultSparse: boolean;
  /** The filter that the user sends the vault through; absent when there is none. */
  readonly vaultFilter?: string;
  /** Whether another work tree has the same branch checked out: it would be left behind by a commit. */
  readonly isBranchElsewhere: boolean;
  /** What HEAD holds at `.claude-mem`. */
  readonly vaultInHead: 'absent' | 'folder' | 'other';
}

export interface FactsOptions {
  readonly env?: Environment;
  /** Tells what a commit holds at `.claude-mem`, for callers that look there anyway; git is asked when left out. */
  readonly vaultIn?: (commit: string) => Promise<GitFacts['vaultInHead']>;
}

/** Reads the facts of a place in Git. Never throws for what the repository is like: that is `problem`. */
export async function readGitFacts(place: VaultPlace, options: FactsOptions = {}): Promise<GitFacts> {
  const git = openGit(place.root, options);
  try {
    return await readFacts(git, place, options);
  } catch (error) {
    return problem(error);
  }
}

/** Last commits of a default branch that decide whether one person alone works there. */
const OWN_COMMITS = 50;
/** Walking a long history for one author must not hold up a publish. */
const AUTHOR_SEARCH_MS = 3_000;

async function readFacts(git: GitRunner, place: VaultPlace, options: FactsOptions): Promise<GitFacts> {
  const [where, config, committer, refs, asked] = await Promise.all([
    git.run(['rev-parse', '--show-toplevel', '--is-shallow-repository', '--show-superproject-working-tree']),
    git.run(['config', '--list', '-z'], { okCodes: [0, 1] }),
    git.run(['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT'], { okCodes: [0, 1, GIT_FATAL] }),
    git.run(['for-each-ref', REFS_FORMAT, 'refs/heads', 'refs/remotes']),
    options.vaultIn === undefined ? askVaultInHead(git) : undefined,
  ]);
  // The name of a folder may hold line feeds.
  const [, toplevel = '', shallow, superproject = ''] = /^([^]*?)\n(true|false)(?:\n([^]*))?$/.exec(where.text) ?? [];
  if (realpathSync(toplevel) !== realpathSync(place.root))
    return { ...NO_FACTS, problem: { reason: 'no-worktree', detail: `git works in ${toplevel}` } };
  const settings = parseConfig(config.stdout.toString('utf8'));
  const remotes = remoteNames(settings);
  const { branch, head } = await readHead(git, refs.text);
  const found = findDefault(refs.text, remotes, settings.get('init.defaultbranch'));
  const email = /<([^<>]+)> \d+ [+-]\d{4}$/.exec(committer.text)?.[1];
  const vaultInHead = asked ?? (head === undefined ? 'absent' : ((await options.vaultIn?.(head)) ?? 'absent'));
  const hasRemote = remotes.length > 0;
  const onDefaultBranch =
    branch !== undefined &&
    (branch === found.defaultBranch || (hasRemote && /^refs\/heads\/(main|master)$/.test(branch)));
  const vaultFilter = await findVaultFilter(git, place.commonDir ?? '', settings, vaultInHead === 'absent');
  const authorship = { git, place, options, email, head, defaultRef: found.defaultRef };
  return {
    toplevel: realpathSync(toplevel),
    ...(branch === undefined ? {} : { branch }),
    ...(head === undefined ? {} : { head }),
    remotes,
    hasRemote,
    ...found,
    onDefaultBranch,
    onlyOwnCommits: hasRemote && onDefaultBranch && (await areAllOwn(authorship, shallow === 'true')),
    hasOwnCommit: hasRemote && vaultInHead === 'absent' && (await hasOwn(authorship)),
    ...(email === undefined ? {} : { email }),
    ...(isSimple(committer, settings) ? { ident: committer.text } : {}),
    hasIdentity: committer.code === 0 && email !== undefined,
    signs: isTrue(settings.get('commit.gpgsign')),
    isPartial: settings.has('extensions.partialclone'),
    isSubmodule: superproject !== '',
    isJujutsu: existsSync(join(place.root, '.jj')),
    isVaultSparse: isTrue(settings.get('core.sparsecheckout')) && (await isLeftOut(git, place, vaultInHead, settings)),
    ...(vaultFilter === undefined ? {} : { vaultFilter }),
    isBranchElsewhere: branch !== undefined && (await isCheckedOutElsewhere(git, place, branch)),
    vaultInHead,
  };
}

/** Not where the author may be somebody else, or a name is not in UTF-8. */
function isSimple(
  committer: { readonly code: number; readonly text: string },
  settings: ReadonlyMap<string, string>,
): boolean {
  const isOne = !['author.name', 'author.email', 'committer.name', 'committer.email'].some((key) => settings.has(key));
  return committer.code === 0 && isOne && /^[^\n\ufffd]+ <[^<>\n\ufffd]+> \d+ [+-]\d{4}$/.test(committer.text);
}

const REFS_FORMAT = '--format=%(refname)%00%(symref)%00%(HEAD)%00%(objectname)';

async function askVaultInHead(git: GitRunner): Promise<GitFacts['vaultInHead']> {
  const entry = await git.run(['ls-tree', '-z', 'HEAD', '--', VAULT_FOLDER], { okCodes: [0, GIT_FATAL] });
  return entry.text === '' ? 'absent' : entry.text.startsWith('040000 ') ? 'folder' : 'other';
}

/** Of a branch with commits the list of refs tells both; a detached or unborn HEAD is asked for. */
async function readHead(
  git: GitRunner,
  refList: string,
): Promise<{ readonly branch: string | undefined; readonly head: string | undefined }> {
  const current = refList.split('\n').find((line) => line.split('\0')[2] === '*');
  if (current !== undefined) {
    const [branch, , , head] = current.split('\0');
    return { branch, head };
  }
  const [symbolic, commit] = await Promise.all([
    git.run(['symbolic-ref', '-q', 'HEAD'], { okCodes: [0, 1] }),
    git.run(['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { okCodes: [0, 1, GIT_FATAL] }),
  ]);
  return {
    branch: symbolic.code === 0 ? symbolic.text : undefined,
    head: commit.code === 0 ? commit.text : undefined,
  };
}

interface Authorship {
  readonly git: GitRunner;
  readonly place: VaultPlace;
  readonly options: { readonly env?: Environment };
  readonly email: string | undefined;
  readonly head: string | undefined;
  readonly defaultRef: string | undefined;
}

/** Looks at the branch here and at its remote counterpart: either may know of somebody else. */
async function areAllOwn({ place, options, email, head, defaultRef }: Authorship, shallow: boolean): Promise<boolean> {
  if (email === undefined || head === undefined) return false;
  const porcelain = openPorcelain(place.root, options);
  for (const ref of new Set([head, defaultRef ?? head])) {
    const authors = await porcelain.authors(ref, OWN_COMMITS);
    // A shallow clone ends before it can tell.
    if (shallow && authors.length < OWN_COMMITS) return false;
    if (authors.length === 0 || authors.some((author) => author.toLowerCase() !== email.toLowerCase())) return false;
  }
  return true;
}

async function hasOwn({ git, email, defaultRef }: Authorship): Promise<boolean> {
  if (email === undefined || defaultRef === undefined) return false;
  const args = [
    'log',
    '--max-count=1',
    '-F',
    '-i',
    `--author=<${email}>`,
    '--format=%H',
    '--end-of-options',
    defaultRef,
  ];
  try {
    return (await git.run([...args, '--'], { timeoutMs: AUTHOR_SEARCH_MS })).text !== '';
  } catch {
    return false;
  }
}

/** The default branch: origin/HEAD, else the usual names, else (without a remote) what the repository began with. */
function findDefault(
  refList: string,
  remotes: readonly string[],
  initial: string | undefined,
): { defaultBranch?: string; defaultRef?: string } {
  const refs = new Map<string, string>();
  for (const line of refList.split('\n')) {
    const [ref = '', target = ''] = line.split('\0');
    if (ref !== '') refs.set(ref, target);
  }
  const usual = ['main', 'master', 'trunk', 'develop'];
  const remote = remotes.includes('origin') ? 'origin' : remotes[0];
  if (remote !== undefined) {
    const tracking = `refs/remotes/${remote}/`;
    const target = refs.get(`${tracking}HEAD`);
    const named = target?.startsWith(tracking) === true ? target.slice(tracking.length) : undefined;
    const name = named ?? usual.find((candidate) => refs.has(tracking + candidate));
    if (name !== undefined) {
      const defaultRef = tracking + name;
      return { defaultBranch: `refs/heads/${name}`, ...(refs.has(defaultRef) ? { defaultRef } : {}) };
    }
  }
  const local = [...refs.keys()].filter((ref) => ref.startsWith('refs/heads/'));
  const candidates = [...(initial === undefined ? [] : [initial]), ...usual].map((name) => `refs/heads/${name}`);
  const branch = candidates.find((ref) => refs.has(ref)) ?? (local.length === 1 ? local[0] : undefined);
  if (branch === undefined) return {};
  return remote === undefined ? { defaultBranch: branch, defaultRef: branch } : { defaultBranch: branch };
}

/** A vault with skipped entries, or a new one that the patterns do not name, would appear and vanish with the checkout. */
async function isLeftOut(
  git: GitRunner,
  place: VaultPlace,
  vaultInHead: GitFacts['vaultInHead'],
  settings: ReadonlyMap<string, string>,
): Promise<boolean> {
  if (vaultInHead === 'folder') {
    const listed = await git.run(['ls-files', '-t', '-z', '--', VAULT_FOLDER]);
    return listed.text.split('\0').some((line) => line.startsWith('S '));
  }
  if (!isTrue(settings.get('core.sparsecheckoutcone'))) return true;
  try {
    const patterns = readFileSync(join(place.gitDir ?? '', 'info', 'sparse-checkout'), 'utf8');
    return !patterns.split('\n').includes(`/${VAULT_FOLDER}/`);
  } catch {
    return true;
  }
}

function remoteNames(settings: ReadonlyMap<string, string>): string[] {
  const names = [...settings.keys()].map((key) => /^remote\.(.+)\.(?:url|pushurl)$/.exec(key)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** `git config --list -z`: key, line feed, value, NUL; the last one counts. A key without a value means true. */
function parseConfig(text: string): Map<string, string> {
  const settings = new Map<string, string>();
  for (const record of text.split('\0')) {
    if (record === '') continue;
    const end = record.indexOf('\n');
    settings.set(end < 0 ? record : record.slice(0, end), end < 0 ? 'true' : record.slice(end + 1));
  }
  return settings;
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(true|yes|on|[1-9]\d*)$/i.test(value);
}

function problem(error: unknown): GitFacts {
  const stderr = gitFailure(error)?.stderr ?? '';
  const reason: HeldReason = /dubious ownership/.test(stderr)
    ? 'unsafe-directory'
    : /must be run in a work tree/.test(stderr)
      ? 'no-worktree'
      : /not a git repository|cannot use bare repository/.test(stderr) || gitFailure(error) === undefined
        ? 'no-git'
        : 'git-failed';
  return { ...NO_FACTS, problem: { reason, detail: toMemvaultError(error).message } };
}

const NO_FACTS: GitFacts = {
  toplevel: '',
  remotes: [],
  hasRemote: false,
  onDefaultBranch: false,
  onlyOwnCommits: false,
  hasOwnCommit: false,
  hasIdentity: false,
  signs: false,
  isPartial: false,
  isSubmodule: false,
  isJujutsu: false,
  isVaultSparse: false,
  isBranchElsewhere: false,
  vaultInHead: 'absent',
};
