// Syncs a user's repository with its remote: fetches, says where the branch stands, pushes only memvault's own commits and only when asked.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import type { NotPushed, SyncOutcome } from '../../model/sync-outcome.ts';
import { fetchedMemories, readElsewhere } from '../elsewhere.ts';
import { readGitFacts } from './facts.ts';
import type { GitFacts } from './facts.ts';
import { isProtected } from './gates.ts';
import { shortBranch } from './history.ts';
import { openNetwork, remoteOf } from './network.ts';
import { afterFailure, afterSuccess, readOffline, writeOffline } from './offline.ts';
import { readPublished } from './published.ts';
import { refreshElsewhere } from './refresh-elsewhere.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export interface SyncOptions {
  /** Pushes the branch when every commit ahead is memvault's own. */
  readonly push: boolean;
  /** The settings forbid the network. */
  readonly isOffline: boolean;
  readonly protectedBranches: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly env?: Environment;
  /** Hard end of each network command; 60 s when left out. */
  readonly timeoutMs?: number;
}

/**
 * Fetches the default branch and the upstreams of the checked out branches, nothing else, and reads their memories into the
 * cache; the work tree stays as it is. A remote that does not answer is told in the outcome, and a push that was asked for
 * waits until it does.
 */
export async function syncRepository(place: VaultPlace, options: SyncOptions): Promise<SyncOutcome> {
  const facts = await readGitFacts(place, options);
  if (facts.problem !== undefined) return { state: 'no-git', fetched: 0, pushed: 0, error: facts.problem.detail };
  const git = openGit(place.root, options);
  const branches = await readUpstreams(git);
  const upstream = branches.find((row) => row.ref === facts.branch)?.upstream;
  const remote = remoteOf(facts, upstream);
  const branch = facts.branch === undefined ? undefined : shortBranch(facts.branch);
  const base = { ...present({ remote, branch, upstream: upstream === undefined ? undefined : shortBranch(upstream) }) };
  if (remote === undefined) return { ...base, state: 'no-remote', fetched: 0, pushed: 0 };

  const before = idsInView(place, branch);
  const reached = options.isOffline
    ? ({ ok: false, error: 'the setting `offline` forbids every connection' } as const)
    : await fetchBranches(place, { remote, facts, branches, options });
  const nowSeconds = Math.trunc(options.now / 1000);
  let state = readOffline(place.stateDir);
  if (!reached.ok) {
    const pushes =
      options.push && facts.branch !== undefined ? [...new Set([...state.pushes, facts.branch])] : state.pushes;
    state = options.isOffline ? { ...state, pushes } : afterFailure({ ...state, pushes }, reached.error, nowSeconds);
    writeOffline(place.stateDir, state);
    return {
      ...base,
      state: 'offline',
      ...(await countDistance(git, upstream)),
      fetched: 0,
      pushed: 0,
      ...(options.push ? { notPushed: 'offline' as const } : {}),
      error: reached.error,
      ...present({ reachedAt: state.reachedAt, nextTryAt: state.nextTryAt === 0 ? undefined : state.nextTryAt }),
    };
  }
  state = afterSuccess(state, reached.gone, nowSeconds);
  writeOffline(place.stateDir, state);
  await refreshElsewhere(place, { ...options, mayFetch: true });
  const fetched = [...idsInView(place, branch)].filter((path) => !before.has(path)).length;
  const wantsPush = options.push || (facts.branch !== undefined && state.pushes.includes(facts.branch));
  const push = wantsPush ? await pushOwn(place, { git, facts, remote, upstream, options }) : { pushed: 0 };
  if (wantsPush && push.notPushed !== 'offline')
    writeOffline(place.stateDir, { ...state, pushes: state.pushes.filter((ref) => ref !== facts.branch) });
  return {
    ...base,
    state: 'reached',
    ...(await countDistance(git, upstream)),
    fetched,
    ...push,
    reachedAt: nowSeconds,
  };
}

interface UpstreamRow {
  readonly ref: string;
  readonly upstream: string | undefined;
  readonly isCheckedOut: boolean;
}

async function readUpstreams(git: GitRunner): Promise<UpstreamRow[]> {
  const format = '--format=%(refname)%00%(upstream)%00%(worktreepath)';
  const listed = await git.run(['for-each-ref', format, 'refs/heads']);
  return listed.text.split('\n').map((line) => {
    const [ref = '', upstream = '', worktree = ''] = line.split('\0');
    return { ref, upstream: upstream === '' ? undefined : upstream, isCheckedOut: worktree !== '' };
  });
}

interface FetchInput {
  readonly remote: string;
  readonly facts: GitFacts;
  readonly branches: readonly UpstreamRow[];
  readonly options: SyncOptions;
}

type Fetched = { readonly ok: true; readonly gone: readonly string[] } | { readonly ok: false; readonly error: string };

async function fetchBranches(place: VaultPlace, { remote, facts, branches, options }: FetchInput): Promise<Fetched> {
  const network = openNetwork(place.root, options);
  const git = openGit(place.root, options);
  const tracking = `refs/remotes/${remote}/`;
  const heads = await network.run(['ls-remote', '--heads', '--end-of-options', remote]);
  if (!heads.ok) return heads;
  const there = new Map<string, string>();
  for (const line of heads.text.split('\n')) {
    const [, oid, name] = /^([0-9a-f]+)\trefs\/heads\/(.+)$/.exec(line) ?? [];
    if (oid !== undefined && name !== undefined) there.set(name, oid);
  }
  const here = await readTracking(git, tracking);
  const wanted = new Set<string>();
  for (const ref of [
    facts.defaultRef,
    facts.defaultBranch?.replace('refs/heads/', tracking),
    ...branches.filter((row) => row.isCheckedOut).map((row) => row.upstream),
  ])
    if (ref?.startsWith(tracking) === true) wanted.add(ref.slice(tracking.length));
  const moved = [...wanted].filter((name) => there.has(name) && there.get(name) !== here.get(name));
  if (moved.length > 0) {
    const specs = moved.map((name) => `+refs/heads/${name}:${tracking}${name}`);
    const fetched = await network.run([...FETCH, '--end-of-options', remote, ...specs]);
    if (!fetched.ok) return fetched;
  }
  return { ok: true, gone: [...here.keys()].filter((name) => !there.has(name)).map((name) => tracking + name) };
}

/** Beside the named branches nothing of the user's changes: no tags, no FETCH_HEAD, no housekeeping, no submodules. */
const FETCH = [
  'fetch',
  '-q',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--no-recurse-submodules',
  '--refmap=',
];

async function readTracking(git: GitRunner, tracking: string): Promise<Map<string, string>> {
  const listed = await git.run(['for-each-ref', '--format=%(refname)%00%(objectname)%00%(symref)', tracking]);
  const refs = new Map<string, string>();
  for (const line of listed.text.split('\n')) {
    const [name = '', oid = '', symref = ''] = line.split('\0');
    if (name !== '' && symref === '') refs.set(name.slice(tracking.length), oid);
  }
  return refs;
}

function idsInView(place: VaultPlace, branch: string | undefined): Set<string> {
  const here = `refs/heads/${branch ?? ''}`;
  const memories = fetchedMemories(readElsewhere(place.stateDir), branch);
  return new Set(memories.filter(({ refs }) => !refs.includes(here)).map(({ path }) => path));
}

async function countDistance(
  git: GitRunner,
  upstream: string | undefined,
): Promise<{ ahead?: number; behind?: number }> {
  if (upstream === undefined) return {};
  const counted = await git.run(['rev-list', '--left-right', '--count', '--end-of-options', `${upstream}...HEAD`], {
    okCodes: [0, GIT_FATAL],
  });
  const [, behind, ahead] = /^(\d+)\s+(\d+)$/.exec(counted.text) ?? [];
  return behind === undefined ? {} : { ahead: Number(ahead), behind: Number(behind) };
}

interface PushInput {
  readonly git: GitRunner;
  readonly facts: GitFacts;
  readonly remote: string;
  readonly upstream: string | undefined;
  readonly options: SyncOptions;
}

async function pushOwn(
  place: VaultPlace,
  { git, facts, remote, upstream, options }: PushInput,
): Promise<{ pushed: number; notPushed?: NotPushed; error?: string }> {
  const { branch, head } = facts;
  const no = (notPushed: NotPushed, error?: string) => ({ pushed: 0, notPushed, ...present({ error }) });
  if (branch === undefined || head === undefined) return no('detached-head');
  if (isProtected(options.protectedBranches, shortBranch(branch))) return no('protected-branch');
  const tracking = `refs/remotes/${remote}/`;
  if (upstream === undefined || !upstream.startsWith(tracking)) return no('no-upstream');
  const { ahead, behind } = await countDistance(git, upstream);
  if (ahead === undefined) return no('no-upstream');
  if (ahead === 0) return no('nothing-ahead');
  if (behind !== 0) return no('behind');
  if (!(await areAllOurs(git, place, upstream, head))) return no('not-ours');
  const target = `refs/heads/${upstream.slice(tracking.length)}`;
  // The very commit that was looked at: the user may commit meanwhile.
  const args = ['push', '-q', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no'];
  const pushed = await openNetwork(place.root, options).run([...args, '--end-of-options', remote, `${head}:${target}`]);
  if (pushed.ok) return { pushed: ahead };
  return no(
    /rejected|protected|denied|declined|not permitted|forbidden/i.test(pushed.error) ? 'rejected' : 'offline',
    pushed.error,
  );
}

/** Every commit that a remote-tracking ref lacks touches the vault alone and is one that memvault made. */
async function areAllOurs(git: GitRunner, place: VaultPlace, upstream: string, head: string): Promise<boolean> {
  const published = new Set(Object.values(readPublished(place.stateDir)).map((row) => row.commit));
  const listed = await git.run(['rev-list', '--parents', '--end-of-options', `${upstream}..${head}`]);
  for (const line of listed.text.split('\n')) {
    const [commit = '', ...parents] = line.split(' ');
    if (parents.length !== 1) return false;
    const paths = await git.run(['diff-tree', '-r', '--no-commit-id', '--name-only', '--no-renames', '-z', commit]);
    const names = paths.stdout.toString('utf8').split('\0').filter(Boolean);
    if (names.length === 0 || names.some((name) => !name.startsWith(`${VAULT_FOLDER}/`))) return false;
    if (published.has(commit)) continue;
    const message = await git.run(['show', '-s', '--format=%(trailers:only)', commit]);
    if (!/^Claude-Mem-[A-Za-z]+: /m.test(message.text)) return false;
  }
  return true;
}

function present<T extends Record<string, unknown>>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
