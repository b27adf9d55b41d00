// kill -9 at every call of hook and worker that touches a file of ours: the next run finds everything, once.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readReasons } from '../../src/capture/dead-letters.ts';
import { readPayload } from '../capture/payloads.ts';
import { openSpool } from '../../src/capture/spool.ts';
import { buildPrograms, isLongRun, openFaultStage, spread } from '../support/fault-stage.ts';
import type { FaultStage, Programs } from '../support/fault-stage.ts';

const SCENARIO = 'abandoned-approach';
let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms(mkdtempSync(join(tmpdir(), 'memvault-faults-')));
});
afterAll(() => rmSync(programs.folder, { recursive: true, force: true }));

/** Titles as slugs: the ids differ from run to run. */
const slugs = (stage: FaultStage): readonly string[] =>
  stage
    .memories()
    .map((path) => path.replace(/-[0-9a-z]{12}\.md$/, ''))
    .toSorted();

describe('a hook that is killed', () => {
  it('at any of its calls has left a whole event or none', async () => {
    const stage = openFaultStage(programs);
    const payload = readPayload('tools/Bash.persisted-output.json');
    await stage.hook(payload);
    // The folders are there now: from here on every run makes the same calls.
    const { calls = 0 } = await stage.hook(payload);
    expect(calls).toBeGreaterThan(3);
    const spooled = (): string[] => readdirSync(join(stage.paths.spool, 'new'));
    stage.accepted.push(...spooled().map((name) => name.replace('.json', '')));
    for (const at of spread(calls, calls)) {
      const before = spooled().length;
      const ended = await stage.hook(payload, { at, kind: 'kill' });
      expect(ended.signal, `call ${at}`).toBe('SIGKILL');
      stage.accepted.splice(0, Number.POSITIVE_INFINITY, ...spooled().map((name) => name.replace('.json', '')));
      expect(spooled().length - before, `call ${at}`).toBeLessThanOrEqual(1);
    }
    // Its session never stopped: a day on, what waits is worked off as a paused session's.
    await stage.work(undefined, { WORK_AT: String(Date.now() + 86_400_000) });
    expect(stage.broken({ drained: true })).toEqual([]);
    expect(existsSync(stage.paths.deadLetter)).toBe(false);
    stage.dispose();
  });
});

describe('a worker that is killed', () => {
  it('at any of its calls is followed by one that finishes: the same memories, each event in one place', async () => {
    const whole = openFaultStage(programs);
    whole.accept(SCENARIO);
    const { calls = 0, stderr } = await whole.work();
    expect(stderr).toBe('');
    expect(whole.broken({ drained: true })).toEqual([]);
    const wanted = slugs(whole);
    expect(wanted.length).toBeGreaterThan(1);
    whole.dispose();
    for (const at of spread(calls, isLongRun ? calls : 7)) {
      const stage = openFaultStage(programs);
      stage.accept(SCENARIO);
      await stage.work({ at, kind: 'kill' });
      expect(stage.broken(), `killed at call ${at}`).toEqual([]);
      await stage.work();
      expect(stage.broken({ drained: true }), `after call ${at}`).toEqual([]);
      expect(slugs(stage), `after call ${at}`).toEqual(wanted);
      expect(stage.repo.status(), `after call ${at}`).toBe('');
      stage.dispose();
    }
  });

  it('again and again over the same events sets them aside, goes on with the others, and takes them up when told to', async () => {
    const stage = openFaultStage(programs);
    const deadly = stage.accept(SCENARIO);
    // Somewhere in the middle: where its answer goes to the journal.
    const fault = { at: 4, kind: 'kill', under: join(stage.stateDir, 'journal') };
    for (let death = 1; death <= 3; death++) {
      expect((await stage.work(fault)).signal, `death ${death}`).toBe('SIGKILL');
      expect(existsSync(stage.paths.deadLetter)).toBe(false);
    }
    stage.accept('rule-in-passing');
    await stage.work();
    expect(stage.broken({ drained: true })).toEqual([]);
    expect(readReasons(stage.paths.deadLetter)).toEqual(
      deadly.map(() => 'the worker died 3 times while it worked on this'),
    );
    const others = stage.memories();
    expect(others.length).toBeGreaterThan(0);
    openSpool(stage.paths.spool, stage.paths.deadLetter).revive();
    await stage.work();
    expect(readReasons(stage.paths.deadLetter)).toEqual([]);
    expect(stage.broken({ drained: true })).toEqual([]);
    expect(stage.memories().length).toBeGreaterThan(others.length);
    stage.dispose();
  });

  it('twice over the same events gives nothing up', async () => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    const fault = { at: 4, kind: 'kill', under: join(stage.stateDir, 'journal') };
    for (let death = 1; death <= 2; death++) await stage.work(fault);
    await stage.work();
    expect(existsSync(stage.paths.deadLetter)).toBe(false);
    expect(stage.broken({ drained: true })).toEqual([]);
    stage.dispose();
  });

  it('at any moment, also inside SQLite and Git, is followed by one that finishes', async () => {
    const whole = openFaultStage(programs);
    whole.accept(SCENARIO);
    const start = performance.now();
    await whole.work();
    const duration = performance.now() - start;
    const wanted = slugs(whole);
    whole.dispose();
    const count = isLongRun ? 100 : 4;
    for (let nth = 1; nth <= count; nth++) {
      const stage = openFaultStage(programs);
      stage.accept(SCENARIO);
      const ms = (duration * nth) / (count + 1);
      await stage.workKilledAfter(ms);
      expect(stage.broken(), `killed after ${ms} ms`).toEqual([]);
      await stage.work();
      expect(stage.broken({ drained: true }), `killed after ${ms} ms`).toEqual([]);
      expect(slugs(stage), `killed after ${ms} ms`).toEqual(wanted);
      expect(stage.repo.status(), `killed after ${ms} ms`).toBe('');
      stage.dispose();
    }
  });
});
