// The models that the worker has open: one a name, opened when first needed, closed when long unused.

import type { Embedder } from '../model/embedder.ts';
import { toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger } from '../model/ports.ts';
import { readInstalled } from '../index/embed/installed.ts';
import type { DataPaths } from '../system/paths.ts';

/** A model that nobody asked for so long gives its memory back. */
const UNUSED_MS = 10 * 60_000;
/** A model that could not be opened is tried again after so long, or at once when it was installed anew. */
const RETRY_MS = 60_000;

export interface EmbedderParts {
  readonly paths: Pick<DataPaths, 'models' | 'runtime'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Threads that a transformer may use, as the settings say now. */
  readonly threads: () => number;
}

export interface Embedders {
  /** Tells one installation of a model from another; undefined when it is not installed. */
  identity(name: string): string | undefined;
  /** The model, opened now when it is not; undefined when it is not installed or does not work, which the log says once. */
  open(name: string): Promise<Embedder | undefined>;
  /** Works with the model, which stays open until the work has ended; undefined, without any work, where `open` gives none. */
  during<T>(name: string, work: (embedder: Embedder) => Promise<T>): Promise<T | undefined>;
  /** The model if it is open already; else it is opened for the next one who asks. */
  ready(name: string): Embedder | undefined;
  /** Closes what is long unused. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

export function createEmbedders(parts: EmbedderParts): Embedders {
  const { paths, clock, log } = parts;
  const entries = new Map<string, Entry>();
  /** What was said of each model that could not be opened; the same is not said again. */
  const said = new Map<string, string>();

  /** The entry of the model as it is installed now; one of a model that was replaced is closed. */
  const find = (name: string): Entry | undefined => {
    const hash = readInstalled(paths.models, name)?.hash;
    const known = entries.get(name);
    if (known !== undefined && known.hash === hash && !(known.failedAt + RETRY_MS <= clock.now())) return known;
    if (known !== undefined) {
      entries.delete(name);
      known.isDropped = true;
      void closeUnused(known);
    }
    if (hash === undefined) return undefined;
    const entry: Entry = {
      hash,
      failedAt: Infinity,
      usedAt: clock.now(),
      ready: undefined,
      opening: Promise.resolve(undefined),
      works: 0,
      isDropped: false,
    };
    entry.opening = openModel(name, entry);
    entries.set(name, entry);
    return entry;
  };

  const openModel = async (name: string, entry: Entry): Promise<Embedder | undefined> => {
    try {
      const { openInstalled } = await import('../index/embed/open-installed.ts');
      const options = { runtimeDir: paths.runtime, threads: parts.threads() };
      entry.ready = await openInstalled(paths.models, name, options);
      said.delete(name);
      log.info('model opened', { model: entry.ready.id, dimensions: entry.ready.dimensions });
      return entry.ready;
    } catch (error) {
      entry.failedAt = clock.now();
      const { code, message } = toMemvaultError(error);
      if (said.get(name) !== message)
        log.warn('a model could not be opened; searches go by words', { model: name, code, message });
      said.set(name, message);
      return undefined;
    }
  };

  /** One that somebody works with is closed by the last who does. */
  const closeUnused = async (entry: Entry): Promise<void> => {
    const embedder = await entry.opening;
    if (entry.works === 0) await embedder?.close();
  };

  const use = (name: string): Entry | undefined => {
    const entry = find(name);
    if (entry !== undefined) entry.usedAt = clock.now();
    return entry;
  };

  return {
    identity: (name) => readInstalled(paths.models, name)?.hash,
    open: async (name) => use(name)?.opening,
    async during(name, work) {
      const entry = use(name);
      if (entry === undefined) return undefined;
      entry.works++;
      try {
        const embedder = await entry.opening;
        return embedder === undefined ? undefined : await work(embedder);
      } finally {
        entry.works--;
        entry.usedAt = clock.now();
        if (entry.isDropped) await closeUnused(entry);
      }
    },
    ready: (name) => use(name)?.ready,
    async rest() {
      for (const [name, entry] of entries) {
        if (entry.ready === undefined || entry.works > 0 || clock.now() - entry.usedAt < UNUSED_MS) continue;
        entries.delete(name);
        await entry.ready.close();
      }
    },
    async close() {
      const all = [...entries.values()];
      entries.clear();
      for (const entry of all) await (await entry.opening)?.close();
    },
  };
}

interface Entry {
  readonly hash: string;
  /** Infinity unless opening it failed. */
  failedAt: number;
  usedAt: number;
  ready: Embedder | undefined;
  opening: Promise<Embedder | undefined>;
  /** How many work with it just now. */
  works: number;
  /** Another one took its place: to be closed when nobody works with it. */
  isDropped: boolean;
}
