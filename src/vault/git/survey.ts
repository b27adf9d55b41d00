// Looks at everything a publish decides by, and makes the plan: reads only.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { redactText } from '../../system/redaction/redact.ts';
import { fixedFiles } from '../fixed-files.ts';
import { idOf } from '../file-name.ts';
import { readBranches } from './branches.ts';
import { readTreeEntries } from './entries.ts';
import type { GitEntries } from './entries.ts';
import { readGitFacts } from './facts.ts';
import type { GitFacts } from './facts.ts';
import { findSecretsIn } from './found-secrets.ts';
import { readFilesState } from './files-state.ts';
import { checkGates, checkUse } from './gates.ts';
import type { Gate } from './gates.ts';
import { entriesOf } from './head-trees.ts';
import type { HeadTrees } from './head-trees.ts';
import { beginLook, laterLook } from './look.ts';
import type { TakeLook } from './look.ts';
import { findDeleted, findLiving, shortBranch } from './history.ts';
import { otherBranches } from './worktrees.ts';
import { planPublish } from './plan.ts';
import type { PublishPlan } from './plan.ts';
import type { PublishOptions } from './publish-options.ts';
import { readPublished } from './published.ts';
import type { PublishedRecord } from './published.ts';
import type { GitRunner } from './runner.ts';
import { readStaged } from './staged.ts';
import { FOLDER_MODE } from './tree.ts';
import { listWaiting, readWaiting } from './waiting.ts';
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
  readonly look: TakeLook;
  readonly findSecrets: (text: string) => readonly string[];
  /** The closed gate, if there is one. */
  readonly gate?: Gate;
  /** Whether somebody is at work in the repository, so that nothing at all may be touched. */
  readonly isInUse: boolean;
}

/**
 * The paths of the memories that a publish is about. Where the published ones are takes a look at every branch: before a push
 * there is no time for it, and those that were never published are all that counts.
 */
export function listConcerned(place: VaultPlace, options: PublishOptions): readonly string[] {
  const paths = listWaiting(place.stateDir);
  if (options.beforePush !== true) return paths;
  const published = readPublished(place.stateDir);
  return paths.filter((path) => !(path in published));
}

/** Asks all that git must be asked at once; what waits is read meanwhile. */
export async function readSituation({ git, gitDir, place, options }: Run): Promise<Situation> {
  const paths = listConcerned(place, options);
  const places = [...paths.map((path) => `${VAULT_FOLDER}/${path}`), ...newVaultFiles().map((file) => file.vaultPath)];
  // What a crash left goes first, and changes the index.
  const look = readStaged(gitDir) === undefined ? beginLook(git, place, places) : laterLook(git, places);
  const asked = Promise.all([
    readGitFacts(place, { ...options, vaultIn: async (commit) => vaultIn((await look(commit)).trees) }),
    // A repository that cannot be used fails here as well; the facts say why.
    readFilesState(place, options).catch((error: unknown) => ({ error })),
  ]);
  const waiting = readWaiting(place.stateDir, paths);
  const findSecrets = openSecretSearch();
  // Somebody waits for the answer: what will be asked for is found while git is at work.
  if (options.beforePush === true) for (const { bytes } of waiting) findSecrets(bytes.toString('utf8'));
  const [facts, files] = await asked;
  const known = { facts, waiting, look, findSecrets };
  if (facts.problem !== undefined) return { ...known, gate: facts.problem, isInUse: true };
  if ('error' in files) throw files.error;
  const gate = checkGates(facts, files, {
    ...options,
    quietMs: options.quietMs ?? QUIET_MS,
    clockNow: options.clock.now(),
    isPersonal: place.kind === 'personal',
  });
  return { ...known, ...(gate === undefined ? {} : { gate }), isInUse: checkUse(files) !== undefined };
}

function vaultIn(trees: HeadTrees): GitFacts['vaultInHead'] {
  const entry = trees.get('')?.get(VAULT_FOLDER);
  return entry === undefined ? 'absent' : entry.mode === FOLDER_MODE ? 'folder' : 'other';
}

/** Kinds of secrets in a text; each text is searched once. */
function openSecretSearch(): (text: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (text) => {
    const kinds = known.get(text) ?? Object.keys(redactText(text).counts);
    known.set(text, kinds);
    return kinds;
  };
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
  const { trees, index } = await situation.look(facts.head);
  const head = await readHead(git, facts, { trees, waiting, published });
  const missing = missingFrom(head, waiting);
  const open = missing.map((memory) => memory.path);
  const deleted = facts.head === undefined ? NOTHING : await findDeleted(git, facts.head, open, published);
  const living = new Set((await livingOf(git, place, { facts, published, open, now: options.clock.now() })).keys());
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
    // Before a push there is no time to load the second look; what the worker wrote has been through it.
    findSecrets: options.beforePush === true ? situation.findSecrets : await findSecretsIn(missing, options),
    fixed,
    makeVault: options.makeVault ?? false,
    like: facts.head ?? '',
  });
  return { ...plan, trees };
}

/** How many memories wait here: those that HEAD lacks and that are on no other living branch. */
export async function countHeld({ git, place, options }: Run, { facts, waiting, look }: Situation): Promise<number> {
  if (facts.problem !== undefined) return waiting.length;
  const published = readPublished(place.stateDir);
  const { trees } = await look(facts.head);
  const head = await readHead(git, facts, { trees, waiting, published });
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

/** What was never published is on no branch; a look at every branch is made only for the others. */
async function livingOf(
  git: GitRunner,
  { stateDir }: VaultPlace,
  { facts, published, open, now }: Sought,
): Promise<ReadonlyMap<string, string>> {
  if (!open.some((path) => path in published)) return new Map();
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

interface Near {
  readonly trees: HeadTrees;
  readonly waiting: readonly WaitingMemory[];
  readonly published: PublishedRecord;
}

/** What HEAD has in the folders that matter; the whole vault only where a published memory is not in the folder it went to. */
async function readHead(git: GitRunner, facts: GitFacts, { trees, waiting, published }: Near): Promise<GitEntries> {
  const near = entriesOf(trees);
  const isAway = missingFrom(near, waiting).some(({ path }) => path in published);
  return isAway && facts.head !== undefined ? await readTreeEntries(git, facts.head) : near;
}

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
