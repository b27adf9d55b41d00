// How a process learns from the one that watches the vault's files that the index has every change: it asks, and the answer comes
// after every change before the question, because the file system tells of both in order.

import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangeFeed } from './file-source.ts';

/** A question is an empty file in this folder beside the index; the watcher answers by removing it. */
export function questionFolder(indexFolder: string): string {
  return join(indexFolder, 'questions');
}

/** Says for a few seconds that somebody watches and answers. Makes the folder of questions. */
export function beatWatcher(indexFolder: string, now: number): void {
  const folder = questionFolder(indexFolder);
  const time = new Date(now);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(join(folder, BEAT), 'a', 0o600));
    utimesSync(join(folder, BEAT), time, time);
  } catch {
    // Nobody is deceived: without it every process looks at the files itself.
  }
}

/** Takes that back. */
export function endWatcher(indexFolder: string): void {
  rmSync(join(questionFolder(indexFolder), BEAT), { force: true });
}

/** Asks in this process, as others do; false when the question cannot be written. */
export function putQuestion(indexFolder: string, name: string): boolean {
  try {
    closeSync(openSync(join(questionFolder(indexFolder), name), 'wx', 0o600));
    return true;
  } catch {
    return false;
  }
}

/**
 * Answers the question of this name. Only one that the file system told of may be answered: of a change before a question that is
 * merely seen in the folder it may not have told yet.
 */
export function answerQuestion(indexFolder: string, name: string): void {
  if (name !== BEAT) rmSync(join(questionFolder(indexFolder), name), { force: true });
}

/**
 * The feed of a process that does not watch itself: nothing changed, if the watcher says so now; else nothing is known. A watcher
 * that does not answer at once is not asked again for a while.
 */
export function followWatcher(indexFolder: string, now: () => number): ChangeFeed {
  let silentAt = Number.NEGATIVE_INFINITY;
  return {
    take() {
      const at = now();
      if (Math.abs(at - silentAt) < SILENCE_MS || !isBeating(indexFolder, at)) return undefined;
      if (ask(indexFolder)) return NOTHING;
      silentAt = at;
      return undefined;
    },
    putBack: () => undefined,
    forget: () => undefined,
  };
}

const BEAT = 'watching';
const BEAT_MS = 3_000;
/** A watcher that has nothing else to do answers in a millisecond or two. */
const PATIENCE_MS = 40;
const SILENCE_MS = 1_000;
const NOTHING: ReadonlySet<string> = new Set();

function isBeating(indexFolder: string, now: number): boolean {
  const stats = statSync(join(questionFolder(indexFolder), BEAT), { throwIfNoEntry: false });
  return stats !== undefined && Math.abs(now - stats.mtimeMs) < BEAT_MS;
}

/** Whether an answer came in time. */
function ask(indexFolder: string): boolean {
  const name = `${process.pid}-${performance.now()}`;
  if (!putQuestion(indexFolder, name)) return false;
  const question = join(questionFolder(indexFolder), name);
  const start = performance.now();
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(question)) {
    if (performance.now() - start > PATIENCE_MS) {
      rmSync(question, { force: true });
      return false;
    }
    Atomics.wait(never, 0, 0, 0.5);
  }
  return true;
}
