// Installs what transformers run with, by npm, into the data folder: never with the plugin, only when a model asks for it.

import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { runProgram } from '../../system/exec.ts';
import { megabytes } from './install-model.ts';
import { hasRuntime } from './transformer.ts';

export const RUNTIME_PACKAGE = '@huggingface/transformers';
/** The version that memvault is tested with. */
export const RUNTIME_VERSION = '4.3.1';
/** Measured on Linux: what npm downloads, and what stays on disk when the files of other systems are taken away. */
export const RUNTIME_DOWNLOAD_BYTES = 174e6;
export const RUNTIME_DISK_BYTES = 231e6;
const TIMEOUT_MS = 15 * 60_000;

export interface RuntimeParts {
  /** `<data folder>/runtime`. */
  readonly runtimeDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline: boolean;
  readonly say: (line: string) => void;
}

/** The version that is installed, or undefined. */
export function readRuntimeVersion(runtimeDir: string): string | undefined {
  if (!hasRuntime(runtimeDir)) return undefined;
  try {
    const file = join(runtimeDir, 'node_modules', RUNTIME_PACKAGE, 'package.json');
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Installs the pinned version, unless it is there. Install scripts are off: that of onnxruntime-node would download files for
 * graphics cards from another host. Throws `denied` when offline, `unavailable` when npm is missing or fails; both say what to type.
 */
export async function installRuntime(parts: RuntimeParts): Promise<{ readonly installed: boolean }> {
  const { runtimeDir, env, say } = parts;
  if (readRuntimeVersion(runtimeDir) === RUNTIME_VERSION) return { installed: false };
  if (parts.offline)
    throw new MemvaultError(
      'denied',
      'the runtime for transformers is missing, and the setting offline forbids to download it',
      {
        hint: byHand(runtimeDir),
      },
    );
  const npm = findNpm(env);
  if (npm === undefined)
    throw new MemvaultError('unavailable', 'npm was not found: it installs the runtime for transformers', {
      hint: `Install Node.js with npm and run the command again, or on another machine of this kind: ${byHand(runtimeDir)}`,
    });
  mkdirSync(runtimeDir, { recursive: true, mode: 0o700 });
  const own = join(runtimeDir, 'package.json');
  if (!existsSync(own)) writeFileAtomic(own, `${JSON.stringify({ private: true }, null, 2)}\n`);
  say(
    `Installing ${RUNTIME_PACKAGE} ${RUNTIME_VERSION} into ${runtimeDir} by npm (about ${megabytes(RUNTIME_DOWNLOAD_BYTES)} to download, install scripts off)`,
  );
  const result = await runProgram(npm.command, [...npm.args, ...npmArguments(runtimeDir)], {
    cwd: runtimeDir,
    env: { ...env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
    timeoutMs: TIMEOUT_MS,
  });
  if (result.code !== 0 || readRuntimeVersion(runtimeDir) !== RUNTIME_VERSION)
    throw new MemvaultError(
      'unavailable',
      `npm could not install the runtime: ${lastLine(result.stderr, result.timedOut)}`,
      {
        hint: `Check the network and run the command again. By hand: ${byHand(runtimeDir)}`,
      },
    );
  removeForeignBinaries(runtimeDir);
  say(`The runtime takes ${megabytes(folderBytes(join(runtimeDir, 'node_modules')))} on disk.`);
  return { installed: true };
}

/** The line that a person types where memvault cannot. */
export function byHand(runtimeDir: string): string {
  return `npm ${npmArguments(runtimeDir).join(' ')}`;
}

function npmArguments(runtimeDir: string): readonly string[] {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact', '--loglevel=error'];
  return ['install', '--prefix', runtimeDir, ...quiet, `${RUNTIME_PACKAGE}@${RUNTIME_VERSION}`];
}

/** npm beside the Node that runs us, or on PATH; its script is run by our Node, so that an old one on PATH does no harm. */
function findNpm(
  env: Readonly<Record<string, string | undefined>>,
): { command: string; args: readonly string[] } | undefined {
  const beside = dirname(process.execPath);
  const script = ['node_modules', 'npm', 'bin', 'npm-cli.js'];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [
    join(beside, '..', 'lib', ...script),
    join(beside, ...script),
    ...folders.flatMap((folder) => [join(folder, ...script), join(folder, 'npm')]),
  ];
  const found = candidates.find((file) => existsSync(file));
  if (found === undefined) return undefined;
  const real = realpathSync(found);
  return real.endsWith('.js') ? { command: process.execPath, args: [real] } : { command: real, args: [] };
}

/** The package brings the libraries of five systems; the others' are two thirds of it. */
function removeForeignBinaries(runtimeDir: string): void {
  const root = join(runtimeDir, 'node_modules', 'onnxruntime-node', 'bin');
  for (const generation of foldersIn(root))
    for (const platform of foldersIn(join(root, generation)))
      for (const arch of foldersIn(join(root, generation, platform)))
        if (platform !== process.platform || arch !== process.arch)
          rmSync(join(root, generation, platform, arch), { recursive: true, force: true });
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
}

function lastLine(stderr: string, timedOut: boolean): string {
  if (timedOut) return `it did not finish within ${TIMEOUT_MS / 60_000} minutes`;
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => !/A complete log of this run|^npm error\s*$/.test(line));
  return (
    lines.find((line) => /error (?:code|network|[A-Z0-9]{5,})/.test(line)) ??
    lines.at(-1) ??
    'no reason given'
  ).slice(0, 200);
}
