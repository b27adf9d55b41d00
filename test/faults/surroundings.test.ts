// What goes wrong around memvault: Git that fails, folders that are deleted in the middle of the work, signals.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPayload } from '../capture/payloads.ts';
import { buildPrograms, isLongRun, openFaultStage } from '../support/fault-stage.ts';
import type { FaultStage, Programs } from '../support/fault-stage.ts';
import { runCommand } from '../support/run-command.ts';
import { until } from '../support/until.ts';

const DIST = resolve(import.meta.dirname, '..', '..', 'dist');
const SCENARIO = 'abandoned-approach';
let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms(mkdtempSync(join(tmpdir(), 'memvault-faults-')));
});
afterAll(() => rmSync(programs.folder, { recursive: true, force: true }));

function expectDrained(stage: FaultStage): void {
  expect(stage.broken({ drained: true }), stage.log().split('\n').slice(-5).join('\n')).toEqual([]);
}

/** A PATH whose first `git` is this script. */
function gitThat(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-git-that-'));
  writeFileSync(join(folder, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'git'), 0o755);
  return `${folder}:${process.env['PATH'] ?? ''}`;
}

describe('a Git', () => {
  it.each<readonly [string, () => string]>([
    ['that is missing', () => mkdtempSync(join(tmpdir(), 'memvault-no-git-'))],
    ['that always fails', () => gitThat('echo "fatal: bad object HEAD" >&2; exit 128')],
    ['that answers with noise', () => gitThat('printf \'\\000\\377 noise %s\\n\' "$@"; exit 0')],
    ['that dies of a signal', () => gitThat('kill -SEGV $$')],
    ...(isLongRun ? [['that never ends', () => gitThat('exec sleep 1000')] as const] : []),
  ])('%s holds the memories back and loses none; with a good one they are published', async (_, path) => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    const PATH = path();
    const { stderr } = await stage.work(undefined, { PATH });
    expect(stderr).toBe('');
    expect(stage.broken()).toEqual([]);
    expect(stage.repo.git('log', '--format=%s')).toBe('first');
    const held = await runCommand({ root: stage.repo.root, env: { ...stage.env, PATH } }, stage.home, 'doctor');
    expect(held.text).not.toMatch(/\bat .*\.ts:\d+|\[object/);
    await stage.work();
    expectDrained(stage);
    await stage.work(undefined, { WORK_AT: String(Date.now() + 30 * 86_400_000) });
    await runCommand(stage.repo, stage.home, 'publish', [], { now: true });
    expect(stage.repo.git('log', '--format=%s')).toContain('memor');
    expect(stage.repo.status()).toBe('');
    stage.dispose();
  });
});

describe('a folder that is deleted in the middle of the work', () => {
  it.each(isLongRun ? [30, 60, 100, 130, 160, 200] : [100])(
    "the vault's, at call %d: nothing is lost, nothing stays staged",
    async (at) => {
      const stage = openFaultStage(programs);
      stage.accept(SCENARIO);
      const { stderr } = await stage.work({ at, kind: 'remove', folder: join(stage.repo.root, '.claude-mem') });
      expect(stderr).toBe('');
      await stage.work();
      expectDrained(stage);
      expect(stage.repo.git('diff', '--cached', '--name-only')).toBe('');
      stage.dispose();
    },
  );

  it("the repository's .git: the events go to a vault that is there", async () => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    const { stderr } = await stage.work({ at: 20, kind: 'remove', folder: join(stage.repo.root, '.git') });
    expect(stderr).toBe('');
    await stage.work();
    expectDrained(stage);
    stage.dispose();
  });

  it('the whole project: the events go to a vault that is there', async () => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    rmSync(stage.repo.root, { recursive: true });
    mkdirSync(stage.repo.root);
    const gone = join(stage.repo.root, 'gone');
    const { stderr } = await stage.work(
      undefined,
      {},
      `mkdir ${gone} && cd ${gone} && rmdir ${gone}; rmdir ${stage.repo.root}`,
    );
    expect(stderr).toBe('');
    mkdirSync(stage.repo.root, { recursive: true });
    await stage.work();
    expectDrained(stage);
    stage.dispose();
  });

  it('the data folder: the worker ends, and the next hook begins anew', async () => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    const { signal } = await stage.work({ at: 60, kind: 'remove', folder: stage.home });
    expect(signal).toBeNull();
    expect(await stage.hook(readPayload('tools/Bash.persisted-output.json'))).toMatchObject({ code: 0, stderr: '' });
    const spooled = readdirSync(join(stage.paths.spool, 'new')).map((name) => name.slice(0, -5));
    expect(spooled).toHaveLength(1);
    await stage.work(undefined, { WORK_AT: String(Date.now() + 86_400_000) });
    stage.accepted.splice(0, Number.POSITIVE_INFINITY, ...spooled);
    const faults = stage.broken({ drained: true });
    expect(faults.filter((fault) => fault.startsWith(spooled[0] ?? '-'))).toEqual([]);
    stage.dispose();
  });

  it('the data folder of an idle worker: it ends, so that no two work on the new one', async () => {
    const stage = openFaultStage(programs);
    const worker = spawn(process.execPath, [join(DIST, 'worker.js')], {
      env: { ...stage.env, CLAUDE_MEM_PORT: '0' },
      cwd: stage.repo.root,
      stdio: 'ignore',
    });
    const ended = new Promise((done) => worker.once('exit', (code, by) => done({ code, by })));
    await until(() => existsSync(stage.paths.workerFile));
    rmSync(stage.home, { recursive: true, maxRetries: 5 });
    mkdirSync(stage.paths.home, { recursive: true });
    expect(await ended).toEqual({ code: 0, by: null });
    stage.dispose();
  });

  it("the hook's own working directory: it keeps its event", async () => {
    const stage = openFaultStage(programs);
    const gone = join(stage.repo.home, 'gone');
    const payload = readPayload('tools/Bash.persisted-output.json');
    const ended = await stage.hook(payload, undefined, {}, `mkdir ${gone} && cd ${gone} && rmdir ${gone}`);
    expect(ended).toMatchObject({ code: 0, signal: null, stdout: '' });
    expect(readdirSync(join(stage.paths.spool, 'new'))).toHaveLength(1);
    stage.dispose();
  });
});

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s in the middle of the work ends the worker cleanly',
    async (signal) => {
      const stage = openFaultStage(programs);
      stage.accept(SCENARIO);
      const worker = spawn(process.execPath, [join(DIST, 'worker.js')], {
        env: { ...stage.env, CLAUDE_MEM_PORT: '0' },
        cwd: stage.repo.root,
        stdio: 'ignore',
      });
      const ended = new Promise((done) => worker.once('exit', (code, by) => done({ code, by })));
      await until(() => existsSync(join(stage.paths.spool, 'cur')));
      worker.kill(signal);
      expect(await ended).toEqual({ code: 0, by: null });
      expect(existsSync(stage.paths.workerFile)).toBe(false);
      expect(stage.broken()).toEqual([]);
      await stage.work();
      expectDrained(stage);
      stage.dispose();
    },
  );

  it("the death of the hook's host reaches no worker: it finishes what there is", async () => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    // A shell that starts the worker as a hook does, in a session of its own, and dies with its whole group.
    const host = spawn(
      '/bin/sh',
      [
        '-c',
        `"$1" -e 'require("child_process").spawn(process.execPath, [process.argv[1]], { detached: true, stdio: "ignore" }).unref()' "$2"; sleep 60`,
        'sh',
        process.execPath,
        join(DIST, 'worker.js'),
      ],
      {
        env: { ...stage.env, CLAUDE_MEM_PORT: '0', CLAUDE_MEM_WORKER_IDLE_SECONDS: '1' },
        detached: true,
        stdio: 'ignore',
      },
    );
    await until(() => existsSync(stage.paths.workerFile));
    process.kill(-(host.pid ?? 0), 'SIGKILL');
    await until(() => !existsSync(stage.paths.workerFile));
    expectDrained(stage);
    stage.dispose();
  });
});
