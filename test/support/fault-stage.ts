// A stage for faults: a home, a repository and accepted events, with hooks and workers as processes that may be killed or refused anything.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'tsdown';
import { eventOrigin } from '../../src/capture/origin.ts';
import { parsePayload } from '../../src/capture/payload.ts';
import { appendEvent } from '../../src/capture/spool-writer.ts';
import { dataPaths } from '../../src/system/paths.ts';
import type { DataPaths } from '../../src/system/paths.ts';
import { brokenInvariants, memoryFiles } from './event-places.ts';
import type { Whereabouts } from './event-places.ts';
import { makeRepo } from './git.ts';
import type { TestRepo } from './git.ts';
import { readScenario } from './scenario.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** When the first session of a stage begins. */
export const START = Date.UTC(2026, 10, 2, 9);
const DAY_MS = 86_400_000;

export interface Programs {
  readonly folder: string;
  /** The capture hook as it ships. */
  readonly hook: string;
  /** A worker's life (test/support/work-off.ts). */
  readonly worker: string;
}

export interface Fault {
  /** Which call, from 1. */
  readonly at: number;
  /** `kill`, `remove`, or an error's code. */
  readonly kind: string;
  /** All calls after it fail too. */
  readonly lasting?: boolean;
  /** Only calls that touch what lies below this folder count; all of ours when left out. */
  readonly under?: string;
  /** With `remove`: the folder that goes. */
  readonly folder?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** How many calls touched our files; undefined for a process that was killed. */
  readonly calls: number | undefined;
}

export interface FaultStage {
  readonly repo: TestRepo;
  readonly home: string;
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string>>;
  readonly stateDir: string;
  readonly where: Whereabouts;
  /** Ids of the events in the spool that a hook was told to have accepted. */
  readonly accepted: string[];
  /** Spools a whole scenario's session as hooks would; gives the ids. */
  accept(scenario: string, session?: number): readonly string[];
  /** Runs the hook on a payload; `shell` is run before in the same shell, such as `ulimit -n 30`. */
  hook(payload: unknown, fault?: Fault, env?: Readonly<Record<string, string>>, shell?: string): Promise<Ended>;
  /** Runs a worker until nothing is left to do, a day after the last event of the stage. */
  work(fault?: Fault, env?: Readonly<Record<string, string>>, shell?: string): Promise<Ended>;
  /** Runs a worker and kills it after so many milliseconds, wherever it is then: in SQLite, in a Git of its own. */
  workKilledAfter(ms: number): Promise<void>;
  /** Paths of the memories, relative to vault and outbox, each once. */
  memories(): readonly string[];
  /** What breaks the invariant now. */
  broken(options?: { readonly drained?: boolean }): readonly string[];
  log(): string;
  dispose(): void;
}

/** Builds hook and worker once for many runs. */
export async function buildPrograms(folder: string): Promise<Programs> {
  const common = {
    config: false,
    cwd: ROOT,
    platform: 'node',
    dts: false,
    clean: false,
    report: false,
    logLevel: 'error',
    hash: false,
    outDir: join(folder, 'dist'),
  } as const;
  for (const name of ['record', 'capture'])
    await build({ ...common, format: 'cjs', target: 'node18', entry: { [`hooks/${name}`]: `hooks/${name}.ts` } });
  await build({
    ...common,
    format: 'esm',
    fixedExtension: false,
    entry: { 'work-off': 'test/support/work-off.ts', 'fault-at-call': 'test/support/fault-at-call.ts' },
    deps: { neverBundle: ['@huggingface/transformers'] },
  });
  await build({
    ...common,
    format: 'cjs',
    target: 'node22',
    entry: { 'lazy/yaml-engine': 'src/vault/yaml-engine.ts' },
    inputOptions: { checks: { eval: false } },
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  symlinkSync(join(ROOT, 'templates'), join(folder, 'templates'));
  return {
    folder,
    hook: join(folder, 'dist', 'hooks', 'record.cjs'),
    worker: join(folder, 'dist', 'work-off.js'),
  };
}

/** `dataDir`: where the data folder is, when it is not in the stage's own home. */
export function openFaultStage(programs: Programs, options: { readonly dataDir?: string } = {}): FaultStage {
  const repo = makeRepo();
  const home = options.dataDir ?? join(repo.home, '.claude-mem');
  mkdirSync(join(home, 'memvault'), { recursive: true, mode: 0o700 });
  const env: Record<string, string> = {
    ...repo.env,
    CLAUDE_MEM_DATA_DIR: home,
    CLAUDE_MEM_NO_WORKER: '1',
    CLAUDE_MEM_VAULT: 'repository',
    CLAUDE_MEM_PROVIDER: 'extractive',
    CLAUDE_PROJECT_DIR: repo.root,
  };
  const paths = dataPaths(env);
  const stateDir = join(repo.root, '.git', 'claude-mem');
  const vaultDir = join(repo.root, '.claude-mem');
  const where = {
    home: paths.home,
    get stateDirs() {
      return [stateDir, join(vaultDir, 'cache'), ...personalStates(paths.vaults)].filter((dir) => existsSync(dir));
    },
    vaultDirs: [vaultDir],
  };
  const accepted: string[] = [];
  let drawn = 0;
  let last = START;

  const run = (
    file: string,
    options: {
      readonly input?: string;
      readonly env: Record<string, string>;
      readonly fault?: Fault | undefined;
      readonly shell?: string | undefined;
    },
  ): Promise<Ended> => {
    const countFile = join(repo.home, 'calls');
    rmSync(countFile, { force: true });
    const node = [process.execPath, '--import', join(programs.folder, 'dist', 'fault-at-call.js'), file];
    const child = spawn('/bin/sh', ['-c', `${options.shell ?? ':'}; exec "$@"`, 'sh', ...node], {
      cwd: repo.root,
      env: {
        ...options.env,
        FAULT_UNDER: options.fault?.under ?? [home, stateDir, vaultDir].join(':'),
        FAULT_COUNT: countFile,
        ...(options.fault === undefined
          ? {}
          : {
              FAULT_AT: String(options.fault.at),
              FAULT: options.fault.kind,
              FAULT_FROM: options.fault.lasting === true ? '1' : '0',
              FAULT_REMOVE: options.fault.folder ?? '',
            }),
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    return new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', (code, signal) => done({ code, signal, stdout, stderr, calls: readCount(countFile) }));
    });
  };

  return {
    repo,
    home,
    paths,
    env,
    stateDir,
    where,
    accepted,
    accept(scenario, session = 0) {
      const ids: string[] = [];
      for (const { payload, at } of readScenario(scenario, repo.root)[session] ?? []) {
        const draw = (length: number): string => (++drawn).toString(16).padStart(length, '0').slice(-length);
        last = Math.max(last, at);
        const origin = eventOrigin({ env, home: repo.home, dataDir: paths.dataDir, now: at, pid: 1, draw });
        const event = parsePayload(payload, origin);
        if ('ignored' in event) continue;
        appendEvent(paths.spool, event);
        ids.push(event.id);
      }
      accepted.push(...ids);
      return ids;
    },
    hook: (payload, fault, more = {}, shell) =>
      run(programs.hook, { input: JSON.stringify(payload), env: { ...env, ...more }, fault, shell }),
    work: (fault, more = {}, shell) =>
      run(programs.worker, { env: { ...env, WORK_AT: String(last + DAY_MS), ...more }, fault, shell }),
    async workKilledAfter(ms) {
      const worker = spawn(process.execPath, [programs.worker], {
        cwd: repo.root,
        env: { ...env, WORK_AT: String(last + DAY_MS) },
        stdio: 'ignore',
      });
      const ended = new Promise<void>((done) => worker.once('exit', () => done()));
      const timer = setTimeout(() => worker.kill('SIGKILL'), ms);
      await ended;
      clearTimeout(timer);
    },
    memories: () =>
      [
        ...new Set(
          [vaultDir, join(stateDir, 'outbox')].flatMap((folder) =>
            memoryFiles(folder).map((file) => file.slice(folder.length + 1)),
          ),
        ),
      ].toSorted(),
    broken: (options) => brokenInvariants(where, accepted, options),
    log: () => readText(join(paths.logs, 'worker.log')),
    dispose: () => repo.dispose(),
  };
}

/** Where personal vaults keep their state. */
function personalStates(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('/journal'))
    .map((name) => dirname(join(folder, name)));
}

/** Numbers spread evenly from 1 to `last`, at most `count`, the first and the last among them. */
export function spread(last: number, count: number): readonly number[] {
  if (last <= count) return Array.from({ length: last }, (_, at) => at + 1);
  return Array.from({ length: count }, (_, at) => 1 + Math.round((at * (last - 1)) / (count - 1)));
}

/** Whether the longer form of the fault suites was asked for (`npm run test:faults`). */
export const isLongRun = process.env['FAULTS'] === 'long';

function readCount(file: string): number | undefined {
  const text = readText(file);
  return text === '' ? undefined : Number(text);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
