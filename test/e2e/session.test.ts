// A whole session through the built plugin: real hook processes, the real worker, real Git, and the next session's start.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actOut, openStage } from '../../src/cli/demo/stage.ts';
import type { Stage } from '../../src/cli/demo/stage.ts';

const DIST = resolve(import.meta.dirname, '..', '..', 'dist');
const QUERIES = [
  'token refresh race',
  'REDIS_URL deploy',
  'one refresh per token decision',
  'where must a refresh go through',
];

let stage: Stage;
let stagedBefore = '';

beforeAll(async () => {
  stage = await openStage({ PATH: process.env['PATH'] });
  Object.assign(stage.env, {
    CLAUDE_MEM_NO_WORKER: '',
    CLAUDE_MEM_WORKER_IDLE_SECONDS: '1',
    CLAUDE_MEM_PROVIDER: 'extractive',
    CLAUDE_MEM_PORT: '0',
  });
  for (const [at, payload] of stage.payloads.entries()) {
    if (payload.hook_event_name === 'SessionEnd') {
      // The user has something staged while the session ends.
      writeFileSync(join(stage.repository, 'staged.txt'), 'half done\n');
      await stage.git('add', 'staged.txt');
      stagedBefore = await stage.git('diff', '--cached');
    }
    const hook = runHook('hooks/record.cjs', await actOut(stage, payload));
    expect(hook, `payload ${at}`).toEqual({ status: 0, stdout: '', stderr: '' });
  }
  await workerEnded();
});

afterAll(() => stage.remove());

describe('after a session', () => {
  it('has one commit of memvault, with vault paths only', async () => {
    const commits = (await stage.git('log', '--format=%H %s')).split('\n');
    const own = commits.filter((line) => line.includes('chore(memory)'));
    expect(own).toHaveLength(1);
    const paths = (await stage.git('show', '--format=', '--name-only', own[0]?.split(' ')[0] ?? '')).split('\n');
    expect(paths.filter((path) => !path.startsWith('.claude-mem/'))).toEqual([]);
    const memories = paths.filter((path) => path.endsWith('.md') && path !== '.claude-mem/README.md');
    for (const path of memories)
      expect(path).toMatch(/^\.claude-mem\/(memories|sessions)\/\d{4}\/\d{2}\/\d{2}-[a-z0-9-]+\.md$/);
  });

  it('was never part of what the agent committed by git add -A', async () => {
    const commits = (await stage.git('log', '--format=%H %s'))
      .split('\n')
      .filter((line) => !line.includes('chore(memory)'));
    for (const line of commits)
      expect(await stage.git('show', '--format=', '--name-only', line.split(' ')[0] ?? '')).not.toContain(
        '.claude-mem',
      );
    expect(commits.length).toBeGreaterThan(2);
  });

  it("left the user's staged file as it was, and no untracked file", async () => {
    expect(await stage.git('diff', '--cached')).toBe(stagedBefore);
    expect(await stage.git('status', '--porcelain')).toBe('A  staged.txt');
  });

  it('has nothing left in the spool, no dead letter, and no worker', () => {
    const home = join(stage.env['CLAUDE_MEM_DATA_DIR'] ?? '', 'memvault');
    expect([
      ...list(join(home, 'spool', 'new')),
      ...list(join(home, 'spool', 'cur')),
      ...list(join(home, 'dead-letter')),
    ]).toEqual([]);
    expect(existsSync(join(home, 'worker.json'))).toBe(false);
  });

  it('wrote no private span and no secret anywhere', () => {
    const words = [
      'jane.roe@globex.example',
      'contract 480k',
      'correct-horse-battery',
      'wJalrXUtnFEMI',
      'not-a-real-password',
      'ghp_FAKE',
      'fake-signing-key',
    ];
    const leaks: string[] = [];
    for (const file of walk(stage.root)) {
      if (file.includes('/.git/objects/')) continue;
      const text = readFileSync(file, 'latin1');
      for (const word of words) if (text.includes(word)) leaks.push(`${file}: ${word}`);
    }
    expect(leaks).toEqual([]);
  });

  it('tells the next session of the race, its fix and what is left', () => {
    const start = runHook(
      'launch.cjs',
      JSON.stringify({ hook_event_name: 'SessionStart', session_id: 'next', source: 'startup', cwd: stage.repository }),
      ['recall'],
    );
    const answer = JSON.parse(start.stdout) as {
      systemMessage: string;
      hookSpecificOutput: { hookEventName: string; additionalContext: string };
    };
    expect(answer.hookSpecificOutput.hookEventName).toBe('SessionStart');
    const text = answer.hookSpecificOutput.additionalContext;
    expect(text).toMatch(/race/);
    expect(text).toMatch(/one refresh/i);
    expect(text).toMatch(/REDIS_URL/);
    expect(text.length).toBeLessThan(10_000);
    expect(answer.systemMessage).toMatch(/^memvault: \d+ memor/);
  });

  it('says nothing again to a resumed session', () => {
    const start = runHook(
      'launch.cjs',
      JSON.stringify({ hook_event_name: 'SessionStart', session_id: 'next', source: 'resume', cwd: stage.repository }),
      ['recall'],
    );
    expect(start.stdout).toBe('');
  });

  it('finds the same after index, clone state and data folder were deleted', async () => {
    await stage.git('commit', '-q', '-m', 'the staged work');
    const before = QUERIES.map(searchIds);
    expect(before.every((ids) => ids.length > 0)).toBe(true);
    rmSync(join(stage.repository, '.git', 'claude-mem'), { recursive: true, force: true });
    rmSync(stage.env['CLAUDE_MEM_DATA_DIR'] ?? '', { recursive: true, force: true });
    const rebuilt = cli(['rebuild', '--json']);
    expect(rebuilt.status).toBe(0);
    expect(QUERIES.map(searchIds)).toEqual(before);
  });

  it('finds a hand edit within two seconds', async () => {
    const file = walk(join(stage.repository, '.claude-mem', 'memories')).find((name) => name.endsWith('.md')) ?? '';
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nA zeppelin was mentioned here.\n`);
    expect(searchIds('zeppelin')).toHaveLength(1);
  });
});

function runHook(
  script: string,
  input: string,
  args: readonly string[] = [],
): { status: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [join(DIST, script), ...args], {
    input,
    env: stage.env,
    cwd: stage.repository,
    encoding: 'utf8',
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

function cli(args: readonly string[]): { status: number | null; stdout: string } {
  const result = spawnSync(process.execPath, [join(DIST, 'cli.js'), ...args], {
    env: stage.env,
    cwd: stage.repository,
    encoding: 'utf8',
  });
  return { status: result.status, stdout: result.stdout };
}

function searchIds(query: string): string[] {
  const result = cli(['search', '--json', ...query.split(' ')]);
  return (JSON.parse(result.stdout) as { hits: { id: string }[] }).hits.map((hit) => hit.id);
}

/** The worker removes its file when it ends; it was started by one of the hooks. */
async function workerEnded(): Promise<void> {
  const home = join(stage.env['CLAUDE_MEM_DATA_DIR'] ?? '', 'memvault');
  const log = join(home, 'logs', 'worker.log');
  const until = Date.now() + 150_000;
  while (Date.now() < until) {
    const waiting = list(join(home, 'spool', 'new')).length + list(join(home, 'spool', 'cur')).length;
    if (
      waiting === 0 &&
      !existsSync(join(home, 'worker.json')) &&
      existsSync(log) &&
      readFileSync(log, 'utf8').trimEnd().endsWith('"reason":"idle"}')
    )
      return;
    await sleep(100);
  }
  throw new Error(`the worker did not end:\n${existsSync(log) ? readFileSync(log, 'utf8') : 'no log'}`);
}

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function walk(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
