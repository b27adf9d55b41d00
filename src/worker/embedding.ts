// Gives the open vaults' memories their vectors in the background: beside the cycles, one vault after the other.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenVault } from '../app.ts';
import type { Embedder } from '../model/embedder.ts';
import { toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger } from '../model/ports.ts';
import { embedMissing } from '../index/vectors/embed-missing.ts';
import { openVectorStore } from '../index/vectors/vector-store.ts';
import type { Embedders } from './embedders.ts';
import type { LiveEvents } from './live-events.ts';

/** The files of a vault of which nothing was heard are looked at again after so long: others bring its index up to date too. */
const CHECK_MS = 2_000;
/** After a failure a vault is left alone for so long, unless a model is installed meanwhile. */
const RETRY_MS = 60_000;
const PRUNE_MS = 24 * 3600_000;
/** Fewer are done before anybody could read of it. */
const SAID_FROM = 50;

export interface EmbeddingParts {
  readonly embedders: Embedders;
  /** The model in the settings as they are now; `none` for words alone. */
  readonly modelFor: (vault: OpenVault) => string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly live: LiveEvents;
}

export interface BackgroundEmbedding {
  /** Starts what is due and returns at once; while a pass runs it only ends it when its model is no longer wanted. */
  run(vaults: readonly OpenVault[]): void;
  /** A vault's memories have changed. */
  markChanged(vaultKey: string): void;
  readonly isBusy: boolean;
  /** Ends a pass after what it is writing. */
  close(): Promise<void>;
}

export function createBackgroundEmbedding(parts: EmbeddingParts): BackgroundEmbedding {
  const { clock, log, live } = parts;
  const states = new Map<string, State>();
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  /** The vault that is being embedded, by which model, and what ends it. */
  let current: { readonly vault: OpenVault; readonly identity: string; readonly end: AbortController } | undefined;

  const identityOf = (model: string): string => `${model} ${parts.embedders.identity(model) ?? ''}`;

  const embedVault = async (vault: OpenVault, model: string): Promise<void> => {
    const isDone = await parts.embedders.during(model, async (embedder) => {
      await embedBy(embedder, vault, model);
      return true;
    });
    if (isDone !== true) putOff(vault, RETRY_MS);
  };

  const embedBy = async (embedder: Embedder, vault: OpenVault, model: string): Promise<void> => {
    const store = openVectorStore(vault.vectorFile, clock);
    const end = new AbortController();
    current = { vault, identity: identityOf(model), end };
    try {
      const { missing, done } = await embedMissing({
        memories: vault.memoryTexts,
        store,
        embedder,
        now: () => clock.now(),
        signal: AbortSignal.any([stop.signal, end.signal]),
      });
      if (done > 0) log.info('embedded', { vault: vault.key, model: embedder.id, done, missing });
      if (done >= SAID_FROM) live.add('worker', `${done} memories can be found by meaning now`, vault.key);
      if (done < missing) return;
      const state = states.get(vault.key);
      if (state !== undefined && clock.now() - state.prunedAt > PRUNE_MS) {
        state.prunedAt = clock.now();
        const { removed } = store.prune(embedder);
        if (removed > 0) log.info('vectors pruned', { vault: vault.key, removed });
      }
      store.snapshot(embedder);
    } finally {
      current = undefined;
      store.close();
    }
  };

  const putOff = (vault: OpenVault, ms: number): void => {
    const state = states.get(vault.key);
    if (state !== undefined) Object.assign(state, { changed: true, notBefore: clock.now() + ms });
  };

  const runAll = async (due: readonly (readonly [OpenVault, string])[]): Promise<void> => {
    for (const [vault, model] of due) {
      if (stop.signal.aborted) return;
      try {
        await embedVault(vault, model);
      } catch (error) {
        const { code, message } = toMemvaultError(error);
        log.warn('a vault could not be embedded', { vault: vault.key, code, message });
        putOff(vault, RETRY_MS);
      }
    }
  };

  /** Takes note that the vault is looked at now, when it is due. */
  const takeDue = (vault: OpenVault): readonly (readonly [OpenVault, string])[] => {
    const model = parts.modelFor(vault);
    if (model === 'none') {
      states.delete(vault.key);
      return [];
    }
    const now = clock.now();
    const identity = identityOf(model);
    const state = states.get(vault.key) ?? {
      identity,
      checkedAt: now,
      changed: true,
      stamp: '',
      notBefore: 0,
      prunedAt: 0,
    };
    states.set(vault.key, state);
    if (state.identity === identity) {
      if (now < state.notBefore) return [];
      if (!state.changed) {
        if (now - state.checkedAt < CHECK_MS) return [];
        state.checkedAt = now;
        if (stampOf(vault) === state.stamp) return [];
      }
    }
    Object.assign(state, { identity, checkedAt: now, changed: false, stamp: stampOf(vault), notBefore: 0 });
    return [[vault, model]];
  };

  return {
    run(vaults) {
      if (current !== undefined && identityOf(parts.modelFor(current.vault)) !== current.identity) current.end.abort();
      if (running !== undefined || stop.signal.aborted) return;
      const due = vaults.flatMap(takeDue);
      if (due.length === 0) return;
      running = runAll(due).finally(() => (running = undefined));
    },
    markChanged(vaultKey) {
      const state = states.get(vaultKey);
      if (state !== undefined) state.changed = true;
    },
    get isBusy() {
      return running !== undefined;
    },
    async close() {
      stop.abort();
      await running;
    },
  };
}

interface State {
  /** The model and its installation. */
  identity: string;
  checkedAt: number;
  changed: boolean;
  /** What the files looked like before the last pass. */
  stamp: string;
  notBefore: number;
  prunedAt: number;
}

/** Differs when the index was written to, or the file of vectors is another one or gone. */
function stampOf({ place, vectorFile }: OpenVault): string {
  const look = (file: string) => statSync(file, { throwIfNoEntry: false, bigint: true });
  const index = ['index.sqlite', 'index.sqlite-wal'].map((name) => look(join(place.stateDir, name)));
  return [...index.map((stat) => `${stat?.ino}:${stat?.size}:${stat?.mtimeNs}`), look(vectorFile)?.ino].join(' ');
}
