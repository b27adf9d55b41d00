// The folders of a vault as they were when the index last had all their files: who has no time for ten thousand files looks at these alone.

import { lstatSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from '../system/atomic-file.ts';
import { folderState } from './store.ts';
import type { FolderState } from './store.ts';

interface WalkedFolder {
  readonly path: string;
  readonly self?: FolderState | undefined;
}

interface Feed {
  take(): ReadonlySet<string> | undefined;
  putBack(): void;
  forget(): void;
  done?(): void;
}

export interface KnownFolders {
  /** Notes the stamps of the folders that pass by. */
  watch<Folder extends WalkedFolder>(walk: Iterable<Folder>): Iterable<Folder>;
  /**
   * The feed of a process that does not watch: what `first` knows; and when it knows nothing and no folder has changed, that
   * nothing did but the files that were named. A file that was written in place, in a folder that stayed as it was, is missed.
   */
  trusting(first: Feed): Feed;
  /** The same as `first`, but that what is looked at is noted here for others. */
  noting(first: Feed): Feed;
  /** Files of the vault that the feed has looked at in any case. */
  name(paths: readonly string[]): void;
}

interface Noted {
  /** The index that had all files. */
  readonly index: string;
  readonly folders: Readonly<Record<string, number>>;
}

export interface KnownFoldersOptions {
  readonly vaultDir: string;
  /** Where the stamps are kept, beside the index. */
  readonly file: string;
  /** Names the index file beyond its path; undefined when there is none. */
  readonly index: () => string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A folder that changed less than so long ago may change once more without another stamp. In milliseconds. */
const YOUNG_MS = 2_500;

export function openKnownFolders({ vaultDir, file, index, now }: KnownFoldersOptions): KnownFolders {
  let walked: Record<string, FolderState | undefined> | undefined;
  let named = new Set<string>();

  const isUnchanged = (): boolean => {
    const noted = readNoted(file);
    if (noted === undefined || noted.index !== index()) return false;
    return Object.entries(noted.folders).every(([path, stamp]) => folderState(`${vaultDir}/${path}`)?.stamp === stamp);
  };
  const note = (): void => {
    const states = Object.entries(walked ?? {});
    walked = undefined;
    const of = index();
    if (of === undefined || states.length === 0) return;
    const folders: Record<string, number> = {};
    for (const [path, state] of states) {
      if (state === undefined || Math.abs(now() - state.changedMs) < YOUNG_MS) return;
      folders[path] = state.stamp;
    }
    const text = `${JSON.stringify({ index: of, folders } satisfies Noted)}\n`;
    try {
      if (readText(file) !== text) writeFileAtomic(file, text);
    } catch {
      // Every process looks at all files then.
    }
  };
  const noting = (first: Feed): Feed => ({
    take: () => first.take(),
    putBack() {
      walked = undefined;
      first.putBack();
    },
    forget: () => first.forget(),
    done() {
      note();
      first.done?.();
    },
  });
  return {
    *watch(walk) {
      walked = undefined;
      // The vault's own folder too: `sessions/` may come later than `memories/`.
      const states: Record<string, FolderState | undefined> = { '': folderState(vaultDir) };
      for (const folder of walk) {
        states[folder.path] = folder.self;
        yield folder;
      }
      walked = states;
    },
    noting,
    trusting: (first) => ({
      ...noting(first),
      take() {
        const told = first.take();
        if (told !== undefined) return new Set([...told, ...named]);
        if (!isUnchanged()) return undefined;
        const paths = named;
        named = new Set();
        return paths;
      },
    }),
    name: (paths) => void (named = new Set([...named, ...paths])),
  };
}

function readNoted(file: string): Noted | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    const noted: unknown = JSON.parse(text);
    return isNoted(noted) ? noted : undefined;
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    // No link is followed: the folder is ours, and nobody else's file is read.
    return lstatSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function isNoted(value: unknown): value is Noted {
  if (typeof value !== 'object' || value === null) return false;
  const { index, folders } = value as Partial<Record<keyof Noted, unknown>>;
  return typeof index === 'string' && typeof folders === 'object' && folders !== null;
}
