// `memvault worker`: starts, stops and looks at the background worker.

import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MemvaultError } from '../../model/errors.ts';
import { cleanText } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { readWorkerFile } from '../../system/worker-file.ts';
import type { WorkerFile } from '../../system/worker-file.ts';
import { startWorker } from '../../system/start-worker.ts';
import { textOption } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

const PATIENCE_MS = 10_000;

export const workerCommand: Command = {
  name: 'worker',
  summary: 'Start, stop or look at the background worker.',
  usage: 'start | stop | status | logs',
  options: {
    lines: { type: 'string', short: 'n', value: 'n', meaning: 'With `logs`: how many lines; 40 when left out.' },
  },
  positionals: { min: 0, max: 1 },
  examples: ['memvault worker status', 'memvault worker stop', 'memvault worker logs -n 100'],
  async run(input) {
    const verb = input.positionals[0] ?? 'status';
    switch (verb) {
      case 'start':
        return start(input);
      case 'stop':
        return stop(input);
      case 'status':
        return describe(running(input));
      case 'logs':
        return logs(input);
      default:
        throw new MemvaultError(
          'invalid_input',
          `\`memvault worker\` expects start, stop, status or logs, got "${verb}"`,
          { hint: 'For example: memvault worker status' },
        );
    }
  },
};

/** The running worker, started when there is none; throws `unavailable` when it does not come up. */
export async function ensureRunning(input: CommandInput): Promise<WorkerFile> {
  const already = running(input);
  if (already !== undefined) return already;
  // A worker that cannot write its folder ends without a word.
  const { home } = dataPaths(input.env);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  accessSync(home, constants.W_OK);
  startWorker(input.env);
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const worker = running(input);
    if (worker !== undefined) return worker;
    if (Date.now() > until)
      throw new MemvaultError('unavailable', 'the worker did not come up within ten seconds', {
        hint: 'Run `memvault worker logs` to see why.',
      });
    await sleep(50);
  }
}

async function start(input: CommandInput): Promise<CommandResult> {
  const before = running(input);
  const worker = await ensureRunning(input);
  return {
    text: before === undefined ? `Started (pid ${worker.pid}).` : `Already running (pid ${worker.pid}).`,
    json: publicFacts(worker),
  };
}

async function stop(input: CommandInput): Promise<CommandResult> {
  const worker = await stopWorker(input);
  if (worker === undefined) return { text: 'Not running.', json: { running: false } };
  return {
    text: `Stopped (pid ${worker.pid}). The next session starts it again.`,
    json: { running: false, stopped: worker.pid },
  };
}

/** Ends the running worker and waits for its end; answers which it was. Throws `busy` when it goes on. */
export async function stopWorker(input: CommandInput): Promise<WorkerFile | undefined> {
  const worker = running(input);
  if (worker === undefined) return undefined;
  process.kill(worker.pid, 'SIGTERM');
  const until = Date.now() + PATIENCE_MS;
  while (running(input) !== undefined) {
    if (Date.now() > until)
      throw new MemvaultError('busy', `the worker (pid ${worker.pid}) is still finishing its batch`, {
        hint: 'Run `memvault worker status` in a moment.',
      });
    await sleep(50);
  }
  return worker;
}

function describe(worker: WorkerFile | undefined): CommandResult {
  if (worker === undefined)
    return {
      text: 'Not running. It starts by itself with the next session; `memvault worker start` starts it now.',
      json: { running: false },
    };
  const page = worker.port === 0 ? 'no page' : `page at http://127.0.0.1:${worker.port} (run \`memvault open\`)`;
  return {
    text: `Running: pid ${worker.pid}, since ${worker.startedAt}, version ${worker.version}, ${page}.`,
    json: publicFacts(worker),
  };
}

function logs(input: CommandInput): CommandResult {
  const file = join(dataPaths(input.env).logs, 'worker.log');
  const wanted = Number(textOption(input, 'lines') ?? '40');
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 10_000)
    throw new MemvaultError('invalid_input', '--lines expects a whole number from 1 to 10000');
  if (!existsSync(file)) return { text: `No log yet. It will be at ${file}.`, json: { file, lines: [] } };
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-wanted);
  return { text: cleanText(lines.join('\n')), json: { file, lines } };
}

function running(input: CommandInput): WorkerFile | undefined {
  return readWorkerFile(dataPaths(input.env).workerFile, Date.now());
}

/** Everything but the token. */
function publicFacts({ pid, port, startedAt, version }: WorkerFile): unknown {
  return { running: true, pid, port, startedAt, version };
}
