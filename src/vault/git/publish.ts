// Publishes the outbox: one guarded commit of its memories on the user's branch, or a reason why not now.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemvaultError, toMemvaultError } from '../../model/errors.ts';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import type { HeldReason, Publication } from '../../model/publication.ts';
import { awaitLock } from '../../system/lock.ts';
import type { HeldLock } from '../../system/lock.ts';
import { openOutbox } from '../outbox.ts';
import { attemptPublish } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import type { GitFacts } from './facts.ts';
import { shortBranch } from './history.ts';
import { initPersonal } from './personal.ts';
import type { PublishPlan } from './plan.ts';
import { publishToFolder, writeForUser } from './publish-files.ts';
import type { PublishOptions } from './publish-options.ts';
import { readPublished, updatePublished } from './published.ts';
import { openGit } from './runner.ts';
import { readStaged, removeStaged } from './staged.ts';
import { countHeld, makePlan, listConcerned, readSituation } from './survey.ts';
import type { MadePlan, Run, Situation } from './survey.ts';
import { sweepScratch, takeBack } from './take-back.ts';
import { readWaiting } from './waiting.ts';

/**
 * Commits what waits in the outbox of a place, in one commit of vault paths only, or holds back with a reason. Never pushes,
 * runs no hooks, touches no other path, and leaves the user's staged, unstaged and untracked work as it was. Refusals and
 * failures of git are told in the result, not thrown.
 */
export async function publish(place: VaultPlace, options: PublishOptions): Promise<Publication> {
  return (await publishAndTell(place, options)).publication;
}

/** The same, with what was found out about the repository on the way, as it is afterwards; absent when nobody looked. */
export async function publishAndTell(place: VaultPlace, options: PublishOptions): Promise<Told> {
  const waiting = listConcerned(place, options);
  const { gitDir } = place;
  if (waiting.length === 0 && options.makeVault !== true && (gitDir === undefined || readStaged(gitDir) === undefined))
    return { publication: { committed: 0, held: 0, reason: gitDir === undefined ? 'no-git' : 'nothing-to-publish' } };
  if (options.beforePush === true && waiting.length === 0)
    return { publication: { committed: 0, held: 0, reason: 'nothing-to-publish' } };
  if (options.mode === 'off') return { publication: { committed: 0, held: waiting.length, reason: 'mode-off' } };
  const run = gitDir === undefined ? undefined : { git: openGit(place.root, options), gitDir, place, options };
  // A look changes nothing, so it waits for nobody.
  const lock =
    options.dryRun === true
      ? NO_LOCK
      : await awaitLock(join(place.stateDir, 'publish.lock'), options.now ? LOCK_WAIT_MS : 0);
  if (lock === undefined) return { publication: { committed: 0, held: waiting.length, reason: 'lock-held' } };
  try {
    if (run === undefined)
      return { publication: await publishToFolder(place, readWaiting(place.stateDir, waiting), options) };
    return options.dryRun === true ? { publication: await describe(run) } : await publishToGit(run);
  } catch (error) {
    const failure = expectedFailure(error);
    if (run !== undefined && options.dryRun !== true) await clearUpAfter(run);
    options.logger.warn('publish failed', { code: failure.code, error: failure.message, ...failure.data });
    return { publication: { committed: 0, held: waiting.length, reason: 'git-failed', detail: failure.message } };
  } finally {
    lock.release();
  }
}

interface Told {
  readonly publication: Publication;
  readonly facts?: GitFacts;
}

/** A command of git that failed, or a disk that is full or closed; everything else is a fault of ours. */
function expectedFailure(error: unknown): MemvaultError {
  const isSystem = error instanceof Error && 'syscall' in error;
  if (error instanceof MemvaultError || isSystem) return toMemvaultError(error);
  throw error;
}

/** What cannot be cleared now is cleared by the next publish. */
async function clearUpAfter(run: Run): Promise<void> {
  try {
    const { facts, isInUse } = await readSituation(run);
    if (!isInUse) await clearUp(run, facts);
  } catch (error) {
    run.options.logger.debug('nothing cleared up', { error: toMemvaultError(error).message });
  }
}

const NO_LOCK: HeldLock = { release() {}, isCurrent: () => true };
const TRIES = 8;
const WAIT_MS = { least: 20, most: 500 } as const;
/** Who types the command waits a moment for another process; the worker comes again by itself. */
const LOCK_WAIT_MS = 2_000;

/** What would happen, by the same gates and the same plan. */
async function describe(run: Run): Promise<Publication> {
  const situation = await readSituation(run);
  if (situation.gate !== undefined) return held(run, situation, situation.gate);
  const plan = await makePlan(run, situation);
  if (run.options.mode === 'manual')
    return { ...summarize(plan, situation.facts), committed: 0, reason: 'mode-manual', files: pathsOf(plan) };
  return { ...summarize(plan, situation.facts), files: pathsOf(plan) };
}

function pathsOf(plan: PublishPlan): readonly string[] {
  return plan.files.map((file) => file.vaultPath);
}

async function publishToGit(run: Run): Promise<Told> {
  const { place, options } = run;
  await options.onStep?.('locked');
  if (place.kind === 'personal') await initPersonal(place, options);
  sweepScratch(run.gitDir);
  let last: Tried | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0 && isPast(options)) break;
    if (tries > 0) await sleep(WAIT_MS.least + (options.random ?? Math.random)() * (WAIT_MS.most - WAIT_MS.least));
    last = await tryOnce(run, tries === 0);
    if (!last.again) break;
    options.logger.debug('publish tries again', { reason: last.publication.reason });
  }
  return last ?? { publication: { committed: 0, held: 0, reason: 'lost-race' } };
}

function isPast({ deadline, clock }: PublishOptions): boolean {
  return deadline !== undefined && clock.now() > deadline;
}

interface Tried extends Told {
  /** Whether another try may do better: somebody was faster, or held the index. */
  readonly again: boolean;
}

async function tryOnce(run: Run, isFirst: boolean): Promise<Tried> {
  const situation = await readSituation(run);
  const { facts, gate, isInUse } = situation;
  if (isPast(run.options)) return outOfTime(situation);
  const stop = async (why: Held): Promise<Tried> => ({
    publication: await held(run, situation, why),
    again: why.reason === 'index-locked' || why.reason === 'lost-race',
  });
  // What a killed publish left goes first, also where publishing is not allowed now; never while somebody is at work.
  const mayClear = !isInUse && (isFirst || gate !== undefined);
  if (mayClear && !(await clearUp(run, facts))) return stop({ reason: 'index-locked' });
  if (gate !== undefined) return stop(gate);
  const plan = await makePlan(run, situation);
  forget(run, plan.forgotten);
  await run.options.onStep?.('planned');
  if (run.options.mode === 'manual') return { publication: writeForUser(run.place, plan, run.options), again: false };
  const attempt = attemptOf(run, facts, plan);
  if (attempt === undefined) {
    await clearUp(run, facts);
    return { publication: summarize(plan, facts), again: false };
  }
  const result = await attemptPublish(attempt);
  if (result.kind !== 'committed') {
    // Nothing of ours stays staged between the tries: the next one may find the gates closed, or never come.
    if (readStaged(run.gitDir) !== undefined) await clearUpSoon(run);
    if (isPast(run.options)) return outOfTime(situation);
    return stop(result);
  }
  const returned = countReturned(run, plan);
  record(run, attempt, result.commit);
  await run.options.onStep?.('recorded');
  const publication = { ...summarize(plan, facts), ...(returned === 0 ? {} : { returned }), commit: result.commit };
  return { publication, facts: { ...facts, head: result.commit, vaultInHead: 'folder' }, again: false };
}

/** Somebody waits for us, and not any longer: nothing more is asked of git. */
function outOfTime({ waiting, facts: { branch } }: Situation): Tried {
  const on = branch === undefined ? {} : { branch: shortBranch(branch) };
  return { publication: { committed: 0, held: waiting.length, reason: 'out-of-time', ...on }, again: false };
}

/** A short command of the user's may be in the way; a long one (a commit in its editor) keeps what it has read. */
async function clearUpSoon(run: Run): Promise<void> {
  for (let looks = 0; looks < CLEAR_LOOKS; looks++) {
    if (looks > 0) await sleep(CLEAR_WAIT_MS);
    const { facts, isInUse } = await readSituation(run);
    if (!isInUse && (await clearUp(run, facts))) return;
  }
}

const CLEAR_LOOKS = 20;
const CLEAR_WAIT_MS = 50;

interface Held {
  readonly reason: HeldReason;
  readonly detail?: string;
}

async function held(run: Run, situation: Situation, { reason, detail }: Held): Promise<Publication> {
  const branch = situation.facts.branch;
  return {
    committed: 0,
    held: await countHeld(run, situation),
    reason,
    ...(branch === undefined ? {} : { branch: shortBranch(branch) }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Memories that were committed before and whose branch was reset, squashed or deleted since. */
function countReturned({ place }: Run, plan: PublishPlan): number {
  const published = readPublished(place.stateDir);
  const paths = plan.files.map((file) => file.memory?.path);
  return paths.filter((path) => path !== undefined && published[path]?.commit !== undefined).length;
}

function summarize(plan: PublishPlan, facts: GitFacts): Publication {
  const committed = plan.files.filter((file) => file.memory !== undefined).length;
  const left = plan.leftOut[0];
  const reason = left?.reason ?? (committed === 0 ? 'nothing-to-publish' : undefined);
  const detail = describeLeft(plan);
  return {
    committed,
    held: plan.leftOut.length,
    ...(reason === undefined ? {} : { reason }),
    ...(facts.branch === undefined ? {} : { branch: shortBranch(facts.branch) }),
    ...(detail === undefined ? {} : { detail }),
  };
}

function describeLeft({ leftOut, reserved }: PublishPlan): string | undefined {
  if (leftOut.length > 0) return leftOut.map((left) => `${left.path}: ${left.detail ?? left.reason}`).join('; ');
  return reserved.length > 0 ? `${reserved.length} left to the work tree of their own branch` : undefined;
}

function attemptOf(run: Run, facts: GitFacts, plan: MadePlan): Attempt | undefined {
  const { branch, head, signs, ident } = facts;
  if (plan.files.length === 0 || branch === undefined || head === undefined) return undefined;
  const commonDir = run.place.commonDir ?? run.gitDir;
  const { files, trees } = plan;
  return { ...run, commonDir, branch, head, signs, files, trees, ...(ident === undefined ? {} : { ident }) };
}

/** Clears up after an earlier try or a crash; false when the index is held, so that it must be done another time. */
async function clearUp({ git, gitDir, place, options }: Run, facts: GitFacts): Promise<boolean> {
  const staged = readStaged(gitDir);
  if (staged === undefined) return true;
  const { arrived, done } = await takeBack(git, gitDir, staged);
  const memories = arrived.map((path) => path.slice(VAULT_FOLDER.length + 1)).filter((path) => path.endsWith('.md'));
  if (facts.head !== undefined && facts.branch !== undefined) {
    const { head: commit, branch } = facts;
    const at = Math.trunc(options.clock.now() / 1000);
    const rows = memories.filter((path) => path.includes('/')).map((path) => [path, { commit, branch, at }] as const);
    updatePublished(place.stateDir, { add: Object.fromEntries(rows) });
  }
  return done;
}

function record({ gitDir, place, options }: Run, attempt: Attempt, commit: string): void {
  const row = { commit, branch: attempt.branch, at: Math.trunc(options.clock.now() / 1000) };
  const paths = attempt.files.map((file) => file.memory?.path).filter((path) => path !== undefined);
  updatePublished(place.stateDir, { add: Object.fromEntries(paths.map((path) => [path, row])) });
  removeStaged(gitDir);
}

/** A person deleted them after they were published: not restored, not published elsewhere. */
function forget({ place }: Run, paths: readonly string[]): void {
  if (paths.length === 0) return;
  openOutbox(place.stateDir).remove(paths);
  updatePublished(place.stateDir, { remove: paths });
}

// Publishing and pruning go together: who wires one needs the other.
export { pruneOutbox } from './outbox-state.ts';
