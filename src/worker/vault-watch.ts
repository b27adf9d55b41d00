// Keeps a vault's index at the state of its files: by a watch while sessions use the vault, by a glance at Git's files after that.

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { SyncReport } from '../model/search.ts';
import type { OpenVault } from '../app.ts';
import { createChangeLog } from './change-log.ts';
import type { FileWatch, WatchListener } from './file-watch.ts';
import { watchFiles } from './file-watch.ts';

export interface VaultWatchParts {
  readonly vault: Pick<OpenVault, 'place' | 'syncInSlices' | 'watched'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** The index has taken changes in. */
  readonly changed: (report: SyncReport) => void;
  /** Starts the watch itself; the one of the file system when left out. */
  readonly watch?: (root: string, listener: WatchListener) => Promise<FileWatch>;
}

export interface VaultWatch {
  /** A session uses the vault: its files are watched from now on, for an hour after the last use. */
  use(): void;
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
/** Another process writes the index, or nothing can be written. */
const RETRY_MS = 1_000;
/** How often everything is looked at, whatever the watch told: some file systems tell nothing. */
const PROOF_MS = 30_000;
/** How often Git's files are glanced at where nothing is watched. */
const GLANCE_MS = 5_000;

export function watchVault(parts: VaultWatchParts): VaultWatch {
  const { vault, clock, log } = parts;
  const { vaultDir } = vault.place;
  const changes = createChangeLog();
  let usedAt = clock.now();
  let watch: FileWatch | undefined;
  /** Which folder is watched: another one may take its path. */
  let watchedRoot: string | undefined;
  let isStarting = false;
  let isSyncing = false;
  let isMarked = false;
  /** The watch missed a change: it is not relied on any more. */
  let isDeaf = false;
  let closed = false;
  let timer: { readonly at: number; readonly handle: NodeJS.Timeout } | undefined;
  let burstSince: number | undefined;
  let provedAt = 0;
  let glancedAt = 0;
  let glance = '';

  const unmark = (): void => {
    if (isMarked) vault.watched.unmark();
    isMarked = false;
  };
  const schedule = (delayMs: number): void => {
    const at = clock.now() + delayMs;
    if (closed || (timer !== undefined && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    timer = { at, handle: setTimeout(() => void sync(), delayMs) };
  };
  const listener: WatchListener = {
    changed(path) {
      unmark();
      // The vault's folder itself went, or another took its place: the next tick begins anew.
      if (path === '') stop();
      changes.note(path);
      burstSince ??= clock.now();
      clearTimeout(timer?.handle);
      timer = undefined;
      const waited = clock.now() - burstSince;
      const pause = changes.count() > BURST ? BURST_PAUSE_MS : PAUSE_MS;
      schedule(Math.max(0, Math.min(pause, LONGEST_PAUSE_MS - waited)));
    },
    lost(reason) {
      log.warn('the files of a vault cannot be watched', { vault: vaultDir, reason });
      isDeaf = true;
      stop();
    },
  };

  async function sync(): Promise<SyncReport | undefined> {
    timer = undefined;
    burstSince = undefined;
    if (isSyncing || closed) return undefined;
    isSyncing = true;
    try {
      const report = await vault.syncInSlices();
      if (report.stale) schedule(RETRY_MS);
      else if (report.added + report.changed + report.removed > 0) {
        parts.changed(report);
        schedule(SETTLE_MS);
      }
      return report;
    } catch (error) {
      log.warn('the index could not be brought up to date', {
        vault: vaultDir,
        message: toMemvaultError(error).message,
      });
      schedule(RETRY_MS * 10);
      return undefined;
    } finally {
      isSyncing = false;
      if (changes.count() > 0) schedule(PAUSE_MS);
      mark();
    }
  }

  function mark(): void {
    const isWhole = watch !== undefined && watchedRoot === identityOf(vaultDir) && !isDeaf && !closed;
    if (!isWhole || isSyncing || timer !== undefined || !changes.isKnown() || changes.count() > 0) return;
    isMarked = true;
    vault.watched.mark();
  }

  async function start(): Promise<void> {
    const root = identityOf(vaultDir);
    if (isStarting || root === undefined) return;
    isStarting = true;
    try {
      const started = await (parts.watch ?? watchFiles)(vaultDir, listener);
      if (closed || isDeaf) return await started.close();
      watch = started;
      watchedRoot = root;
      provedAt = clock.now();
      // What changed before the watch stood is not known.
      changes.forget();
      vault.watched.follow(changes);
      schedule(0);
    } finally {
      isStarting = false;
    }
  }

  function stop(): void {
    unmark();
    vault.watched.follow(undefined);
    void watch?.close();
    watch = undefined;
    watchedRoot = undefined;
  }

  /** Looks at everything; whatever differs, the watch has not told. */
  async function prove(): Promise<void> {
    provedAt = clock.now();
    await sync();
    if (changes.count() > 0 || timer !== undefined) return;
    changes.forget();
    const report = await sync();
    const isMissed = report !== undefined && !report.stale && report.added + report.changed + report.removed > 0;
    if (!isMissed || changes.count() > 0) return;
    listener.lost('it told nothing of a change');
  }

  return {
    use() {
      usedAt = clock.now();
      if (watch === undefined && !isDeaf) void start();
    },
    tick() {
      if (closed) return;
      const now = clock.now();
      const isUsed = now - usedAt < USED_MS;
      if (watch !== undefined && (!isUsed || watchedRoot !== identityOf(vaultDir))) stop();
      if (watch === undefined && isUsed && !isDeaf) void start();
      if (watch !== undefined && now - provedAt >= PROOF_MS) void prove();
      else mark();
      if (watch === undefined && now - glancedAt >= GLANCE_MS) {
        glancedAt = now;
        const seen = glanceAtGit(vault.place.gitDir, vaultDir);
        if (seen !== glance) schedule(0);
        glance = seen;
      }
    },
    async close() {
      closed = true;
      clearTimeout(timer?.handle);
      unmark();
      vault.watched.follow(undefined);
      await watch?.close();
    },
  };
}

/** What changes when Git changes the work tree, and when somebody adds or removes a folder of the vault. */
function glanceAtGit(gitDir: string | undefined, vaultDir: string): string {
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
