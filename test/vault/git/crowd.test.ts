// Four publishers and a user who commits, amends, switches and rebases in one work tree, all at once and without a pause.

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { makeRepo } from '../../support/git.ts';
import { commitMemories, give } from '../../support/implementation.ts';
import { memoryOf } from '../../support/memories.ts';

const run = promisify(execFile);
const SCRIPT = resolve(import.meta.dirname, '../../support/publish-often.ts');
const WORKERS = ['a', 'b', 'c', 'd'];
const EACH = 15;
const COMMITS = 40;
/** Of the user between two commits, on average; longer on a machine on which a publish takes longer than that. */
const PAUSE_MS = 200;

it(
  'a crowd loses no memory and no commit, and disturbs hardly a command of the user',
  { timeout: 300_000 },
  async () => {
    const repo = makeRepo();
    const commands = { all: 0, disturbed: 0 };
    const git = async (...args: string[]): Promise<string> => {
      commands.all++;
      for (let tries = 0; ; tries++) {
        try {
          return (await run('git', args, { cwd: repo.root, env: { ...repo.env } })).stdout.trim();
        } catch (error) {
          // What a person does when Git says that another process is at work, or that something is staged which a moment
          // later is committed: the same again.
          if (
            !/index\.lock|cannot lock ref|Unable to create|contains uncommitted changes|rebase-merge directory/.test(
              String(error),
            )
          )
            throw error;
          if (tries === 0) commands.disturbed++;
          await sleep(20);
          // A rebase that met the lock in its first step has begun all the same; a person takes it back and tries again.
          if (args[0] === 'rebase' && existsSync(join(repo.root, '.git', 'rebase-merge')))
            await run('git', ['rebase', '--abort'], { cwd: repo.root, env: { ...repo.env } }).catch(() => undefined);
        }
      }
    };
    give(repo, memoryOf({ title: 'the first' }));
    const before = performance.now();
    await commitMemories(repo);
    const pauseMs = Math.max(PAUSE_MS, performance.now() - before);
    const started = WORKERS.map((name) =>
      run(process.execPath, [SCRIPT, repo.root, dirname(repo.root), name, String(EACH)]),
    );
    const workers = Promise.all(started);
    // On a busy machine the user would be done before the others have loaded their code.
    await Promise.race([workers, Promise.all(started.map(({ child }) => once(child.stdout ?? child, 'data')))]);
    const written: string[] = [];
    for (let i = 0; i < COMMITS; i++) {
      // So that the user is at work as long as the others are.
      await sleep(Math.random() * 2 * pauseMs);
      written.push(`code-${i}.txt`);
      repo.write(`code-${i}.txt`, `${i}\n`);
      await git('add', `code-${i}.txt`);
      await git('commit', '-q', '-m', `code ${i}`);
      if (i % 5 === 2) await git('commit', '-q', '--amend', '--no-edit');
      if (i % 8 === 3) await git('switch', '-q', '-c', `branch-${i}`);
      if (i % 8 === 7) {
        const branch = await git('symbolic-ref', '--short', 'HEAD');
        await git('switch', '-q', 'main');
        repo.write(`main-${i}.txt`, `${i}\n`);
        written.push(`main-${i}.txt`);
        await git('add', `main-${i}.txt`);
        await git('commit', '-q', '-m', `main ${i}`);
        await git('switch', '-q', branch);
        await git('rebase', '-q', 'main');
        await git('switch', '-q', 'main');
        await git('merge', '-q', '--ff-only', branch);
      }
    }
    const beside = repo.git('log', '--all', '--format=%s').match(/chore\(memory\)/g)?.length ?? 0;
    await workers;
    const tips = repo.git('for-each-ref', '--format=%(refname)', 'refs/heads').split('\n');
    const published = (): Set<string> =>
      new Set(
        tips.flatMap((tip) =>
          repo.git('ls-tree', '-r', '--name-only', tip, '--', '.claude-mem/memories').split('\n').filter(Boolean),
        ),
      );
    const atTheEnd = published().size;
    await commitMemories(repo);

    const total = WORKERS.length * EACH + 1;
    expect(published().size).toBe(total);
    expect(atTheEnd).toBeGreaterThanOrEqual(total * 0.95);
    // Else nobody was in anybody's way.
    expect(beside).toBeGreaterThan(1);
    expect(commands.disturbed).toBeLessThanOrEqual(commands.all * 0.05);
    expect(repo.git('ls-tree', '-r', '--name-only', 'main').split('\n')).toEqual(expect.arrayContaining(written));
    expect(repo.git('log', '--all', '--diff-filter=D', '--no-renames', '--format=%h %s', '--name-status')).toBe('');
    expect(repo.git('log', '--all', '--format=%s', '--', '.', ':(exclude).claude-mem')).not.toContain('chore(memory)');
    expect(repo.status()).toBe('');
    expect(repo.git('fsck', '--no-progress', '--no-dangling')).toBe('');
    console.info(
      `${atTheEnd} of ${total} published at the end; ${commands.disturbed} of ${commands.all} commands disturbed; ${beside} memory commits beside the user`,
    );
    repo.dispose();
  },
);
