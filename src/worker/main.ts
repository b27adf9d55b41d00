// The worker's process: takes the user's lock, works in cycles, serves the page, ends itself when idle.

import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, utimesSync, watch } from 'node:fs';
import { join } from 'node:path';
import { toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger, RandomBytes } from '../model/ports.ts';
import type { ViewerSource } from '../model/viewer-source.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';
import { createHeapLimit } from '../system/heap-limit.ts';
import { takeLock } from '../system/lock.ts';
import { openLog } from '../system/log.ts';
import { dataPaths } from '../system/paths.ts';
import { countSpool } from '../system/spool-count.ts';
import { ensureSettingsFile, readSettings } from '../system/settings.ts';
import { HEARTBEAT_MS, processBirth } from '../system/worker-file.ts';
import type { WorkerFile } from '../system/worker-file.ts';
import { VERSION } from '../system/version.ts';
import { markPresence } from './presence-mark.ts';
import { openWorker } from './worker.ts';

/** Longest pause between two looks at the spool; a new event ends it at once. */
const PAUSE_MS = 1_000;
/** The same while a turn that ended is about to be worked off. */
const SHORT_PAUSE_MS = 250;
/** Shortest: events of many sessions are taken together, and the hooks that bring them need the processor too. */
const REST_MS = 200;

/** Resident memory in bytes that the worker is content with: it runs beside the developer's own programs. */
const HEAP_LIMIT = 130e6;

/** Starts the live page over what the worker knows; brought by the process's entry. */
export type StartPage = (
  source: ViewerSource,
  options: {
    readonly port: number;
    readonly token: string;
    readonly version: string;
    readonly logger: Logger;
    readonly clock: Clock;
    readonly randomBytes: RandomBytes;
  },
) => Promise<{ readonly port: number; close(): Promise<void> }>;

/** Runs until idle or told to stop (SIGTERM, SIGINT, SIGHUP). A second worker of the same user ends at once. */
export async function runWorker(startPage: StartPage, env: NodeJS.ProcessEnv): Promise<void> {
  const paths = dataPaths(env);
  mkdirSync(paths.home, { recursive: true, mode: 0o700 });
  const lock = takeLock(paths.workerLock, 0);
  if (lock === undefined) return;
  const clock = { now: () => Date.now() };
  ensureSettingsFile(paths.settingsFile);
  const settings = readSettings({ env, file: paths.settingsFile }).values;
  const log = openLog(join(paths.logs, 'worker.log'), { level: settings['log.level'], clock });
  const token = randomBytes(32).toString('hex');
  const worker = openWorker({ paths, env, clock, log, randomBytes: (length) => randomBytes(length) });
  const viewer = settings.viewer
    ? await startPage(worker.viewerSource, {
        port: settings.port,
        token,
        version: VERSION,
        logger: log,
        clock,
        randomBytes,
      }).catch((error: unknown) => {
        log.warn('the viewer could not be started', { message: toMemvaultError(error).message });
        return undefined;
      })
    : undefined;
  const born = processBirth(process.pid);
  const self: WorkerFile = {
    pid: process.pid,
    port: viewer?.port ?? 0,
    token,
    startedAt: new Date(clock.now()).toISOString(),
    version: VERSION,
    ...(born === undefined ? {} : { born }),
  };
  const heartbeat = setInterval(() => beat(paths.workerFile), HEARTBEAT_MS);
  const unmark = markPresence(env['CLAUDE_PLUGIN_DATA'], process.pid);

  const wake = createWake();
  const spoolWatch = watchFolder(join(paths.spool, 'new'), () => wake.now());
  let stopping = false;
  const stop = (): void => {
    stopping = true;
    wake.end();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  // A terminal that closes; without this it would end in the middle of a batch.
  process.once('SIGHUP', stop);

  const heap = createHeapLimit(HEAP_LIMIT);
  let lastWork = clock.now();
  try {
    writeFileAtomic(paths.workerFile, `${JSON.stringify(self)}\n`);
    // The attempt has succeeded: when this worker ends, however soon, the next hook may start another at once.
    rmSync(paths.startMark, { force: true });
    log.info('started', { pid: process.pid, port: self.port, node: process.version });
    while (!stopping) {
      if (!lock.isCurrent()) {
        // Whoever comes next takes the lock of the new folder: two would work on the same events.
        log.warn('the data folder went from under the worker', { pid: process.pid });
        break;
      }
      const report = await worker.cycle().catch((error: unknown) => {
        log.error('a cycle failed', { message: toMemvaultError(error).message });
        return {
          busy: false,
          isDone: false,
          settling: false,
          embedding: false,
          idleMs: settings['worker.idleSeconds'] * 1000,
          by: [],
        };
      });
      heap.keep();
      if (report.busy || report.settling || report.embedding) lastWork = clock.now();
      if (clock.now() - lastWork >= report.idleMs) {
        // The heartbeat goes first: a hook that writes from now on starts a new worker, one that wrote before is seen here.
        rmSync(paths.workerFile, { force: true });
        if (worker.waiting() === 0) break;
        writeFileAtomic(paths.workerFile, `${JSON.stringify(self)}\n`);
        lastWork = clock.now();
      }
      if (report.isDone) continue;
      await wake.rest(REST_MS);
      await wake.wait((report.settling ? SHORT_PAUSE_MS : PAUSE_MS) - REST_MS);
    }
  } catch (error) {
    log.error('ended by a fault', { pid: process.pid, message: toMemvaultError(error).message });
    throw error;
  } finally {
    clearInterval(heartbeat);
    unmark();
    spoolWatch?.close();
    forget(paths.workerFile);
    await viewer?.close();
    await worker.close();
    lock.release();
  }
  log.info('ended', { pid: process.pid, reason: stopping ? 'told to' : 'idle' });
  // A hook that wrote while this worker was ending could start no other: the lock was still held.
  if (!stopping && countSpool(paths).waiting > 0) await runWorker(startPage, env);
}

function beat(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // The file is gone only while the worker ends.
  }
}

/** Takes the worker's file away. Where that is refused its age tells that nobody beats any more. */
function forget(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // What is open must be closed all the same.
  }
}

function watchFolder(folder: string, onChange: () => void): { close(): void } | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return watch(folder, onChange);
  } catch {
    // Without a watch the pause between two looks bounds the delay.
    return undefined;
  }
}

interface Wake {
  /** Ends the pause that is, or shortens the next one. */
  now(): void;
  wait(ms: number): Promise<void>;
  /** A pause that only `end` ends early. */
  rest(ms: number): Promise<void>;
  /** There are no more pauses. */
  end(): void;
}

function createWake(): Wake {
  let pending = false;
  let ended = false;
  let wakeUp: (() => void) | undefined;
  let endRest: (() => void) | undefined;
  const pause = (ms: number, keep: (done: (() => void) | undefined) => void): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        keep(undefined);
        resolve();
      }
      keep(done);
    });
  return {
    now() {
      pending = true;
      wakeUp?.();
    },
    async wait(ms) {
      if (!pending && !ended) await pause(ms, (done) => (wakeUp = done));
      pending = false;
    },
    async rest(ms) {
      if (!ended) await pause(ms, (done) => (endRest = done));
    },
    end() {
      ended = true;
      wakeUp?.();
      endRest?.();
    },
  };
}
