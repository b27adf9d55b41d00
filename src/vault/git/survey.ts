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
import { findDeleted, findLiving, otherBranches, shortBranch } from './history.ts';
import { planPublish } from './plan.ts';
import type { PublishPlan } from './plan.ts';
import type { PublishOptions } from './publish-options.ts';
import { readPublished } from './published.ts';
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

export async function readSituation({ place, options }: Run): Promise<Situation> {
  const waiting = readWaiting(place.stateDir);
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

/** The plan for a situation in which every gate is open. */
export async function makePlan({ git, gitDir, place, options }: Run, situation: Situation): Promise<PublishPlan> {
  const { facts, waiting } = situation;
  const published = readPublished(place.stateDir);
  const paths = waiting.map((memory) => memory.path);
  const [head, index] = await Promise.all([readHead(git, facts), readIndexEntries(git)]);
  const open = missingFrom(head, waiting).map((memory) => memory.path);
  const deleted = facts.head === undefined ? NOTHING : await findDeleted(git, facts.head, open, published);
  const branches = await readBranches(git, place.stateDir, facts, options.clock.now());
  const living = await findLiving(git, open, published, { branches, defaultRef: facts.defaultRef });
  const isManual = options.mode === 'manual';
  return planPublish({
    waiting,
    head,
    index,
    ours: readStaged(gitDir)?.entries ?? {},
    deleted,
    elsewhere: new Set(living.keys()),
    otherWorktrees: await reservedBranches(git, facts, options),
    writtenBefore: new Set(isManual && !options.now ? paths.filter((path) => wasWritten(published[path])) : []),
    workFile: (path) => readWorkFile(place.root, path),
    findSecrets: (text) => Object.keys(redactText(text).counts),
    fixed: facts.vaultInHead === 'absent' ? newVaultFiles() : [],
    makeVault: options.makeVault ?? false,
    like: facts.head ?? '',
  });
}

/** How many memories wait here: those that HEAD lacks and that are on no other living branch. */
export async function countHeld({ git, place, options }: Run, { facts, waiting }: Situation): Promise<number> {
  if (facts.problem !== undefined) return waiting.length;
  const open = missingFrom(await readHead(git, facts), waiting).map((memory) => memory.path);
  const branches = await readBranches(git, place.stateDir, facts, options.clock.now());
  const known = { branches, defaultRef: facts.defaultRef };
  return open.length - (await findLiving(git, open, readPublished(place.stateDir), known)).size;
}

/** The fixed files with their place in a repository. */
export function newVaultFiles(): { vaultPath: string; bytes: Buffer }[] {
  return fixedFiles().map((file) => ({ vaultPath: `${VAULT_FOLDER}/${file.path}`, bytes: Buffer.from(file.content) }));
}

/** Between two commands of a person at work lies less. */
const QUIET_MS = 60_000;
const NOTHING: ReadonlySet<string> = new Set();

async function readHead(git: GitRunner, facts: GitFacts): Promise<GitEntries> {
  return facts.head === undefined ? new Map() : readTreeEntries(git, facts.head);
}

function missingFrom(head: GitEntries, waiting: readonly WaitingMemory[]): WaitingMemory[] {
  const ids = new Set([...head.keys()].map(idOf));
  return waiting.filter((memory) => !ids.has(memory.id));
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
