// Runs the capture hook again and again beside `node -e 0` and takes the CPU time of each process, as the shell's `time` tells it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HookCase {
  readonly name: string;
  /** The payload on stdin. */
  readonly input: string;
  /**
   * `dead`: the worker is dead and another hook has just started one, as for every hook but the first. `start`: every single run
   * starts one, as the first does. `none`: started by nobody (CLAUDE_MEM_NO_WORKER=1).
   */
  readonly worker: 'live' | 'dead' | 'start' | 'none';
  /** The most that is allowed, as a multiple of `node -e 0`. */
  readonly limit: number;
}

export interface HookFigure {
  readonly name: string;
  readonly worker: string;
  readonly inputBytes: number;
  /** Median CPU (user and system) in milliseconds. */
  readonly hookMs: number;
  readonly floorMs: number;
  readonly ratio: number;
  readonly limit: number;
  readonly withinLimit: boolean;
}

export interface HookBench {
  readonly node: string;
  readonly hook: string;
  /** A folder that may be filled and emptied. */
  readonly folder: string;
  readonly rounds: number;
}

/** Measures every case, hook and floor in turns within one run, so that whatever else the machine does hits both. */
export function benchHook(bench: HookBench, cases: readonly HookCase[]): HookFigure[] {
  const prepared = cases.map((one, at) => prepare(bench, one, at));
  const floors: number[][] = cases.map(() => []);
  const hooks: number[][] = cases.map(() => []);
  for (let round = -2; round < bench.rounds; round++)
    for (const [at, one] of prepared.entries()) {
      one.reset();
      const floor = cpuOf('"$NODE" -e 0', one.inputFile, one.env);
      const hook = cpuOf('"$NODE" "$HOOK"', one.inputFile, one.env);
      // The first rounds only warm the caches of the disk.
      if (round < 0) continue;
      floors[at]?.push(floor);
      hooks[at]?.push(hook);
    }
  return cases.map((one, at) => {
    const floorMs = median(floors[at] ?? []);
    const hookMs = median(hooks[at] ?? []);
    const ratio = hookMs / floorMs;
    return {
      name: one.name,
      worker: one.worker,
      inputBytes: Buffer.byteLength(one.input),
      hookMs,
      floorMs,
      ratio,
      limit: one.limit,
      withinLimit: ratio <= one.limit,
    };
  });
}

interface Prepared {
  readonly inputFile: string;
  readonly env: Record<string, string>;
  /** Brings the worker's file back to what the case asks. */
  reset(): void;
}

function prepare(bench: HookBench, one: HookCase, at: number): Prepared {
  const home = join(bench.folder, `case-${at}`);
  const project = join(home, 'project');
  const data = join(home, 'data');
  const own = join(data, 'memvault');
  mkdirSync(project, { recursive: true });
  mkdirSync(own, { recursive: true, mode: 0o700 });
  execFileSync('git', ['init', '-q', '-b', 'main', project], { env: { ...process.env, HOME: home } });
  const inputFile = join(home, 'input.json');
  writeFileSync(inputFile, one.input.replaceAll('/home/dev/acme-api', project));
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    NODE: bench.node,
    HOOK: bench.hook,
    CLAUDE_MEM_DATA_DIR: data,
    CLAUDE_PROJECT_DIR: project,
    // A worker that is really started must not linger.
    CLAUDE_MEM_WORKER_IDLE_SECONDS: '1',
  };
  if (one.worker === 'none') env['CLAUDE_MEM_NO_WORKER'] = '1';
  const workerFile = join(own, 'worker.json');
  return {
    inputFile,
    env,
    reset() {
      rmSync(join(own, 'spool'), { recursive: true, force: true });
      if (one.worker === 'start') rmSync(join(own, 'starting'), { force: true });
      if (one.worker === 'dead') writeFileSync(join(own, 'starting'), '');
      if (one.worker === 'none') return;
      const started = new Date().toISOString();
      const pid = one.worker === 'live' ? process.pid : 2 ** 22 + 1;
      writeFileSync(workerFile, JSON.stringify({ pid, port: 1, token: 'x', startedAt: started, version: '0' }), {
        mode: 0o600,
      });
      if (one.worker !== 'live') utimesSync(workerFile, 1, 1);
    },
  };
}

/** User and system CPU of one process in milliseconds. */
function cpuOf(command: string, inputFile: string, env: Record<string, string>): number {
  const script = `TIMEFORMAT='%3U %3S'; { time ${command} < "$1" > /dev/null 2> /dev/null; } 2>&1`;
  // `time` writes to the shell's own stderr, which goes where its stdout goes.
  const output = execFileSync('bash', ['-c', script, 'bench', inputFile], { env, encoding: 'utf8' });
  const times = /^(\d+\.\d+) (\d+\.\d+)$/.exec(output.trim());
  if (times === null) throw new Error(`bash's time said "${output.slice(0, 200)}", expected two numbers`);
  return (Number(times[1]) + Number(times[2])) * 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
