// Every call that touches a file of ours fails once, or fails from then on: no space, no right, too many open files, a bad disk.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPayload } from '../capture/payloads.ts';
import { buildPrograms, isLongRun, openFaultStage, spread } from '../support/fault-stage.ts';
import type { Fault, Programs } from '../support/fault-stage.ts';

const SCENARIO = 'abandoned-approach';
const CODES = ['ENOSPC', 'EROFS', 'EDQUOT', 'EMFILE', 'EIO', 'EACCES'];
let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms(mkdtempSync(join(tmpdir(), 'memvault-faults-')));
});
afterAll(() => rmSync(programs.folder, { recursive: true, force: true }));

describe('a hook whose call is refused', () => {
  it.each(CODES)('with %s, any of them, exits 0 without a word and leaves a whole event or none', async (kind) => {
    const stage = openFaultStage(programs);
    const payload = readPayload('tools/Bash.persisted-output.json');
    await stage.hook(payload);
    const { calls = 0 } = await stage.hook(payload, { at: 1_000, kind });
    expect(calls).toBeGreaterThan(2);
    for (const at of spread(calls, calls))
      expect(await stage.hook(payload, { at, kind, lasting: true }), `call ${at}`).toMatchObject({
        code: 0,
        signal: null,
        stdout: '',
        stderr: '',
      });
    const folder = join(stage.paths.spool, 'new');
    for (const name of readdirSync(folder))
      expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({ id: name.replace('.json', '') });
    // What a refused hook left behind was never an event.
    expect((await stage.hook(payload)).code).toBe(0);
    stage.dispose();
  });
});

describe('a worker whose calls are refused', () => {
  const sample = isLongRun ? 60 : 1;
  const undisturbed = async (kind: string): Promise<{ readonly calls: number; readonly wanted: number }> => {
    const stage = openFaultStage(programs);
    stage.accept(SCENARIO);
    const { calls = 0 } = await stage.work({ at: 1_000_000, kind });
    const wanted = stage.memories().length;
    stage.dispose();
    return { calls, wanted };
  };
  const isDisk = (kind: string): boolean => kind === 'ENOSPC' || kind === 'EROFS';
  let onDisk: ReturnType<typeof undisturbed>;
  let anywhere: ReturnType<typeof undisturbed>;
  beforeAll(() => {
    onDisk = undisturbed('ENOSPC');
    anywhere = undisturbed('EIO');
  });

  it.each([
    ['ENOSPC', true],
    ['EROFS', true],
    ['EMFILE', false],
    ['EIO', false],
    ['EACCES', false],
  ] as const)('with %s loses nothing, keeps nothing twice, and goes on when that is over', async (kind, lasting) => {
    const { calls, wanted } = await (isDisk(kind) ? onDisk : anywhere);
    for (const at of spread(calls - 1, sample + 2).slice(1, -1)) {
      const stage = openFaultStage(programs);
      const fault: Fault = { at, kind, lasting };
      stage.accept(SCENARIO);
      await stage.work(fault);
      expect(stage.broken(), `${kind} at call ${at}`).toEqual([]);
      expect(existsSync(stage.paths.deadLetter), `${kind} at call ${at}`).toBe(false);
      const { stderr } = await stage.work();
      expect(stderr).toBe('');
      expect(stage.broken({ drained: true }), `after ${kind} at call ${at}`).toEqual([]);
      expect(stage.memories().length, `after ${kind} at call ${at}`).toBe(wanted);
      expect(stage.repo.status(), `after ${kind} at call ${at}`).toBe('');
      stage.dispose();
    }
  });
});
