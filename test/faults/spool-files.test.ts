// Torn and alien files in the spool, clocks that jump, workers beside each other: each event ends in one place all the same.

import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPayload } from '../capture/payloads.ts';
import { buildPrograms, isLongRun, openFaultStage, START } from '../support/fault-stage.ts';
import type { FaultStage, Programs } from '../support/fault-stage.ts';
import { until } from '../support/until.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms(mkdtempSync(join(tmpdir(), 'memvault-faults-')));
});
afterAll(() => rmSync(programs.folder, { recursive: true, force: true }));

const HOUR = 3_600_000;
const SCENARIO = 'abandoned-approach';

function expectDrained(stage: FaultStage): void {
  expect(stage.broken({ drained: true }), stage.log().split('\n').slice(-5).join('\n')).toEqual([]);
}

describe('files in the spool that are no events', () => {
  const put: Readonly<Record<string, (file: string, whole: Buffer) => void>> = {
    'half an event': (file, whole) => writeFileSync(file, whole.subarray(0, whole.length >> 1)),
    'nothing at all': (file) => writeFileSync(file, ''),
    'NUL bytes': (file) => writeFileSync(file, Buffer.alloc(4096)),
    '50 MB': (file) => {
      writeFileSync(file, '{');
      truncateSync(file, 50 * 1024 * 1024);
    },
    'bytes that are no UTF-8': (file) => writeFileSync(file, Buffer.from([0x7b, 0xff, 0xfe, 0x80, 0x7d])),
    'deep nesting': (file) => writeFileSync(file, `${'['.repeat(200_000)}${']'.repeat(200_000)}`),
    'an event of another version': (file, whole) => writeFileSync(file, whole.toString().replace('"v":1', '"v":99')),
    'a link to a file elsewhere': (file) => symlinkSync('/etc/hostname', file),
    'a link to nothing': (file) => symlinkSync('/nowhere/at/all', file),
    'a folder': (file) => mkdirSync(join(file, 'inner'), { recursive: true }),
    'a named pipe': (file) => spawnSync('mkfifo', [file]),
  };

  it('go to the dead letters with their reason, and stop nobody', async () => {
    const stage = openFaultStage(programs);
    const ids = stage.accept(SCENARIO);
    const folder = join(stage.paths.spool, 'new');
    const whole = readFileSync(join(folder, `${ids[1] ?? ''}.json`));
    const aliens = Object.entries(put).map(([, make], at) => {
      const id = `${START + at}-9-0000000${at.toString(16)}`;
      make(join(folder, `${id}.json`), whole);
      return id;
    });
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe]), Buffer.from('.json')]), 'odd');
    await stage.work();
    const dead = readdirSync(stage.paths.deadLetter);
    for (const id of aliens) expect(dead, id).toEqual(expect.arrayContaining([`${id}.json`, `${id}.json.reason`]));
    expect(dead).toContain('notes.txt');
    stage.accepted.push(...aliens);
    expectDrained({
      ...stage,
      broken: (options) => stage.broken(options).filter((fault) => !fault.includes('\uFFFD')),
    });
    expect(stage.memories().length).toBeGreaterThan(1);
    expect(existsSync('/etc/hostname')).toBe(true);
    stage.dispose();
  });

  it.skipIf(process.getuid?.() === 0)('that nobody may read do the same', async () => {
    const stage = openFaultStage(programs);
    const [first = ''] = stage.accept(SCENARIO);
    chmodSync(join(stage.paths.spool, 'new', `${first}.json`), 0o000);
    await stage.work();
    expectDrained(stage);
    stage.dispose();
  });
});

describe('a clock', () => {
  it.each<readonly [string, number]>([
    ['an hour back', -HOUR],
    ['a year ahead', 365 * 24 * HOUR],
    ...(isLongRun
      ? ([
          ['before all events', START - Date.now() - 24 * HOUR],
          ['at the end of time', 8.6e15 - Date.now() - 1_000_000],
        ] as const)
      : []),
  ])('%s between the hooks and the worker costs nothing', async (_, jump) => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    await stage.work(undefined, { WORK_AT: String(Date.now() + jump) });
    expect(stage.broken()).toEqual([]);
    await stage.work(undefined, { WORK_AT: String(Date.now() + 24 * HOUR) });
    expectDrained(stage);
    expect(stage.memories().length).toBeGreaterThan(1);
    stage.dispose();
  });

  it.each(isLongRun ? ['Europe/Berlin', 'America/St_Johns', 'Pacific/Apia'] : ['Europe/Berlin'])(
    'that changes to summer time in %s, twice the same hour, costs nothing',
    async (TZ) => {
      const stage = openFaultStage(programs);
      stage.accept(SCENARIO);
      await stage.work(undefined, { TZ });
      expectDrained(stage);
      stage.dispose();
    },
  );
});

describe('workers beside each other', () => {
  it('of one user: one works, the other goes, nothing is done twice', async () => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    const ended = await Promise.all([stage.work(), stage.work()]);
    expect(ended.map(({ code }) => code)).toContain(0);
    await stage.work();
    expectDrained(stage);
    expect(new Set(stage.memories().map((path) => path.slice(0, -16))).size).toBe(stage.memories().length);
    stage.dispose();
  });

  it('where the first is stopped in the middle: the next waits its turn, and takes over when it is killed', async () => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    const first = spawn(process.execPath, [programs.worker], {
      env: { ...stage.env, WORK_AT: String(START + 24 * HOUR) },
      cwd: stage.repo.root,
      stdio: 'ignore',
    });
    await until(() => existsSync(stage.stateDir) && existsSync(join(stage.paths.spool, 'cur')));
    first.kill('SIGSTOP');
    expect((await stage.work()).code).toBe(3);
    expect(stage.broken()).toEqual([]);
    const gone = new Promise((done) => first.once('exit', done));
    first.kill('SIGKILL');
    await gone;
    await stage.work();
    expectDrained(stage);
    stage.dispose();
  });
});

describe('a stale sign of life', () => {
  it('whose pid is another process now keeps no hook from its event, and no worker from its start', async () => {
    const stage = openFaultStage(programs);
    writeFileSync(
      stage.paths.workerFile,
      JSON.stringify({
        pid: process.pid,
        port: 1,
        token: 't',
        startedAt: '2026-11-22T09:00:00Z',
        version: '0',
        born: '1',
      }),
      { mode: 0o600 },
    );
    stage.accept(SCENARIO);
    const { code } = await stage.hook(readPayload('tools/Bash.persisted-output.json'));
    expect(code).toBe(0);
    stage.accepted.splice(
      0,
      Number.POSITIVE_INFINITY,
      ...readdirSync(join(stage.paths.spool, 'new')).map((name) => name.slice(0, -5)),
    );
    await stage.work(undefined, { WORK_AT: String(Date.now() + 24 * HOUR) });
    expectDrained(stage);
    stage.dispose();
  });
});
