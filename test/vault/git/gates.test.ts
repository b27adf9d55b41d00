// Which gate closes when, decided from plain facts.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GitFacts } from '../../../src/vault/git/facts.ts';
import type { FilesState } from '../../../src/vault/git/files-state.ts';
import { checkGates } from '../../../src/vault/git/gates.ts';
import type { GateOptions } from '../../../src/vault/git/gates.ts';
import { mayHoldVault } from '../../../src/vault/git/permission.ts';

const FACTS: GitFacts = {
  toplevel: '/repo',
  branch: 'refs/heads/feature',
  head: 'a'.repeat(40),
  remotes: ['origin'],
  hasRemote: true,
  defaultBranch: 'refs/heads/main',
  defaultRef: 'refs/remotes/origin/main',
  onDefaultBranch: false,
  onlyOwnCommits: false,
  hasOwnCommit: false,
  email: 'ada@example.org',
  hasIdentity: true,
  signs: false,
  isPartial: false,
  isSubmodule: false,
  isJujutsu: false,
  isVaultSparse: false,
  isBranchElsewhere: false,
  vaultInHead: 'folder',
};
const FILES: FilesState = {
  operations: [],
  locks: [],
  hasConflicts: false,
  isVaultFolder: true,
  isVaultIgnored: false,
  changedAt: 0,
};
const NOON = 1_000_000_000;
const OPTIONS: GateOptions = {
  now: false,
  atSessionEnd: false,
  mode: 'branch',
  defaultBranch: 'auto',
  protectedBranches: [],
  quietMs: 60_000,
  clockNow: NOON,
};
const ON_MAIN: Partial<GitFacts> = { branch: 'refs/heads/main', onDefaultBranch: true };

function reason(facts: Partial<GitFacts> = {}, files: Partial<FilesState> = {}, options: Partial<GateOptions> = {}) {
  return checkGates({ ...FACTS, ...facts }, { ...FILES, ...files }, { ...OPTIONS, ...options })?.reason;
}

describe('checkGates', () => {
  it('opens for a quiet feature branch', () => {
    expect(reason()).toBeUndefined();
  });

  it.each([
    ['hold', false, 'default-branch'],
    ['hold', true, 'default-branch'],
    ['auto', false, 'default-branch'],
    ['auto', true, undefined],
    ['commit', false, undefined],
  ] as const)(
    'on the default branch with `%s` and only own commits: %s → %s',
    (defaultBranch, onlyOwnCommits, held) => {
      expect(reason({ ...ON_MAIN, onlyOwnCommits }, {}, { defaultBranch })).toBe(held);
      expect(reason({ ...ON_MAIN, onlyOwnCommits }, {}, { defaultBranch, now: true })).toBeUndefined();
    },
  );

  it('has no default branch to protect where there is no remote, nor in a personal vault', () => {
    expect(reason({ ...ON_MAIN, hasRemote: false, remotes: [] })).toBeUndefined();
    expect(reason(ON_MAIN, { changedAt: NOON, isVaultIgnored: true }, { isPersonal: true })).toBeUndefined();
  });

  it('waits for a quiet minute, but not when asked for and not at a session’s end', () => {
    const moved = { changedAt: NOON - 59_000 };
    expect(reason({}, moved)).toBe('not-quiet');
    expect(reason({}, { changedAt: NOON - 60_000 })).toBeUndefined();
    expect(reason({}, moved, { now: true })).toBeUndefined();
    expect(reason({}, moved, { atSessionEnd: true })).toBeUndefined();
    expect(reason({}, { changedAt: NOON + 86_400_000 })).toBeUndefined();
  });

  it('lets `now` pass no other gate', () => {
    const closed: [Partial<GitFacts>, Partial<FilesState>, Partial<GateOptions>][] = [
      [{}, { operations: ['MERGE_HEAD'] }, {}],
      [{}, { locks: ['index.lock'] }, {}],
      [{}, { userGit: 'commit' }, {}],
      [{}, { hasConflicts: true }, {}],
      [{}, { isVaultFolder: false }, {}],
      [{}, { isVaultIgnored: true }, {}],
      [{ isSubmodule: true }, {}, {}],
      [{ isJujutsu: true }, {}, {}],
      [{ isVaultSparse: true }, {}, {}],
      [{ vaultInHead: 'other' }, {}, {}],
      [{ hasIdentity: false }, {}, {}],
      [{ problem: { reason: 'unsafe-directory', detail: '' } }, {}, {}],
      [{}, {}, { mode: 'off' }],
      [{}, {}, { protectedBranches: ['feat*'] }],
    ];
    for (const [facts, files, options] of closed) {
      const asked = reason(facts, files, { ...options, now: true, defaultBranch: 'commit' });
      expect(asked).toBeDefined();
      expect(asked).toBe(reason(facts, files, options));
    }
  });

  it('signs only where somebody expects a pause', () => {
    expect(reason({ signs: true })).toBe('signing');
    expect(reason({ signs: true }, {}, { atSessionEnd: true })).toBeUndefined();
    expect(reason({ signs: true }, {}, { now: true })).toBeUndefined();
  });

  it.each([
    ['release/*', 'release/1.0', true],
    ['release/*', 'release', false],
    ['*', 'anything', true],
    ['rel*se*', 'release/2', true],
    ['a*a', 'a', false],
    ['a*b*c', 'a-c-b-c', true],
    ['feat.re', 'feature', false],
    ['main', 'mainline', false],
  ])('protects by %s the branch %s: %s', (pattern, branch, held) => {
    const found = reason({ branch: `refs/heads/${branch}` }, {}, { protectedBranches: [pattern] });
    expect(found).toBe(held ? 'protected-branch' : undefined);
  });

  it('reads patterns like a regular expression with `.*` for each star', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(word, name, (pattern, branch) => {
        const held = reason({ branch: `refs/heads/${branch}` }, {}, { protectedBranches: [pattern] }) !== undefined;
        expect(held).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(branch));
      }),
    );
  });
});

describe('mayHoldVault', () => {
  const without: Partial<GitFacts> = { vaultInHead: 'absent' };
  it.each([
    ['no remote', { ...without, hasRemote: false }, 'auto', false, 'repository'],
    ['a remote and own commits', { ...without, hasOwnCommit: true }, 'auto', false, 'repository'],
    ['a remote and no own commit', without, 'auto', false, 'personal'],
    ['a vault in HEAD', {}, 'auto', false, 'repository'],
    ['a vault on disk', without, 'auto', true, 'repository'],
    ['the user’s refusal', {}, 'personal', true, 'personal'],
    ['memories switched off', {}, 'off', true, 'personal'],
    ['the user’s wish', without, 'repository', false, 'repository'],
    ['an unusable repository', { ...without, problem: { reason: 'no-git', detail: '' } }, 'auto', false, 'personal'],
  ] as const)('with %s', (_, facts, setting, exists, where) => {
    expect(mayHoldVault({ ...FACTS, ...facts }, setting, exists)).toBe(where);
  });
});
