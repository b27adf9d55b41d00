// Looks at everything a publish decides by, and makes the plan: reads only.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { redactText } from '../../system/redaction/redact.ts';
import { fixedFiles } from '../fixed-files.ts';
import { idOf } from '../file-name.ts';
import { readBranches } from './branches.ts';
import { readIndexEntries, readTreeEntries } from './entries.ts';
import type { GitEntries } from './entries.ts';
import { readGitFacts } from './facts.ts';
import type { GitFacts } from './facts.ts';
import { readFilesState } from './files-state.ts';
import { checkGates, checkUse } from './gates.ts';
import type { Gate } from './gates.ts';
import { entriesOf, readHeadTrees } from './head-trees.ts';
import type { HeadTrees } from './head-trees.ts';
import { findDeleted, findLiving, otherBranches, shortBranch } from './history.ts';
import { planPublish } from './plan.ts';
import type { PublishPlan } from './plan.ts';
import type { PublishOptions } from './publish-options.ts';
import { readPublished } from './published.ts';
import type { PublishedRecord } from './published.ts';
import type { GitRunner } from './runner.ts';
import { readStaged } from './staged.ts';
import { readWaiting } from './waiting.ts';
import type { WaitingMemory } from './waiting.ts';
import { readWorkFile } from './work-files.ts';

/** What every part of one publish works on. */
export interface Run {
  readonly git: GitRunner;
  readonly gitDir: string;
  readonly place: VaultPlace;
  readonly options: PublishOptions;
}

export interface Situation {
  readonly facts: GitFacts;
  readonly waiting: readonly WaitingMemory[];
  /** The closed gate, if there is one. */
  readonly gate?: Gate;
  /** Whether somebody is at work in the repository, so that nothing at all may be touched. */
  readonly isInUse: boolean;
}

/**
 * The memories that a publish is about. Where the published ones are takes a look at every branch: before a push there is no
 * time for it, and those that were never published are all that counts.
 */
export function readConcerned(place: VaultPlace, options: PublishOptions): readonly WaitingMemory[] {
  if (options.beforePush !== true) return readWaiting(place.stateDir);
  const published = readPublished(place.stateDir);
  return readWaiting(place.stateDir, (path) => !(path in published));
}

export async function readSituation({ place, options }: Run): Promise<Situation> {
  const waiting = readConcerned(place, options);
  const facts = await readGitFacts(place, options);
  if (facts.problem !== undefined) return { facts, waiting, gate: facts.problem, isInUse: true };
  const files = await readFilesState(place, options);
  const gate = checkGates(facts, files, {
    ...options,
    quietMs: options.quietMs ?? QUIET_MS,
    clockNow: options.clock.now(),
    isPersonal: place.kind === 'personal',
  });
  return { facts, waiting, ...(gate === undefined ? {} : { gate }), isInUse: checkUse(files) !== undefined };
}

export interface MadePlan extends PublishPlan {
  /** The folders of HEAD that the files go into. */
  readonly trees: HeadTrees;
}

/** The plan for a situation in which every gate is open. */
export async function makePlan({ git, gitDir, place, options }: Run, situation: Situation): Promise<MadePlan> {
  const { facts, waiting } = situation;
  const published = readPublished(place.stateDir);
  const paths = waiting.map((memory) => memory.path);
  const fixed = facts.vaultInHead === 'absent' ? newVaultFiles() : [];
  const places = [...waiting, ...fixed].map((file) => file.vaultPath);
  const [{ head, trees }, index] = await Promise.all([
    lookInHead(git, facts, { waiting, places, published }),
    places.length === 0 ? new Map() : readIndexEntries(git, places),
  ]);
  const open = missingFrom(head, waiting).map((memory) => memory.path);
  const deleted = facts.head === undefined ? NOTHING : await findDeleted(git, facts.head, open, published);
  const living =
    options.beforePush === true
      ? NOTHING
      : new Set((await livingOf(git, place, { facts, published, open, now: options.clock.now() })).keys());
  const isManual = options.mode === 'manual';
  const plan = planPublish({
    waiting,
    head,
    index,
    ours: readStaged(gitDir)?.entries ?? {},
    deleted,
    elsewhere: living,
    otherWorktrees: waiting.some((one) => isForeign(one, facts))
      ? await reservedBranches(git, facts, options)
      : NOTHING,
    writtenBefore: new Set(isManual && !options.now ? paths.filter((path) => wasWritten(published[path])) : []),
    workFile: (path) => readWorkFile(place.root, path),
    findSecrets: (text) => Object.keys(redactText(text).counts),
    fixed,
    makeVault: options.makeVault ?? false,
    like: facts.head ?? '',
  });
  return { ...plan, trees };
}

/** How many memories wait here: those that HEAD lacks and that are on no other living branch. */
export async function countHeld({ git, place, options }: Run, { facts, waiting }: Situation): Promise<number> {
  if (facts.problem !== undefined) return waiting.length;
  const published = readPublished(place.stateDir);
  const places = waiting.map((memory) => memory.vaultPath);
  const { head } = await lookInHead(git, facts, { waiting, places, published });
  const open = missingFrom(head, waiting).map((memory) => memory.path);
  return open.length - (await livingOf(git, place, { facts, published, open, now: options.clock.now() })).size;
}

interface Sought {
  readonly facts: GitFacts;
  readonly published: PublishedRecord;
  /** Paths of memories that HEAD lacks. */
  readonly open: readonly string[];
  readonly now: number;
}

async function livingOf(
  git: GitRunner,
  { stateDir }: VaultPlace,
  { facts, published, open, now }: Sought,
): Promise<ReadonlyMap<string, string>> {
  const branches = await readBranches(git, stateDir, facts, now);
  return findLiving(git, open, published, { branches, defaultRef: facts.defaultRef });
}

/** The fixed files with their place in a repository. */
export function newVaultFiles(): { vaultPath: string; bytes: Buffer }[] {
  return fixedFiles().map((file) => ({ vaultPath: `${VAULT_FOLDER}/${file.path}`, bytes: Buffer.from(file.content) }));
}

/** Between two commands of a person at work lies less. */
const QUIET_MS = 60_000;
const NOTHING: ReadonlySet<string> = new Set();

interface Look {
  readonly waiting: readonly WaitingMemory[];
  /** Paths from the top whose folders are wanted. */
  readonly places: readonly string[];
  readonly published: PublishedRecord;
}

/** What HEAD has in the folders that matter; the whole vault only where a published memory is not in the folder it went to. */
async function lookInHead(
  git: GitRunner,
  facts: GitFacts,
  { waiting, places, published }: Look,
): Promise<{ readonly head: GitEntries; readonly trees: HeadTrees }> {
  if (facts.head === undefined) return { head: NO_ENTRIES, trees: new Map() };
  const trees = await readHeadTrees(git, facts.head, places);
  const near = entriesOf(trees);
  const isAway = missingFrom(near, waiting).some(({ path }) => path in published);
  return { head: isAway ? await readTreeEntries(git, facts.head) : near, trees };
}

const NO_ENTRIES: GitEntries = new Map();

function missingFrom(head: GitEntries, waiting: readonly WaitingMemory[]): WaitingMemory[] {
  const ids = new Set([...head.keys()].map(idOf));
  return waiting.filter((memory) => !ids.has(memory.id));
}

/** Whether the memory was made on another branch than this one. */
function isForeign({ memory }: WaitingMemory, { branch }: GitFacts): boolean {
  return memory?.branch !== undefined && (branch === undefined || memory.branch !== shortBranch(branch));
}

/** A branch that holds its memories back would keep them for ever; they may go along with any other. */
async function reservedBranches(
  git: GitRunner,
  facts: GitFacts,
  options: PublishOptions,
): Promise<ReadonlySet<string>> {
  const branches = new Set(await otherBranches(git, facts.toplevel));
  if (facts.branch !== undefined) branches.delete(shortBranch(facts.branch));
  if (facts.hasRemote && facts.defaultBranch !== undefined && options.defaultBranch !== 'commit')
    branches.delete(shortBranch(facts.defaultBranch));
  return branches;
}

function wasWritten(row: { readonly commit?: string } | undefined): boolean {
  return row !== undefined && row.commit === undefined;
}
