// Installing the runtime by npm, with a stand-in for npm: what it is told, and what is said when it fails.

import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  RUNTIME_PACKAGE,
  RUNTIME_VERSION,
  byHand,
  installRuntime,
  readRuntimeVersion,
} from '../../../src/index/embed/install-runtime.ts';

let root: string;
let runtimeDir: string;
let said: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'memvault-runtime-'));
  runtimeDir = join(root, 'runtime');
  mkdirSync(join(root, 'bin'));
  said = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('pins the version that the tests run with', () => {
  const own = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../../package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(own.devDependencies[RUNTIME_PACKAGE]).toBe(RUNTIME_VERSION);
});

describe('installRuntime', () => {
  it('lets npm install the pinned version without install scripts, and drops the libraries of other systems', async () => {
    putNpm(installing(RUNTIME_VERSION));
    expect(await installRuntime(parts())).toEqual({ installed: true });
    const told = JSON.parse(readFileSync(join(root, 'told.json'), 'utf8')) as { args: string[]; skip: string };
    expect(told.args).toEqual(byHand(runtimeDir).split(' ').slice(1));
    expect(told.args).toContain('--ignore-scripts');
    expect(told.skip).toBe('skip');
    expect(said[0]).toMatch(/by npm \(about 174 MB to download, install scripts off\)/);
    expect(said[1]).toMatch(/^The runtime takes \S+ MB on disk\.$/);
    expect(readdirSync(join(runtimeDir, 'node_modules/onnxruntime-node/bin/napi-v6'))).toEqual([
      process.platform,
      'strange',
    ]);
    expect(readdirSync(join(runtimeDir, 'node_modules/onnxruntime-node/bin/napi-v6/strange'))).toEqual([]);
  });

  it('does nothing when it is there, also offline', async () => {
    putNpm(installing(RUNTIME_VERSION));
    await installRuntime(parts());
    rmSync(join(root, 'told.json'));
    expect(await installRuntime({ ...parts(), offline: true })).toEqual({ installed: false });
  });

  it('replaces another version', async () => {
    putNpm(installing('4.0.0'));
    await expect(installRuntime(parts())).rejects.toThrow('npm could not install the runtime');
    expect(readRuntimeVersion(runtimeDir)).toBe('4.0.0');
    putNpm(installing(RUNTIME_VERSION));
    expect(await installRuntime(parts())).toEqual({ installed: true });
  });

  it('leaves what else lies in the folder', async () => {
    mkdirSync(runtimeDir);
    writeFileSync(join(runtimeDir, 'package.json'), '{"dependencies":{"node":"24.21.0"}}');
    putNpm(installing(RUNTIME_VERSION));
    await installRuntime(parts());
    expect(readFileSync(join(runtimeDir, 'package.json'), 'utf8')).toBe('{"dependencies":{"node":"24.21.0"}}');
  });

  it('is refused offline, with the line to type elsewhere', async () => {
    putNpm(installing(RUNTIME_VERSION));
    await expect(installRuntime({ ...parts(), offline: true })).rejects.toMatchObject({
      code: 'denied',
      hint: byHand(runtimeDir),
    });
  });

  it('says that npm is missing, and what to type', async () => {
    await expect(installRuntime(parts())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('npm was not found') as string,
      hint: expect.stringContaining(`npm install --prefix ${runtimeDir}`) as string,
    });
  });

  it('says why npm failed', async () => {
    putNpm(
      `process.stderr.write('npm warn old\\nnpm error code ENOTFOUND\\nnpm error network request failed\\n'); process.exit(1);`,
    );
    await expect(installRuntime(parts())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('ENOTFOUND') as string,
      hint: expect.stringContaining('By hand: npm install') as string,
    });
  });
});

function parts() {
  return { runtimeDir, env: { PATH: join(root, 'bin') }, offline: false, say: (line: string) => void said.push(line) };
}

function putNpm(script: string): void {
  const file = join(root, 'bin', 'npm');
  writeFileSync(file, `#!${process.execPath}\nconst fs = require('node:fs');\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Writes what npm would have unpacked. */
function installing(version: string): string {
  return `
    const dir = ${JSON.stringify(join(runtimeDir, 'node_modules'))};
    fs.writeFileSync(${JSON.stringify(join(root, 'told.json'))}, JSON.stringify({ args: process.argv.slice(2), skip: process.env.ONNXRUNTIME_NODE_INSTALL }));
    fs.mkdirSync(dir + '/@huggingface/transformers', { recursive: true });
    fs.writeFileSync(dir + '/@huggingface/transformers/package.json', JSON.stringify({ name: '@huggingface/transformers', version: '${version}', main: 'main.js' }));
    fs.writeFileSync(dir + '/@huggingface/transformers/main.js', '');
    for (const place of [process.platform + '/' + process.arch, 'strange/x64', process.platform + '/other'])
      fs.mkdirSync(dir + '/onnxruntime-node/bin/napi-v6/' + place, { recursive: true });
  `;
}
