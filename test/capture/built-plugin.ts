// Builds the capture hook and the launcher as they ship, into a throwaway plugin folder, so that tests can run them as real processes.

import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'tsdown';

const ROOT = resolve(import.meta.dirname, '..', '..');

export interface BuiltPlugin {
  readonly root: string;
  readonly hook: string;
  readonly launcher: string;
  /** Writes what the launcher runs: `dist/<name>.js`, or `dist/hooks/<name>.cjs` of a hook in a file of its own. */
  target(name: string, script: string): void;
}

export async function buildPlugin(): Promise<BuiltPlugin> {
  const root = mkdtempSync(join(tmpdir(), 'memvault-plugin-'));
  const common = {
    config: false,
    cwd: ROOT,
    format: 'cjs',
    platform: 'node',
    target: 'node18',
    dts: false,
    minify: true,
    clean: false,
    report: false,
    logLevel: 'error',
    hash: false,
    outDir: join(root, 'dist'),
  } as const;
  await build({ ...common, entry: { 'hooks/record': 'hooks/record.ts' } });
  await build({ ...common, entry: { 'hooks/capture': 'hooks/capture.ts' } });
  await build({ ...common, entry: { launch: 'hooks/launch.ts' } });
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  return {
    root,
    hook: join(root, 'dist', 'hooks', 'record.cjs'),
    launcher: join(root, 'dist', 'launch.cjs'),
    target: (name, script) => writeFileSync(join(root, 'dist', name.includes('.') ? name : `${name}.js`), script),
  };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stands on stdin; undefined leaves it closed. */
  readonly input?: string | Uint8Array;
  /** The Node to run on. */
  readonly node?: string;
}

/** Runs a file with exactly the given environment and PATH. */
export function runNode(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(options.node ?? process.execPath, args, {
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  return new Promise((ended, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => ended({ code, signal, stdout, stderr }));
  });
}
