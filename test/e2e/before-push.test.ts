// The hook before an agent's push, as the client runs it: the built file, a payload on standard input.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openVaultHere } from '../../src/app.ts';
import { addRemote, makeRepo } from '../support/git.ts';
import type { TestRepo } from '../support/git.ts';
import { placeOf, publishIn, putMemory } from '../support/publishing.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const LAUNCH = join(ROOT, 'dist', 'launch.cjs');
let repo: TestRepo;
let dataDir: string;

beforeEach(() => {
  repo = makeRepo();
  addRemote(repo);
  repo.git('switch', '-q', '-c', 'feature');
  dataDir = mkdtempSync(join(tmpdir(), 'memvault-data-'));
});
afterEach(() => {
  repo.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the hook before a push', () => {
  it('is asked by the client before pushes only, and not before other commands', () => {
    const { hooks } = JSON.parse(readFileSync(join(ROOT, 'hooks', 'hooks.json'), 'utf8')) as {
      hooks: Record<string, { matcher?: string; hooks: { if?: string; args: string[] }[] }[]>;
    };
    const group = hooks['PreToolUse']?.find((one) => one.matcher === 'Bash');
    expect(group?.hooks.map((hook) => hook.if)).toEqual(['Bash(*git *push*)', 'Bash(*gh *pr create*)']);
    expect(group?.hooks.every((hook) => hook.args[1] === 'before-push')).toBe(true);
  });

  it('brings the pending memories onto the branch, so that the push takes them along, or leaves everything as it was', () => {
    const memory = putMemory(placeOf(repo), 'one');
    const head = repo.head();
    expect(hook('git push -u origin feature')).toEqual({ code: 0, stdout: '', stderr: '' });
    // On a machine that is busy the time may be up: then nothing at all has happened.
    if (repo.head() === head) expect(repo.status()).toBe('');
    else expect(repo.git('show', '--format=', '--name-only', 'HEAD')).toContain(memory);
  });

  it('publishes in the work tree from which the agent pushes, and in no other', () => {
    const tree = repo.worktree('topic');
    const memory = putMemory(placeOf(repo), 'of the topic', { branch: 'topic' });
    const head = repo.head();
    const treeHead = tree.head();
    expect(hook(`cd ${tree.root} && git push -u origin topic`)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(hook(`git -C ${tree.root} push -u origin topic`)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(repo.head()).toBe(head);
    if (tree.head() === treeHead) expect(tree.status()).toBe('');
    else expect(tree.git('show', '--format=', '--name-only', 'HEAD')).toContain(memory);
  });

  it('leaves the repository of the session alone when another one is pushed, and that one too', () => {
    const other = makeRepo();
    try {
      other.git('switch', '-q', '-c', 'feature');
      putMemory(placeOf(repo), 'one');
      putMemory(placeOf(other), 'two');
      const heads = [repo.head(), other.head()];
      expect(hook(`git -C ${other.root} push`)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect([repo.head(), other.head()]).toEqual(heads);
    } finally {
      other.dispose();
    }
  });

  it('loads nothing before it knows that the command pushes: the client asks before others too', () => {
    const file = join(ROOT, 'dist', 'hooks', 'before-push.cjs');
    const required = [...readFileSync(file, 'utf8').matchAll(/require\(([^)]*)\)/g)].map(([, name = '']) => name);
    // The rest is one file, loaded when the command is one that pushes.
    expect(required.filter((name) => !/^.node:/.test(name))).toEqual([expect.stringContaining('before-push')]);
    const bytes = readFileSync(file).length;
    expect(bytes).toBeLessThan(20_000);
  });

  it.each(['', 'no JSON', 'null', '[]', '{"tool_input":{"command":7}}'])(
    'takes %j for a payload and stays silent',
    (input) => {
      expect(run(input)).toEqual({ code: 0, stdout: '', stderr: '' });
    },
  );

  it('does nothing before other commands, with an empty outbox, and outside of Git', () => {
    const head = repo.head();
    expect(hook('git push')).toEqual({ code: 0, stdout: '', stderr: '' });
    putMemory(placeOf(repo), 'one');
    expect(hook('git status')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(hook('git push', dataDir)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(repo.head()).toBe(head);
  });
});

describe('a publish before a push', () => {
  it('needs no quiet minute and is not stopped by the agent’s own turn', async () => {
    putMemory(placeOf(repo), 'one');
    const asked = { atSessionEnd: false, beforePush: true, inTurn: true, quietMs: 3_600_000 };
    expect(await publishIn(repo, { ...asked, deadline: Date.now() + 60_000 })).toMatchObject({ committed: 1 });
  });

  it('gives up before it touches the index when its time is up', async () => {
    putMemory(placeOf(repo), 'one');
    const head = repo.head();
    for (const late of ['planned', 'objects', 'commit'] as const) {
      let now = 0;
      const done = await publishIn(repo, {
        atSessionEnd: false,
        beforePush: true,
        deadline: 100,
        clock: { now: () => now },
        onStep: (step) => void (now = step === late ? 200 : now),
      });
      expect(done).toMatchObject({ committed: 0, held: 1, reason: 'out-of-time' });
      expect(repo.head()).toBe(head);
      expect(repo.status()).toBe('');
    }
  });

  it('asks git as often, and reads as little, beside many memories as beside few', async () => {
    const bin = join(dataDir, 'bin');
    const asked = join(dataDir, 'asked.txt');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${asked}'\nexec '${gitProgram()}' "$@"\n`, {
      mode: 0o755,
    });
    const env = { PATH: `${bin}:${repo.env['PATH']}`, HOME: repo.home };
    const others = Array.from({ length: 300 }, (_, i) => [`.claude-mem/memories/2025/0${(i % 9) + 1}/${i}.md`, 'x']);
    repo.commit('many memories', Object.fromEntries(others));
    for (let i = 0; i < 20; i++) putMemory(placeOf(repo), `published ${i}`);
    await publishIn(repo);
    putMemory(placeOf(repo), 'one');
    expect(await publishIn(repo, { atSessionEnd: false, beforePush: true, env })).toMatchObject({ committed: 1 });
    const commands = readFileSync(asked, 'utf8').trimEnd().split('\n');
    // Eight that look, all at once; one that takes the objects in, the index, the branch, and one that looks again.
    expect(commands.length).toBeLessThanOrEqual(12);
    for (const command of commands) {
      expect(command).not.toMatch(/ls-tree|read-tree|write-tree|log /);
      // The index is asked for the one memory, the fixed files of a vault, and for conflicts.
      if (/ls-files/.test(command)) expect(command).toMatch(/ls-files (?:-u -z$|-s -z -- .*one-)/);
    }
  });

  it('never signs, because a key may ask a person', async () => {
    repo.git('config', 'commit.gpgsign', 'true');
    putMemory(placeOf(repo), 'one');
    expect(await publishIn(repo, { atSessionEnd: false, beforePush: true })).toMatchObject({
      held: 1,
      reason: 'signing',
    });
  });

  it('is not told at the next session’s start: it comes again by itself', async () => {
    putMemory(placeOf(repo), 'one');
    const vault = openVaultHere({ env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir }, cwd: repo.root });
    await vault.publish({ now: false, atSessionEnd: false, beforePushUntil: 1 });
    expect((await vault.status()).outbox.held).toBeUndefined();
    vault.close();
  });
});

function gitProgram(): string {
  return execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
}

function hook(command: string, project = repo.root): { code: number | null; stdout: string; stderr: string } {
  const payload = { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command }, cwd: project };
  return run(JSON.stringify(payload), project);
}

function run(input: string, project = repo.root): { code: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCH, 'before-push'], {
    input,
    encoding: 'utf8',
    env: { ...repo.env, CLAUDE_MEM_DATA_DIR: dataDir, CLAUDE_PROJECT_DIR: project },
  });
  return { code: status, stdout, stderr };
}
