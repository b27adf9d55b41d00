// For tests of publishing in a state of the user's repository: it commits or holds, and the user's work stays as it was.

import { expect, it } from 'vitest';
import type { HeldReason } from '../../src/model/publication.ts';
import { makeRepo } from './git.ts';
import type { TestRepo } from './git.ts';
import { placeOf, publishIn, putMemory, userWork } from './publishing.ts';

export interface UserState {
  readonly name: string;
  /** Brings a repository into the state; may give another one (a clone, a work tree) to publish in. */
  readonly make: (repo: TestRepo) => TestRepo | undefined | void | Promise<void>;
  /** Absent: it commits. */
  readonly held?: HeldReason;
  readonly how?: Parameters<typeof publishIn>[1];
  readonly from?: Parameters<typeof makeRepo>[0];
  /** Whether the Git here can do it. */
  readonly needs?: () => boolean;
  /** What else must be so afterwards. */
  readonly check?: (repo: TestRepo, memory: string) => void;
}

/** One test for each state. */
export function itLeavesAlone(states: readonly UserState[]): void {
  for (const { name, make, held, how, from, check, needs } of states) {
    it.skipIf(needs !== undefined && !needs())(
      `${held === undefined ? 'commits' : `holds (${held})`} with ${name}, and the user’s work stays as it was`,
      async () => {
        const made = makeRepo(from);
        try {
          const repo = (await make(made)) ?? made;
          const place = placeOf(repo);
          const memory = putMemory(place, 'one');
          const head = repo.tryGit('rev-parse', 'HEAD').stdout;
          const before = userWork(repo);
          const done = await publishIn(repo, how);
          expect(done.reason).toBe(held);
          expect(done.committed).toBe(held === undefined ? 1 : 0);
          expect(done.held).toBe(held === undefined ? 0 : 1);
          expect(userWork(repo)).toEqual(before);
          (held === undefined ? expectCommitted : expectUntouched)(repo, memory, head);
          check?.(repo, memory);
        } finally {
          made.dispose();
        }
      },
    );
  }
}

function expectCommitted(repo: TestRepo, memory: string, head: string): void {
  expect(repo.git('rev-parse', 'HEAD~1')).toBe(head.trim());
  const changed = repo.git('diff-tree', '-r', '--name-only', 'HEAD~1', 'HEAD').split('\n');
  expect(changed).toContain(memory);
  expect(changed.filter((path) => !path.startsWith('.claude-mem/'))).toEqual([]);
  expect(repo.git('status', '--porcelain', '-uall', '--', '.claude-mem')).toBe('');
}

function expectUntouched(repo: TestRepo, memory: string, head: string): void {
  expect(repo.tryGit('rev-parse', 'HEAD').stdout).toBe(head);
  expect(repo.exists(memory)).toBe(false);
  expect(repo.tryGit('ls-files', '--', memory).stdout).toBe('');
}
