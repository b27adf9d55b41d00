// Syncs a repository that is memvault's own (personal, or a team's vault repository): fetch, merge, push, until both are the same.

import { MemvaultError } from '../../model/errors.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import type { SyncOutcome } from '../../model/sync-outcome.ts';
import { awaitLock } from '../../system/lock.ts';
import { join } from 'node:path';
import { openNetwork } from './network.ts';
import type { Reached } from './network.ts';
import { afterFailure, afterSuccess, readOffline, writeOffline } from './offline.ts';
import { initPersonal } from './personal.ts';
import { resolveConflicts } from './resolve.ts';
import { GIT_FATAL, gitFailure, openGit } from './runner.ts';
import type { GitRunner } from './runner.ts';
import { keepNewestMonths } from './newest-months.ts';
import type { SyncOptions } from './sync.ts';

const BRANCH = 'refs/heads/main';
const TRACKING = 'refs/remotes/origin/main';
/** Somebody else may push between our fetch and our push. */
const TRIES = 4;

/** The remote's address; undefined when there is none. */
export async function readRemote(place: VaultPlace, options: Pick<SyncOptions, 'env'>): Promise<string | undefined> {
  const found = await openGit(place.root, options).run(['config', '--get', 'remote.origin.url'], { okCodes: [0, 1] });
  return found.text === '' ? undefined : found.text;
}

/** Names the remote, or another one. Throws `invalid_input` for an address that git would run as a command. */
export async function setRemote(place: VaultPlace, url: string, options: Pick<SyncOptions, 'env'>): Promise<void> {
  if (url.startsWith('-') || /^[a-z]*ext::|\s/i.test(url))
    throw new MemvaultError('invalid_input', `"${url.slice(0, 80)}" is no address of a repository`, {
      hint: 'For example: git@example.org:team/memories.git',
    });
  await initPersonal(place, options);
  const git = openGit(place.root, options);
  const known = await readRemote(place, options);
  await git.run(known === undefined ? ['remote', 'add', 'origin', url] : ['remote', 'set-url', 'origin', url]);
}

/** Nothing is lost on either side: what both edited is merged by field. A remote that is away is told in the outcome. */
export async function syncOwn(place: VaultPlace, options: SyncOptions): Promise<SyncOutcome> {
  await initPersonal(place, options);
  const base = { remote: 'origin', branch: 'main', upstream: 'origin/main', fetched: 0, pushed: 0 };
  if ((await readRemote(place, options)) === undefined) return { state: 'no-remote', fetched: 0, pushed: 0 };
  if (options.isOffline) return { ...base, state: 'offline', error: 'the setting `offline` forbids every connection' };
  const lock = await awaitLock(join(place.stateDir, 'publish.lock'), 2_000);
  if (lock === undefined) throw new MemvaultError('busy', 'another memvault process publishes in this vault');
  try {
    return await exchange(place, base, options);
  } finally {
    lock.release();
  }
}

type Base = Pick<SyncOutcome, 'remote' | 'branch' | 'upstream'>;

async function exchange(place: VaultPlace, base: Base, options: SyncOptions): Promise<SyncOutcome> {
  const git = openGit(place.root, options);
  const network = openNetwork(place.root, options);
  const state = readOffline(place.stateDir);
  const nowSeconds = Math.trunc(options.now / 1000);
  let merged = 0;
  const reached = (pushed: number): SyncOutcome => {
    writeOffline(place.stateDir, { ...afterSuccess(state, [], nowSeconds), pushes: [] });
    return { ...base, state: 'reached', ahead: 0, behind: 0, fetched: merged, merged, pushed, reachedAt: nowSeconds };
  };
  for (let tries = 0; ; tries++) {
    const fetched = await fetchMain(git, network);
    if (!fetched.ok) return away(place, base, options, fetched.error);
    if (fetched.text !== '') merged += await mergeMain(place, git, options);
    const ahead = await countAhead(git);
    if (ahead === 0) return reached(0);
    const pushed = await network.run(['push', '-q', '--no-verify', 'origin', `${BRANCH}:${BRANCH}`]);
    if (pushed.ok) {
      await git.run(['update-ref', TRACKING, BRANCH]);
      return reached(ahead);
    }
    if (tries + 1 >= TRIES || !/rejected|fetch first|non-fast-forward|cannot lock ref/i.test(pushed.error))
      return away(place, base, options, pushed.error);
  }
}

function away(place: VaultPlace, base: Base, options: SyncOptions, error: string): SyncOutcome {
  const state = afterFailure(
    { ...readOffline(place.stateDir), pushes: [BRANCH] },
    error,
    Math.trunc(options.now / 1000),
  );
  writeOffline(place.stateDir, state);
  const { reachedAt, nextTryAt } = state;
  return {
    ...base,
    state: 'offline',
    fetched: 0,
    pushed: 0,
    error,
    nextTryAt,
    ...(reachedAt === undefined ? {} : { reachedAt }),
  };
}

/** The text is the remote's newest commit; empty when the remote has none yet. */
async function fetchMain(git: GitRunner, network: ReturnType<typeof openNetwork>): Promise<Reached> {
  const heads = await network.run(['ls-remote', '--heads', 'origin', BRANCH]);
  if (!heads.ok || heads.text === '') return heads;
  const partial = await git.run(['config', '--get', 'remote.origin.partialclonefilter'], { okCodes: [0, 1] });
  const filter = partial.text === '' ? [] : [`--filter=${partial.text}`];
  const args = ['fetch', '-q', '--no-tags', '--no-write-fetch-head', ...filter, 'origin', `+${BRANCH}:${TRACKING}`];
  const fetched = await network.run(args);
  return fetched.ok ? { ok: true, text: heads.text } : fetched;
}

/** Number of files that came. Two machines that each began by themselves have no common history; that is no hindrance. */
async function mergeMain(place: VaultPlace, git: GitRunner, options: SyncOptions): Promise<number> {
  await keepNewestMonths(git, options.now);
  const before = (await git.run(['rev-parse', 'HEAD'])).text;
  const isBehind = (await git.run(['merge-base', '--is-ancestor', TRACKING, 'HEAD'], { okCodes: [0, 1] })).code === 1;
  if (!isBehind) return 0;
  const args = [
    'merge',
    '-q',
    '--no-edit',
    '--no-verify',
    '--allow-unrelated-histories',
    '-m',
    MERGE_MESSAGE,
    TRACKING,
  ];
  // A partial clone fetches what it lacks.
  const env = { GIT_NO_LAZY_FETCH: '0' };
  const done = await git.run(args, { okCodes: [0, 1, GIT_FATAL], env, timeoutMs: 120_000 });
  if (done.code !== 0) await finishMerge(place, git, options, done.stderr);
  const came = await git.run([
    'diff-tree',
    '-r',
    '--no-renames',
    '--diff-filter=A',
    '--name-only',
    before,
    'HEAD',
    '--',
    VAULT_FOLDER,
  ]);
  return came.text.split('\n').filter((path) => path.endsWith('.md') && !path.endsWith('/README.md')).length;
}

const MERGE_MESSAGE = 'chore(memory): merge\n\nClaude-Mem-Change: merge';

async function finishMerge(place: VaultPlace, git: GitRunner, options: SyncOptions, stderr: string): Promise<void> {
  const { resolved, left } = await resolveConflicts(place, { ...options, dryRun: false });
  if (resolved.length > 0 && left.length === 0) {
    await git.run(['commit', '-q', '--no-edit', '--no-verify', '--no-gpg-sign']);
    return;
  }
  try {
    await git.run(['merge', '--abort']);
  } catch (error) {
    if (gitFailure(error) === undefined) throw error;
  }
  const first = left[0];
  throw new MemvaultError(
    'conflict',
    `the vault at ${place.root} could not be merged: ${first === undefined ? stderr.slice(0, 200) : `${first.path}: ${first.reason}`}`,
    {
      hint: `Resolve it there with git: cd ${place.root} && git pull --no-rebase`,
    },
  );
}

async function countAhead(git: GitRunner): Promise<number> {
  const known = await git.run(['rev-parse', '-q', '--verify', TRACKING], { okCodes: [0, 1] });
  const range = known.code === 0 ? [`${TRACKING}..${BRANCH}`] : [BRANCH];
  return Number((await git.run(['rev-list', '--count', ...range])).text);
}
