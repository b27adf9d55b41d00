// A disk that is really full, and one that is really read-only: a small file system of its own, made by `mount` where that is permitted.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPayload } from '../capture/payloads.ts';
import { buildPrograms, openFaultStage } from '../support/fault-stage.ts';
import type { FaultStage, Programs } from '../support/fault-stage.ts';
import { runCommand } from '../support/run-command.ts';

const quiet = { code: 0, signal: null, stdout: '', stderr: '' };
const mounted: string[] = [];
const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;
const mayMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-mount-'));
  const may = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder);
  if (may) spawnSync('umount', [folder]);
  return may;
})();

let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms(mkdtempSync(join(tmpdir(), 'memvault-faults-')));
});
afterAll(() => {
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
  rmSync(programs.folder, { recursive: true, force: true });
});

function smallDisk(kilobytes: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'memvault-disk-'));
  if (!mount('-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=700`, 'tmpfs', folder)) throw new Error('no mount');
  mounted.push(folder);
  return folder;
}

/** Takes what room is left, but for so many bytes. */
function fill(disk: string, left = 0): string {
  const file = join(disk, 'filler');
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(file, Buffer.alloc(Math.max(0, bavail * bsize - left)));
  return file;
}

function noteAccepted(stage: FaultStage): void {
  const folder = join(stage.paths.spool, 'new');
  for (const name of readdirSync(folder)) {
    expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toMatchObject({ id: name.replace('.json', '') });
    const id = name.replace('.json', '');
    if (!stage.accepted.includes(id)) stage.accepted.push(id);
  }
}

describe.skipIf(!mayMount)('a full disk', () => {
  it('under the data folder: hooks exit 0 and leave whole events or none; freed, everything is worked off', async () => {
    const disk = smallDisk(512);
    const stage = openFaultStage(programs, { dataDir: join(disk, 'data') });
    stage.accept('abandoned-approach');
    const filler = fill(disk, 24 * 1024);
    const payload = readPayload('tools/Bash.persisted-output.json');
    for (let round = 0; round < 12; round++) expect(await stage.hook(payload)).toMatchObject(quiet);
    noteAccepted(stage);
    // It was full indeed: not all twelve found room.
    expect(stage.accepted.length).toBeLessThan(16 + 12);
    await stage.work();
    expect(stage.broken()).toEqual([]);
    expect((await runCommand(stage.repo, stage.home, 'doctor')).text).toMatch(/FAULT {2}data folder .* MB are left/);
    rmSync(filler);
    await stage.work(undefined, { WORK_AT: String(Date.now() + 86_400_000) });
    expect(stage.broken({ drained: true })).toEqual([]);
    expect(stage.memories().length).toBeGreaterThan(1);
    stage.dispose();
  });

  it("under the clone's state: nothing is given up, and what waited is published once there is room", async () => {
    const stage = openFaultStage(programs);
    stage.accept('abandoned-approach');
    const disk = smallDisk(4096);
    spawnSync('mkdir', ['-p', stage.stateDir]);
    expect(mount('--bind', disk, stage.stateDir)).toBe(true);
    mounted.unshift(stage.stateDir);
    const filler = fill(stage.stateDir);
    await stage.work();
    expect(stage.broken()).toEqual([]);
    expect(stage.repo.status()).toBe('');
    rmSync(filler);
    await stage.work();
    expect(stage.broken({ drained: true })).toEqual([]);
    expect(stage.memories().length).toBeGreaterThan(1);
    spawnSync('umount', ['-l', stage.stateDir]);
    stage.dispose();
  });
});

describe.skipIf(!mayMount)('a read-only disk', () => {
  it('under the data folder: hooks exit 0, doctor says why; writable again, nothing that was accepted is missing', async () => {
    const disk = smallDisk(4096);
    const stage = openFaultStage(programs, { dataDir: join(disk, 'data') });
    stage.accept('abandoned-approach');
    expect(mount('-o', 'remount,ro', disk)).toBe(true);
    expect(await stage.hook(readPayload('tools/Bash.persisted-output.json'))).toMatchObject(quiet);
    await stage.work();
    expect(stage.broken()).toEqual([]);
    expect((await runCommand(stage.repo, stage.home, 'doctor')).text).toMatch(
      /FAULT {2}data folder .* cannot be written: hooks keep no event/,
    );
    expect(mount('-o', 'remount,rw', disk)).toBe(true);
    await stage.work();
    expect(stage.broken({ drained: true })).toEqual([]);
    stage.dispose();
  });

  it('under the repository: the memories wait, and are there when it can be written', async () => {
    const stage = openFaultStage(programs);
    stage.accept('abandoned-approach');
    expect(mount('--bind', stage.repo.root, stage.repo.root)).toBe(true);
    mounted.unshift(stage.repo.root);
    expect(mount('-o', 'remount,bind,ro', stage.repo.root)).toBe(true);
    await stage.work();
    expect(stage.broken()).toEqual([]);
    spawnSync('umount', ['-l', stage.repo.root]);
    await stage.work();
    expect(stage.broken({ drained: true })).toEqual([]);
    expect(stage.repo.status()).toBe('');
    stage.dispose();
  });
});

describe('too few open files', () => {
  const limits = [8, 12, 16, 20, 24, 32, 40, 48, 64];

  it('make no hook fail', async () => {
    const stage = openFaultStage(programs);
    const payload = readPayload('tools/Bash.persisted-output.json');
    for (const limit of limits) {
      const { code, signal, stdout } = await stage.hook(payload, undefined, {}, `ulimit -n ${limit}`);
      // Below a dozen Node itself cannot start.
      if (limit >= 24) expect({ code, signal, stdout }, String(limit)).toEqual({ code: 0, signal: null, stdout: '' });
    }
    noteAccepted(stage);
    expect(stage.broken()).toEqual([]);
    stage.dispose();
  });

  it('make a worker lose nothing', async () => {
    const stage = openFaultStage(programs);
    stage.accept('abandoned-approach');
    for (const limit of [20, 26, 32]) {
      await stage.work(undefined, {}, `ulimit -n ${limit}`);
      expect(stage.broken(), String(limit)).toEqual([]);
    }
    await stage.work();
    expect(stage.broken({ drained: true })).toEqual([]);
    expect(stage.memories().length).toBeGreaterThan(1);
    stage.dispose();
  });
});
