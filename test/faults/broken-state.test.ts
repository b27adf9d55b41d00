// State that was cut, emptied, overwritten or replaced by a folder: the next session is kept all the same, and doctor has words for it.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPrograms, isLongRun, openFaultStage } from '../support/fault-stage.ts';
import type { FaultStage, Programs } from '../support/fault-stage.ts';
import { runCommand } from '../support/run-command.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await buildPrograms(mkdtempSync(join(tmpdir(), 'memvault-faults-')));
});
afterAll(() => rmSync(programs.folder, { recursive: true, force: true }));

const WAYS: Readonly<Record<string, (file: string) => void>> = {
  emptied: (file) => writeFileSync(file, ''),
  'cut in half': (file) => {
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length >> 1));
  },
  'filled with noise': (file) => writeFileSync(file, Buffer.from('\0\u00FF\u001B[31m{"v":1,'.repeat(500), 'latin1')),
  'an empty object': (file) => writeFileSync(file, '{}\n'),
  'an object of the right version and nothing else': (file) => writeFileSync(file, '{"v":1}\n'),
  null: (file) => writeFileSync(file, 'null\n'),
  'a list of odd things': (file) => writeFileSync(file, '[null,1,"x",{"id":7,"eventIds":{}}]\n'),
};

/** Files of state: neither events nor memories, which are content. */
function stateFiles(stage: FaultStage): readonly string[] {
  return [stage.paths.home, stage.stateDir].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((file) => lstatSync(file).isFile() && !/\/(?:outbox|spool|dead-letter)\/|\/logs\//.test(file)),
  );
}

async function expectHealed(stage: FaultStage, first: readonly string[]): Promise<void> {
  const fresh = stage.accept('german');
  const { stderr } = await stage.work();
  expect(stderr).toBe('');
  expect(stage.log()).not.toContain('a cycle failed');
  const waiting = stage.broken({ drained: true }).filter((fault) => fresh.some((id) => fault.startsWith(id)));
  expect(waiting, stage.log().split('\n').slice(-6).join('\n')).toEqual([]);
  expect(existsSync(stage.paths.deadLetter)).toBe(false);
  expect(stage.memories()).toEqual(expect.arrayContaining([...first]));
  expect(stage.memories().length).toBeGreaterThan(first.length);
  const doctor = await runCommand(stage.repo, stage.home, 'doctor');
  expect(doctor.text).not.toMatch(/\bat .*\.ts:\d+|undefined|\[object/);
}

async function worked(): Promise<{ readonly stage: FaultStage; readonly memories: readonly string[] }> {
  const stage = openFaultStage(programs);
  stage.accept('abandoned-approach');
  await stage.work();
  return { stage, memories: stage.memories() };
}

describe('all state', () => {
  it.each(Object.keys(WAYS).filter((_, at) => isLongRun || at % 2 === 0))(
    '%s costs no event and no memory',
    async (way) => {
      const { stage, memories } = await worked();
      const files = stateFiles(stage);
      expect(files.length).toBeGreaterThan(8);
      for (const file of files) WAYS[way]?.(file);
      await expectHealed(stage, memories);
      stage.dispose();
    },
  );
});

describe.skipIf(!isLongRun)('each file of state', () => {
  it('by itself, in each way and as a folder, costs no event and no memory', async () => {
    const { stage: model } = await worked();
    const names = stateFiles(model).map((file) =>
      file.replace(model.repo.home, 'HOME').replace(model.repo.root, 'ROOT'),
    );
    model.dispose();
    const faults: string[] = [];
    for (const name of names)
      for (const way of [...Object.keys(WAYS), 'a folder']) {
        const { stage, memories } = await worked();
        const file = name.replace('HOME', stage.repo.home).replace('ROOT', stage.repo.root);
        const isThere = existsSync(file);
        if (isThere && way === 'a folder') {
          rmSync(file);
          mkdirSync(join(file, 'inner'), { recursive: true });
        } else if (isThere) WAYS[way]?.(file);
        if (isThere)
          await expectHealed(stage, memories).catch((fault: unknown) =>
            faults.push(`${name} as ${way}: ${fault instanceof Error ? fault.message : String(fault)}`),
          );
        stage.dispose();
      }
    expect(faults).toEqual([]);
  });
});
