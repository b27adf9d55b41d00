// What V8 compiled of our files is kept for the next process, and is never taken where it could be wrong.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MODULE = resolve(import.meta.dirname, '..', '..', 'src', 'system', 'compiled-code.ts');
const PROGRAM = `
exports.answer = () => add(20, 22);
exports.near = require('./near.cjs').word;
exports.place = [__filename, __dirname, require('node:path').sep];
function add(a, b) { return a + b; }
`;

let folder: string;
let kept: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'memvault-compiled-'));
  kept = join(folder, 'kept');
  file = join(folder, 'program.cjs');
  writeFileSync(file, PROGRAM);
  writeFileSync(join(folder, 'near.cjs'), "exports.word = 'near';");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads the program in a process of its own and gives what it says. */
function run(draw = 0.9): unknown {
  const done = load(draw);
  expect(done).toMatchObject({ status: 0, signal: null, stderr: '' });
  return JSON.parse(done.stdout);
}

function load(draw: number) {
  const script = `
    import { loadCompiled } from ${JSON.stringify(MODULE)};
    const program = loadCompiled(${JSON.stringify(file)}, { folder: ${JSON.stringify(kept)}, draw: () => ${draw} });
    console.log(JSON.stringify([program.answer(), program.near, program.place]));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

const RIGHT = () => [42, 'near', [file, folder, '/']];
const keptOf = (name: string): string =>
  join(kept, readdirSync(kept).find((one) => one.startsWith(`${name}-`)) ?? 'nothing was kept');
const runsOf = (name: string): number => readFileSync(keptOf(name))[0] ?? 0;

describe('the code of a file', () => {
  it('runs as required, first and with what was kept, and so do files beside it', () => {
    expect(run()).toEqual(RIGHT());
    expect(readdirSync(kept)).toHaveLength(2);
    expect([runsOf('program.cjs'), runsOf('near.cjs')]).toEqual([1, 1]);
    expect(run()).toEqual(RIGHT());
    expect([runsOf('program.cjs'), runsOf('near.cjs')]).toEqual([2, 2]);
  });

  it('is kept again by the first runs only, and seldom later', () => {
    for (let at = 0; at < 9; at++) run();
    expect(runsOf('program.cjs')).toBe(6);
    const before = statSync(keptOf('program.cjs')).mtimeMs;
    run();
    expect(statSync(keptOf('program.cjs')).mtimeMs).toBe(before);
  });

  it('runs once, however many files ask for it', () => {
    writeFileSync(
      file,
      `${PROGRAM}\nconst far = require('./far.cjs');\nexports.near = [far.near === require('./near.cjs'), globalThis.nears].join();`,
    );
    writeFileSync(join(folder, 'far.cjs'), "exports.near = require('./near.cjs');");
    writeFileSync(
      join(folder, 'near.cjs'),
      "globalThis.nears = (globalThis.nears ?? 0) + 1;\nexports.word = 'near';\nexports.program = require('./program.cjs');",
    );
    expect(run()).toEqual([42, 'true,1', [file, folder, '/']]);
  });

  it('is kept for this user alone', () => {
    run();
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    expect(statSync(keptOf('program.cjs')).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['a byte that changed', (bytes: Buffer) => bytes.fill((bytes[900] ?? 0) ^ 1, 900, 901)],
    ['a torn end', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['nothing', () => Buffer.alloc(0)],
    ['zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
    ['other words', () => Buffer.from('no code at all, none')],
  ])('is compiled anew where what was kept has %s', (_name, spoil) => {
    run();
    const spoiled = keptOf('program.cjs');
    writeFileSync(spoiled, spoil(readFileSync(spoiled)));
    expect(run(0)).toEqual(RIGHT());
    expect(runsOf('program.cjs')).toBe(1);
    expect(run()).toEqual(RIGHT());
  });

  it('is compiled anew when the file was written again with the same length', () => {
    run();
    writeFileSync(file, PROGRAM.replace('a + b', 'a - b'));
    expect(run()).toEqual([-2, 'near', [file, folder, '/']]);
  });

  it('is not taken from a file that others could have written', () => {
    run();
    chmodSync(keptOf('program.cjs'), 0o644);
    expect(run()).toEqual(RIGHT());
    // It was not used: what this run compiled took its place.
    expect(runsOf('program.cjs')).toBe(1);
  });

  it('runs where nothing can be kept', () => {
    writeFileSync(kept, 'a file where the folder should be');
    expect(run()).toEqual(RIGHT());
  });

  it('leaves no more than four kept files of each, the newest', () => {
    for (let at = 0; at < 6; at++) {
      writeFileSync(file, `${PROGRAM}${'\n'.repeat(at + 1)}`);
      run();
    }
    expect(readdirSync(kept).filter((name) => name.startsWith('program.cjs-'))).toHaveLength(4);
    expect(existsSync(keptOf('near.cjs'))).toBe(true);
  });

  it('fails as it would fail without', () => {
    writeFileSync(file, "throw new Error('of its own');");
    expect(load(0.9)).toMatchObject({ status: 1, stderr: expect.stringContaining('of its own') as string });
  });
});
