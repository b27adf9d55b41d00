// The index of a place: its sources of files, the watch that others keep, and the folders as they were looked at last.

import { join } from 'node:path';
import type { VaultPlace } from '../model/place.ts';
import type { MemoryRow } from '../model/search.ts';
import type { ChangeFeed } from '../index/file-source.ts';
import { openIndexLibrary } from '../index/library.ts';
import type { IndexLibrary } from '../index/library.ts';
import { identityOf } from '../index/up-to-date.ts';
import type { VectorSource } from '../index/vector-nearness.ts';
import {
  answerQuestion,
  beatWatcher,
  endWatcher,
  followWatcher,
  putQuestion,
  questionFolder,
} from '../index/watcher.ts';
import type { DataPaths } from '../system/paths.ts';
import { openKnownFolders } from '../vault/known-folders.ts';
import { ownSources } from '../vault/memory-sources.ts';
import { indexFile, indexFolder } from '../vault/place.ts';

/** What the process that watches a vault's files tells its own index, and others that ask. */
export interface WatchedFiles {
  /** From now on the index learns from the feed which files of the vault changed; undefined: it looks at all of them again. */
  follow(feed: ChangeFeed | undefined): void;
  /** A new file in this folder is a question: has the index every change before it? */
  readonly questions: string;
  /** Asks that, as other processes do; false when it cannot be asked. */
  ask(name: string): boolean;
  /** Says yes to the question of this name. Only for one whose coming was told: then every change before it was told too. */
  answer(name: string): void;
  /** Tells others that they may ask; to be repeated every second. */
  beat(): void;
  /** Nobody may ask any more. */
  end(): void;
}

export interface PlaceIndex {
  readonly library: IndexLibrary;
  readonly watched: WatchedFiles;
  /** Files were just written that a watch may not have told of yet. */
  forget(): void;
  /** Looks at the files of these memories; true when one had changed and the library knows it now. */
  lookAgain(rows: readonly MemoryRow[]): boolean;
}

export interface PlaceIndexOptions {
  readonly place: VaultPlace;
  readonly paths: DataPaths;
  readonly outboxRoot: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly vectors?: VectorSource;
  /** For who has no time: of a vault whose folders are as they were, only what `lookAgain` names is looked at. */
  readonly isHurried?: boolean;
}

/** A process looks at the files at most so often. In milliseconds. */
export const LOOK_AGAIN_MS = 2_000;

/** Opens nothing yet. */
export function openPlaceIndex(options: PlaceIndexOptions): PlaceIndex {
  const { place, paths, outboxRoot, now, vectors, isHurried = false } = options;
  const file = indexFile(place, paths);
  const folder = indexFolder(place, paths);
  const folders = openKnownFolders({
    vaultDir: place.vaultDir,
    file: join(folder, 'folders.json'),
    index: () => identityOf(file),
    now,
  });
  const watcher = followWatcher(folder, now);
  let feed: ChangeFeed = isHurried ? folders.trusting(watcher) : folders.noting(watcher);
  const [vaultFiles, ...otherFiles] = ownSources(place, outboxRoot);
  const library = openIndexLibrary({
    ...(vectors === undefined ? {} : { vectors }),
    file,
    lockFile: join(folder, 'index.lock'),
    sources: [
      {
        ...vaultFiles,
        walk: () => folders.watch(vaultFiles.walk()),
        get changes() {
          return feed;
        },
      },
      ...otherFiles,
    ],
    maxAgeMs: LOOK_AGAIN_MS,
    now,
  });
  return {
    library,
    watched: {
      follow: (next) => void (feed = folders.noting(next ?? NOBODY)),
      questions: questionFolder(folder),
      ask: (name) => putQuestion(folder, name),
      answer: (name) => answerQuestion(folder, name),
      beat: () => beatWatcher(folder, now()),
      end: () => endWatcher(folder),
    },
    forget: () => feed.forget(),
    lookAgain(rows) {
      const paths = rows.flatMap((row) => (row.place === 'vault' ? [row.path] : []));
      if (library.areAsRead(paths)) return false;
      folders.name(paths);
      const { added, changed, removed } = library.sync();
      return added + changed + removed > 0;
    },
  };
}

/** The feed of the process that would watch and does not: it must not ask itself. */
const NOBODY: ChangeFeed = { take: () => undefined, putBack: () => undefined, forget: () => undefined };
