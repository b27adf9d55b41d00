// Watches the files below a folder and tells which path changed: by chokidar where there are few, by one handle a folder where there are many.

import { lstatSync, readdirSync, watch as watchFolder } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { watch as watchEach } from 'chokidar';

export interface FileWatch {
  close(): Promise<void>;
}

export interface WatchListener {
  /** Something changed at a path relative to the root, with `/`: a file, or a folder and all below it; empty for the root itself. */
  changed(path: string): void;
  /** Not everything is watched any more (no handles left, no right to read). Told at most once. */
  lost(reason: string): void;
}

/** Up to so many entries chokidar keeps one record each, of about 3 KB. */
const FEW = 2_000;

/** Watches everything below `root` but hidden files and `cache/`; settles when every folder that is there is watched. */
export function watchFiles(root: string, listener: WatchListener): Promise<FileWatch> {
  return holdsFew(root) ? watchFew(root, listener) : watchMany(root, listener);
}

/** By chokidar, which knows the ways of each platform and polls where it is told to (CHOKIDAR_USEPOLLING). */
export async function watchFew(root: string, listener: WatchListener): Promise<FileWatch> {
  const once = onlyOnce(listener);
  const watcher = watchEach(root, {
    ignoreInitial: true,
    // A folder that goes at the wrong moment leaves a handle behind, closed or not: it must not hold the process.
    persistent: false,
    followSymlinks: false,
    // Editors that save by a rename are seen twice, which costs less than a wait.
    atomic: false,
    ignored: (path) => isIgnored(toPath(root, path)),
  });
  // Raw events come in the order of the changes, before chokidar has looked what they mean; its own cover what raw ones leave out.
  watcher.on('raw', (_, name, details) => {
    const path = rawPath(root, name, details);
    if (path !== undefined && !isIgnored(path)) listener.changed(path);
  });
  watcher.on('all', (_, path) => listener.changed(toPath(root, path)));
  watcher.on('error', (error) => once.lost(error instanceof Error ? error.message : String(error)));
  if (await becomesReady(watcher, root)) return { close: () => watcher.close() };
  await watcher.close();
  throw Object.assign(new Error(`${root} went while its watch was started`), { code: 'ENOENT' });
}

const LOOK_MS = 100;
/** A few thousand entries take a second; a folder below the root that goes at the wrong moment is waited for in vain. */
const READY_MS = 10_000;

/** False when the root, or a part of it, went meanwhile: then chokidar may say nothing for ever, with its handles open. */
function becomesReady(watcher: ReturnType<typeof watchEach>, root: string): Promise<boolean> {
  const inode = (): number | undefined => lstatSync(root, { throwIfNoEntry: false })?.ino;
  const first = inode();
  return new Promise((settle) => {
    let looks = 0;
    const looking = setInterval(() => {
      if (inode() !== first || ++looks * LOOK_MS >= READY_MS) done(false);
    }, LOOK_MS);
    function done(isReady: boolean): void {
      clearInterval(looking);
      settle(isReady);
    }
    watcher.once('ready', () => done(true));
  });
}

/** By one handle for each folder: what lies in it costs nothing. */
export async function watchMany(root: string, listener: WatchListener): Promise<FileWatch> {
  const once = onlyOnce(listener);
  const watchers = new Map<string, FSWatcher>();

  const add = (folder: string): void => {
    try {
      // Watched first, then read: what comes between is seen by one of the two.
      const watcher = watchFolder(join(root, folder), { persistent: false }, (event, name) => {
        // A folder that is removed tells of itself under its own name.
        if (name === null || (folder === '' && name === basename(root))) listener.changed(folder);
        else react(folder, name, event);
      });
      watcher.on('error', (error) => (folder === '' ? once.lost(error.message) : remove(folder)));
      watchers.set(folder, watcher);
      for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
        const path = inner(folder, entry.name);
        if (entry.isDirectory() && !isIgnored(path)) add(path);
      }
    } catch (error) {
      if (!isGone(error)) once.lost(error instanceof Error ? error.message : String(error));
    }
  };
  const remove = (folder: string): void => {
    for (const [path, watcher] of watchers) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue;
      watcher.close();
      watchers.delete(path);
    }
  };
  const react = (folder: string, name: string, event: string): void => {
    const path = inner(folder, name);
    if (isIgnored(path)) return;
    if (event === 'rename') {
      // A folder of that name may be another one than before.
      remove(path);
      if (lstatSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true) add(path);
    }
    listener.changed(path);
  };

  add('');
  return {
    async close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

function holdsFew(root: string): boolean {
  let left = FEW;
  const count = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (--left < 0) return;
      if (entry.isDirectory()) count(join(folder, entry.name));
    }
  };
  try {
    count(root);
  } catch {
    // It is only about how to watch; what cannot be read is told by the watch itself.
  }
  return left >= 0;
}

function isIgnored(path: string): boolean {
  return path === 'cache' || path.startsWith('cache/') || path.split('/').some((name) => name.startsWith('.'));
}

function inner(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The path of one of chokidar's raw events; undefined when it does not say. */
function rawPath(root: string, name: unknown, details: unknown): string | undefined {
  if (typeof name !== 'string' || typeof details !== 'object' || details === null) return undefined;
  if (!('watchedPath' in details) || typeof details.watchedPath !== 'string') return undefined;
  const folder = toPath(root, details.watchedPath);
  // A folder that is removed tells of itself under its own name.
  return folder === '' && name === basename(root) ? '' : inner(folder, name);
}

function toPath(root: string, path: string): string {
  const inside = relative(root, path);
  return sep === '/' ? inside : inside.replaceAll(sep, '/');
}

/** Whether an error says that something is not there (any more). */
export function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function onlyOnce(listener: WatchListener): Pick<WatchListener, 'lost'> {
  let told = false;
  return {
    lost(reason) {
      if (!told) listener.lost(reason);
      told = true;
    },
  };
}
