// Keeps a vault's index at the state of its files: by a watch while sessions use the vault, by a glance at Git's files after that.

import { lstatSync, watch as watchFolder } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { SyncReport } from '../model/search.ts';
import type { OpenVault } from '../app.ts';
import { createChangeLog } from './change-log.ts';
import type { FileWatch, WatchListener } from './file-watch.ts';
import { isGone, watchFiles } from './file-watch.ts';

export interface VaultWatchParts {
  readonly vault: Pick<OpenVault, 'place' | 'syncInSlices' | 'watched'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The index has taken changes in. */
  readonly changed: (report: SyncReport) => void;
  /** Starts the watch itself; that of the file system when left out. */
  readonly watch?: (root: string, listener: WatchListener) => Promise<FileWatch>;
}

export interface VaultWatch {
  /** A session uses the vault: its files are watched from now on, until an hour after the last use. */
  use(): void;
  /** Whether the index has every change that was made before this question; false where it is not known in time. */
  hasAll(): Promise<boolean>;
  /** Looks after the watch; to be called about once a second. */
  tick(): void;
  close(): Promise<void>;
}

const USED_MS = 3_600_000;
/** A single save is taken in after this pause; more come with a burst, as of a checkout, which is waited for. */
const PAUSE_MS = 30;
const BURST = 20;
const BURST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** A file that was taken in just after it changed is looked at once more. */
const SETTLE_MS = 150;
/** Another process writes the index; and when nothing can be written. */
const RETRY_MS = 1_000;
const FAULT_RETRY_MS = 10_000;
/** How often everything is looked at, whatever the watch told: some file systems tell nothing. More seldom where it takes long. */
const PROOF_MS = 30_000;
const PROOF_SHARE = 1 / 200;
/** A question of this process' own waits no longer: whoever asked looks for itself then. */
const PATIENCE_MS = 100;
/** How often Git's files are glanced at where nothing is watched. */
const GLANCE_MS = 5_000;

export function watchVault(parts: VaultWatchParts): VaultWatch {
  const { vault, clock, log } = parts;
  const { vaultDir, gitDir } = vault.place;
  const changes = createChangeLog();
  let usedAt = clock.now();
  let watch: { readonly files: FileWatch; readonly questions: FSWatcher; readonly root: string } | undefined;
  /** Names of questions whose coming the file system told. */
  const asked = new Set<string>();
  /** The questions of this process itself. */
  const own = new Map<string, (hasAll: boolean) => void>();
  let questions = 0;
  let isStarting = false;
  let isSyncing = false;
  /** The watch cannot be relied on, on this machine, for this vault. */
  let isUnreliable = false;
  let closed = false;
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;
  let burstSince: number | undefined;
  let nextProof = 0;
  let glancedAt = 0;
  let glance = '';

  const schedule = (delayMs: number): void => {
    const at = clock.now() + delayMs;
    if (closed || (timer !== undefined && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    timer = { at, handle: setTimeout(() => void sync(), delayMs) };
  };
  const postpone = (delayMs: number): void => {
    clearTimeout(timer?.handle);
    timer = undefined;
    schedule(delayMs);
  };
  const listener: WatchListener = {
    changed(path) {
      // The vault's folder itself went, or another took its place: the next tick begins anew.
      if (path === '') stop();
      changes.note(path);
      burstSince ??= clock.now();
      const left = LONGEST_PAUSE_MS - (clock.now() - burstSince);
      postpone(Math.max(0, Math.min(left, changes.count() > BURST ? BURST_PAUSE_MS : PAUSE_MS)));
    },
    lost(reason) {
      log.warn('the files of a vault cannot be watched', { vault: vaultDir, reason });
      isUnreliable = true;
      stop();
    },
  };

  async function sync(): Promise<SyncReport | undefined> {
    clearTimeout(timer?.handle);
    timer = undefined;
    burstSince = undefined;
    if (isSyncing || closed) return undefined;
    isSyncing = true;
    try {
      const report = await vault.syncInSlices();
      if (report.stale) schedule(RETRY_MS);
      else if (didChange(report)) {
        if (!report.rebuilt) parts.changed(report);
        schedule(SETTLE_MS);
      }
      return report;
    } catch (error) {
      log.warn('the index could not be brought up to date', {
        vault: vaultDir,
        message: toMemvaultError(error).message,
      });
      schedule(FAULT_RETRY_MS);
      return undefined;
    } finally {
      isSyncing = false;
      if (changes.count() > 0) schedule(PAUSE_MS);
      else answer();
    }
  }

  /** Answers who asked, if the index has all that was told; else as soon as it has. */
  function answer(): void {
    if (watch === undefined || isSyncing || asked.size === 0) return;
    if (changes.count() > 0) return schedule(0);
    for (const name of asked) {
      vault.watched.answer(name);
      own.get(name)?.(true);
    }
    asked.clear();
  }

  async function start(): Promise<void> {
    const root = identityOf(vaultDir);
    if (isStarting || closed || root === undefined) return;
    isStarting = true;
    try {
      const files = await (parts.watch ?? watchFiles)(vaultDir, listener);
      if (closed || isUnreliable) return await files.close();
      // Makes the folder of questions.
      vault.watched.beat();
      const questions = watchFolder(vault.watched.questions, { persistent: false }, (_, name) => {
        if (name !== null) asked.add(name);
        answer();
      });
      questions.on('error', () => stop());
      watch = { files, questions, root };
      nextProof = clock.now() + PROOF_MS;
      // What changed before the watch stood is not known.
      changes.forget();
      vault.watched.follow(changes);
      schedule(0);
    } catch (error) {
      // The vault's folder went: the next tick looks whether there is another.
      if (!isGone(error)) listener.lost(error instanceof Error ? error.message : String(error));
    } finally {
      isStarting = false;
    }
  }

  function stop(): void {
    for (const settle of own.values()) settle(false);
    vault.watched.end();
    vault.watched.follow(undefined);
    watch?.questions.close();
    void watch?.files.close();
    watch = undefined;
  }

  /** Looks at everything: whatever differs, the watch has not told. */
  async function prove(): Promise<void> {
    nextProof = Number.POSITIVE_INFINITY;
    await sync();
    const start = clock.now();
    const isQuiet = changes.count() === 0;
    if (isQuiet) changes.forget();
    const report = isQuiet ? await sync() : undefined;
    const now = clock.now();
    nextProof = now + Math.max(PROOF_MS, (now - start) / PROOF_SHARE);
    const isMissed = report !== undefined && !report.stale && didChange(report);
    if (isMissed && changes.count() === 0) listener.lost('a change was not told');
  }

  return {
    use() {
      usedAt = clock.now();
      if (watch === undefined && !isUnreliable) void start();
    },
    async hasAll() {
      const name = `own-${process.pid}-${++questions}`;
      if (watch === undefined || closed || !vault.watched.ask(name)) return false;
      const isTold = await new Promise<boolean>((settle) => {
        own.set(name, settle);
        setTimeout(settle, PATIENCE_MS, false).unref();
      });
      own.delete(name);
      if (!isTold) {
        vault.watched.answer(name);
        return false;
      }
      // The outbox, which is not watched, and what changed a moment ago.
      const { stale } = await vault.syncInSlices();
      return !stale;
    },
    tick() {
      const now = clock.now();
      const isUsed = now - usedAt < USED_MS;
      if (watch !== undefined && (!isUsed || watch.root !== identityOf(vaultDir))) stop();
      if (watch !== undefined) {
        vault.watched.beat();
        if (now >= nextProof) void prove();
        return;
      }
      if (isUsed && !isUnreliable) void start();
      if (now - glancedAt < GLANCE_MS) return;
      glancedAt = now;
      const seen = glanceAt(gitDir, vaultDir);
      if (seen !== glance) schedule(0);
      glance = seen;
    },
    async close() {
      closed = true;
      for (const settle of own.values()) settle(false);
      clearTimeout(timer?.handle);
      vault.watched.end();
      vault.watched.follow(undefined);
      watch?.questions.close();
      await watch?.files.close();
    },
  };
}

function didChange({ added, changed, removed }: SyncReport): boolean {
  return added + changed + removed > 0;
}

/** What Git changes when it changes the work tree, and what changes when a folder comes or goes. */
function glanceAt(gitDir: string | undefined, vaultDir: string): string {
  const files = gitDir === undefined ? [] : [join(gitDir, 'HEAD'), join(gitDir, 'index')];
  return [...files, vaultDir, join(vaultDir, 'memories'), join(vaultDir, 'sessions')].map(timesOf).join('\n');
}

function timesOf(file: string): string {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

function identityOf(folder: string): string | undefined {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true ? `${stats.dev} ${stats.ino}` : undefined;
}
