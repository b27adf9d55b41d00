// The gates before a commit: whether memvault may commit here and now, decided from facts alone.

import type { HeldReason } from '../../model/publication.ts';
import type { GitFacts } from './facts.ts';
import type { FilesState } from './files-state.ts';

export interface GateOptions {
  /** Asked for by the user: skips the quiet time and the hold on the default branch. */
  readonly now: boolean;
  readonly atSessionEnd: boolean;
  /** The agent is about to push. */
  readonly beforePush?: boolean;
  /** A session is inside a turn in this work tree. */
  readonly inTurn?: boolean;
  readonly mode: 'branch' | 'manual' | 'off';
  readonly defaultBranch: 'auto' | 'hold' | 'commit';
  /** Branch names; `*` stands for any run of characters. */
  readonly protectedBranches: readonly string[];
  /** So long nothing may have moved in Git; milliseconds. */
  readonly quietMs: number;
  /** The present moment, milliseconds since the epoch. */
  readonly clockNow: number;
  /** memvault's own repository: nobody else works there, so nothing is protected or ignored. */
  readonly isPersonal?: boolean;
}

export interface Gate {
  readonly reason: HeldReason;
  /** What was found, for people; the sentence and the way out are in templates/held.json. */
  readonly detail?: string;
}

/** The first gate that is closed, or undefined when a commit (in mode `manual`: new files) may be made. Pure. */
export function checkGates(facts: GitFacts, files: FilesState, options: GateOptions): Gate | undefined {
  if (options.mode === 'off') return { reason: 'mode-off' };
  if (facts.problem !== undefined) return facts.problem;
  return (
    checkUse(files) ?? checkPlace(facts, files, options) ?? checkBranch(facts, options) ?? checkQuiet(files, options)
  );
}

/** Whether somebody is at work in the repository: then not even the residue of a crash is touched. */
export function checkUse(files: FilesState): Gate | undefined {
  if (files.operations.length > 0) return { reason: 'operation-running', detail: files.operations.join(', ') };
  if (files.locks.length > 0) return { reason: 'index-locked', detail: files.locks.join(', ') };
  if (files.userGit !== undefined) return { reason: 'user-commit-running', detail: `git ${files.userGit}` };
  if (files.hasConflicts) return { reason: 'conflict' };
  return undefined;
}

function checkPlace(facts: GitFacts, files: FilesState, options: GateOptions): Gate | undefined {
  if (!files.isVaultFolder || facts.vaultInHead === 'other') return { reason: 'vault-not-a-folder' };
  if (options.isPersonal === true) return undefined;
  if (facts.isSubmodule) return { reason: 'submodule' };
  if (facts.isJujutsu) return { reason: 'jujutsu' };
  if (files.isVaultIgnored) return { reason: 'vault-ignored' };
  if (facts.isVaultSparse) return { reason: 'sparse-checkout' };
  return undefined;
}

function checkBranch(facts: GitFacts, options: GateOptions): Gate | undefined {
  if (facts.branch === undefined) return { reason: 'detached-head' };
  if (options.mode === 'manual') return undefined;
  if (facts.head === undefined) return { reason: 'unborn-branch' };
  if (facts.isBranchElsewhere) return { reason: 'branch-elsewhere' };
  const name = facts.branch.replace(/^refs\/heads\//, '');
  if (options.isPersonal !== true) {
    if (facts.vaultFilter !== undefined) return { reason: 'vault-filtered', detail: `filter=${facts.vaultFilter}` };
    if (isProtected(options.protectedBranches, name)) return { reason: 'protected-branch', detail: name };
    if (isHeldDefault(facts, options)) return { reason: 'default-branch', detail: name };
  }
  if (!facts.hasIdentity) return { reason: 'no-identity' };
  // Signing may open a window or wait for a key: only where somebody expects a pause.
  if (facts.signs && !options.now && !options.atSessionEnd) return { reason: 'signing' };
  return undefined;
}

/** Whether one of the patterns names the branch. */
export function isProtected(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) => matches(pattern, name));
}

function isHeldDefault(facts: GitFacts, options: GateOptions): boolean {
  if (!facts.hasRemote || !facts.onDefaultBranch || options.now) return false;
  if (options.defaultBranch === 'commit') return false;
  return options.defaultBranch === 'hold' || !facts.onlyOwnCommits;
}

function checkQuiet(files: FilesState, options: GateOptions): Gate | undefined {
  if (options.now || options.isPersonal === true || options.beforePush === true) return undefined;
  if (options.inTurn === true) return { reason: 'session-in-turn' };
  if (options.atSessionEnd) return undefined;
  const quiet = options.clockNow - files.changedAt;
  // A change "in the future" is a wrong clock, not work in progress.
  return quiet >= 0 && quiet < options.quietMs ? { reason: 'not-quiet' } : undefined;
}

/** `*` stands for any run of characters, also none; everything else for itself. Linear: patterns come from anybody's commit. */
function matches(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
