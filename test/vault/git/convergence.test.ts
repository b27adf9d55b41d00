// Three clones that write, correct and delete at random: no textual conflict, nothing lost, all the same in the end.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openVaultHere } from '../../../src/app.ts';
import { ID_ALPHABET } from '../../../src/model/memory.ts';
import type { Memory } from '../../../src/model/memory.ts';
import { addRemote, cloneRepo, makeRepo } from '../../support/git.ts';
import type { TestRepo } from '../../support/git.ts';
import { commitMemories, give, pushMemories } from '../../support/implementation.ts';

/** Of each way to pull. `LONG=1` takes twice as many and syncs more often. */
const OPERATIONS = process.env['LONG'] === '1' ? 600 : 300;
const SYNCS = process.env['LONG'] === '1' ? 0.2 : 0.06;

describe('three clones', () => {
  it.each([
    ['merge', 20_261_122],
    ['rebase', 7_312_026],
  ] as const)(
    'that pull by %s come to the same vault without a conflict',
    async (how, seed) => {
      const first = makeRepo();
      const dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
      const bare = addRemote(first);
      const people = [
        ['Ada', first],
        ['Bo', cloneRepo(bare, 'bo', { name: 'Bo', email: 'bo@example.org' })],
        ['Cy', cloneRepo(bare, 'cy', { name: 'Cy', email: 'cy@example.org' })],
      ] as const;
      const random = mulberry32(seed);
      const written = new Map<string, Memory>();
      const deleted = new Set<string>();
      const write = (repo: TestRepo, fields: Partial<Memory>): Memory => {
        const memory = drawMemory(random, fields);
        give(repo, memory);
        written.set(memory.id, memory);
        return memory;
      };
      for (const [, repo] of people) repo.git('config', 'pull.rebase', String(how === 'rebase'));

      // Each makes the vault on a branch of its own; the branches meet on main.
      for (const [name, repo] of people) {
        repo.git('switch', '-q', '-c', `vault-of-${name}`);
        write(repo, { title: `First of ${name}` });
        await commitMemories(repo);
        repo.git('switch', '-q', 'main');
        repo.git(how, '-q', `vault-of-${name}`);
        for (let tries = 0; !pushMemories(repo) && tries < 5; tries++) pull(repo);
      }

      for (let done = 0; done < OPERATIONS; done++) {
        const [name, repo] = people[Math.floor(random() * 3)] ?? people[0];
        const dice = random();
        const target = pick(random, [...written.keys()].slice(-12));
        if (dice < SYNCS) {
          await commitMemories(repo);
          pull(repo);
          pushMemories(repo);
        } else if (dice < 0.25 && target !== undefined)
          write(repo, { title: `Better by ${name}`, supersedes: [target] });
        else if (dice < 0.35 && target !== undefined) {
          write(repo, { title: 'Forgotten', kind: 'tombstone', deletes: [target] });
          deleted.add(target);
        } else if (dice < 0.4) repo.commit(`code of ${name}`, { [`src/${name}-${done}.ts`]: `${done}\n` });
        else write(repo, { title: `Learned by ${name} at ${done}` });
      }
      for (let round = 0; round < 3; round++)
        for (const [, repo] of people) {
          await commitMemories(repo);
          pull(repo);
          pushMemories(repo);
        }

      const [one = '', ...others] = people.map(([, repo]) => repo.git('rev-parse', 'HEAD^{tree}'));
      expect(others).toEqual([one, one]);
      for (const [, repo] of people) expect(repo.status()).toBe('');
      const listed = first.git('ls-tree', '-r', '--name-only', 'HEAD', '--', '.claude-mem/memories').split('\n');
      expect(listed.map((path) => path.slice(-15, -3)).sort()).toEqual([...written.keys()].sort());
      expect(first.git('fsck', '--no-progress', '--no-dangling')).toBe('');
      expect(first.git('log', '--all', '--diff-filter=D', '--no-renames', '--format=%h', '--', '.claude-mem')).toBe('');

      const visible = [...written.values()].filter(({ id, kind }) => kind !== 'tombstone' && !deleted.has(id));
      for (const [, repo] of people) {
        const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
        vault.sync();
        expect(
          vault.library
            .recent({}, 10_000)
            .map((row) => row.id)
            .sort(),
        ).toEqual(visible.map(({ id }) => id).sort());
        vault.close();
      }
      first.dispose();
      rmSync(dataDir, { recursive: true, force: true });
    },
    600_000,
  );
});

/** A plain `git pull`, which must never stop: not at a conflict, not at a file in the way. */
function pull(repo: TestRepo): void {
  const done = repo.tryGit('pull', '-q', '--no-edit');
  expect([done.code, done.stdout, repo.git('ls-files', '-u')]).toEqual([0, '', '']);
}

function drawMemory(random: () => number, fields: Partial<Memory>): Memory {
  const id = Array.from({ length: 12 }, () => ID_ALPHABET[Math.floor(random() * 32)]).join('');
  const day = String(1 + Math.floor(random() * 28)).padStart(2, '0');
  const kind = fields.kind ?? 'observation';
  return {
    id,
    kind,
    ...(kind === 'observation' ? { type: 'discovery' as const } : {}),
    title: 'A memory',
    created: `2026-11-${day}T10:00:00Z`,
    files: [],
    tags: [],
    supersedes: [],
    deletes: [],
    body: `What ${id} says.\n`,
    ...fields,
  };
}

function pick<T>(random: () => number, list: readonly T[]): T | undefined {
  return list[Math.floor(random() * list.length)];
}

/** A small generator of numbers from 0 to 1 that a seed repeats. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
