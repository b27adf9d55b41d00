// An index that is brought up to date before it is read: looked at at most every so often, written under the clone's lock.

import { statSync } from 'node:fs';
import { MemvaultError, toMemvaultError } from '../model/errors.ts';
import type { SyncReport } from '../model/search.ts';
import { takeLock } from '../system/lock.ts';
import { buildIndex } from './build.ts';
import { explainWriteFault, isBrokenIndex, isWriteFault, openEmptyIndex, openExistingIndex } from './database.ts';
import type { IndexDatabase } from './database.ts';
import type { ChangeFeed, MemoryFileSource } from './file-source.ts';
import { loadIndex } from './load.ts';
import { lookForChanges } from './look.ts';
import { finish, finishInSlices } from './steps.ts';
import type { Steps } from './steps.ts';
import { reportUnchanged, takeIn } from './sync.ts';

export interface UpToDateOptions {
  readonly file: string;
  /** Whoever writes the index holds this lock. */
  readonly lockFile: string;
  readonly sources: readonly MemoryFileSource[];
  /** A look that is younger counts. */
  readonly maxAgeMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface UpToDateIndex {
  /**
   * Brings the index up to date, then reads it in one state. Who cannot get the lock, or cannot write, reads what is there, and
   * `stale` is true. An index that turns out broken is made anew and read again, once.
   */
  read<T>(work: (database: IndexDatabase) => T): { readonly value: T; readonly stale: boolean };
  /** Takes changes in now, however young the last look is; the report says `stale` when another process holds the lock. */
  sync(): SyncReport;
  /** The same in short slices, between which the process does other things; meanwhile reads answer from the old state as `stale`. */
  syncInSlices(): Promise<SyncReport>;
  /** Why the index could not be written when it was tried last; undefined when it could. */
  fault(): MemvaultError | undefined;
  /**
   * Makes the index anew from the files; readers have the old one until it is done. A sync in slices that is underway is given up:
   * it reports `stale`. Throws `busy`, `unavailable`.
   */
  rebuild(): SyncReport;
  /** Another text whenever what can be read may have changed; comparable with others of this object only. */
  revision(): string;
  close(): void;
}

/** How long a caller waits for the lock before it makes do with what is there. */
const LOCK_WAIT_MS = 50;
/** A rebuild is asked for by a person, who can wait a little for a running sync. */
const REBUILD_WAIT_MS = 5000;
/** Who could not write does not look at all files again before so long. */
const STALE_PAUSE_MS = 250;

/** Opens nothing yet; keeps the index open between calls and follows when the file is replaced. */
export function openUpToDateIndex(options: UpToDateOptions): UpToDateIndex {
  const { file, lockFile, sources, maxAgeMs, now } = options;
  let connection: IndexDatabase | undefined;
  let connections = 0;
  /** The last look that left nothing to do, and the file that it looked at. */
  let last: { readonly at: number; readonly identity: string | undefined } | undefined;
  /** The file that has all that the feeds told so far. */
  let followed: string | undefined;
  /** When this process could not write, because another did or nothing can be written. */
  let staleAt = Number.NEGATIVE_INFINITY;
  let fault: MemvaultError | undefined;
  let running = false;
  let slices: Promise<SyncReport> | undefined;
  /** The sync that runs in slices, or ran last. */
  let sliced: Steps<SyncReport> | undefined;

  const use = (database: IndexDatabase | undefined): IndexDatabase | undefined => {
    connections++;
    return (connection = database);
  };
  const useEmpty = (): IndexDatabase => {
    const database = openEmptyIndex();
    use(database);
    return database;
  };
  const disconnect = (): void => {
    connection?.close();
    connection = undefined;
  };
  const connect = (): IndexDatabase | undefined => {
    if (connection?.isCurrent() === true) return connection;
    disconnect();
    return use(openExistingIndex(file));
  };
  const isYoung = (): boolean => {
    return last !== undefined && isWithin(now() - last.at, maxAgeMs) && last.identity === identityOf(file);
  };
  const feeds = (): readonly ChangeFeed[] => sources.flatMap((source) => source.changes ?? []);

  const noteLook = (at: number): void => {
    last = { at, identity: identityOf(file) };
    followed = last.identity;
    staleAt = Number.NEGATIVE_INFINITY;
    fault = undefined;
    for (const feed of feeds()) feed.done?.();
  };

  function* bringUpToDate(): Steps<SyncReport> {
    if (running) return STALE;
    running = true;
    const at = now();
    let report = STALE;
    try {
      if (followed !== identityOf(file)) for (const feed of feeds()) feed.forget();
      report = (yield* takeChangesIn()) ?? (yield* buildUnderLock(LOCK_WAIT_MS)) ?? STALE;
      return report;
    } finally {
      running = false;
      if (report.stale) {
        last = undefined;
        staleAt = at;
        for (const feed of feeds()) feed.putBack();
      } else noteLook(at);
    }
  }

  /** Undefined when there is no index that can serve. On a connection of its own: reads go on meanwhile. */
  function* takeChangesIn(): Steps<SyncReport | undefined> {
    let database = openExistingIndex(file);
    try {
      if (database === undefined) return undefined;
      const before = database.version();
      let look = yield* lookForChanges(database, sources);
      if (look.isNothing) return reportUnchanged(database, look);
      const lock = takeLock(lockFile, LOCK_WAIT_MS);
      if (lock === undefined) return STALE;
      try {
        if (!database.isCurrent() || database.version() !== before) {
          // Another process wrote between the look and the lock.
          for (const feed of feeds()) feed.putBack();
          database.close();
          database = openExistingIndex(file);
          if (database === undefined) return undefined;
          look = yield* lookForChanges(database, sources);
        }
        return yield* takeIn(database, sources, look, now);
      } finally {
        lock.release();
      }
    } catch (error) {
      if (!isBrokenIndex(error)) throw explainWriteFault(error, file);
      return undefined;
    } finally {
      // Kept for the reads that follow, where there is none yet.
      if (connection === undefined && database?.isCurrent() === true) use(database);
      else database?.close();
    }
  }

  /** Undefined when another process holds the lock. */
  function* buildUnderLock(waitMs: number): Steps<SyncReport | undefined> {
    const lock = takeLock(lockFile, waitMs);
    if (lock === undefined) return undefined;
    try {
      // What changes from here on is told again.
      for (const source of sources) source.changes?.take();
      return yield* buildIndex(file, (database) => loadIndex(database, sources, now));
    } finally {
      lock.release();
    }
  }

  const keepUp = (): boolean => {
    if (isYoung()) return running;
    if (running || isWithin(now() - staleAt, STALE_PAUSE_MS)) return true;
    try {
      return finish(bringUpToDate()).stale;
    } catch (error) {
      // No room, or no right to write: what is there is still worth an answer.
      if (!isWriteFault(error) || connect() === undefined) throw error;
      fault = toMemvaultError(error);
      return true;
    }
  };
  const readOnce = <T>(work: (database: IndexDatabase) => T): { value: T; stale: boolean } => {
    let stale = keepUp();
    if (connect() === undefined) {
      // It went away since the last look, or another process makes the first one.
      last = undefined;
      stale = finish(bringUpToDate()).stale;
    }
    const database = connect() ?? useEmpty();
    return { value: database.snapshot(() => work(database)), stale };
  };

  return {
    read(work) {
      try {
        return readOnce(work);
      } catch (error) {
        if (!isBrokenIndex(error)) throw error;
        const isReplaced = connection?.isCurrent() === false;
        disconnect();
        last = undefined;
        if (isReplaced || finish(buildUnderLock(LOCK_WAIT_MS)) !== undefined) return readOnce(work);
        // Another process is at it: nothing for now.
        return { value: work(useEmpty()), stale: true };
      }
    },
    fault: () => fault,
    sync: () => finish(bringUpToDate()),
    syncInSlices() {
      const before = slices;
      slices = (async () => {
        await before?.catch(() => undefined);
        sliced = bringUpToDate();
        return (await finishInSlices(sliced)) ?? STALE;
      })();
      return slices;
    },
    rebuild() {
      // It holds the lock, and cannot go on while this process waits for it.
      sliced?.return(STALE);
      const at = now();
      const report = finish(buildUnderLock(REBUILD_WAIT_MS));
      if (report === undefined)
        throw new MemvaultError('busy', `cannot rebuild ${file}: another process is writing the index`);
      noteLook(at);
      return report;
    },
    revision() {
      // SQLite counts, for each connection, what others have committed.
      const { value } = this.read((database) => database.version());
      return `${connections}.${value}`;
    },
    close: disconnect,
  };
}

const STALE: SyncReport = {
  added: 0,
  changed: 0,
  removed: 0,
  unchanged: 0,
  diagnostics: 0,
  rebuilt: false,
  stale: true,
};

function isWithin(age: number, limit: number): boolean {
  return age >= 0 && age < limit;
}

/** Names a file beyond its path: another one in its place has another. */
export function identityOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.ino} ${stats.birthtimeMs}`;
}
