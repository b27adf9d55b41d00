// Gives the open vaults' memories their vectors in the background: beside the cycles, one vault after the other.

import type { OpenVault } from '../app.ts';
import { toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger } from '../model/ports.ts';
import { embedMissing } from '../index/vectors/embed-missing.ts';
import { openVectorStore } from '../index/vectors/vector-store.ts';
import type { Embedders } from './embedders.ts';
import type { LiveEvents } from './live-events.ts';

/** A vault of which nothing was heard is looked at again after so long: files change without us. */
const CHECK_MS = 60_000;
/** A model that is not installed yet may be in a moment. */
const WAIT_MS = 5_000;
/** After a failure a vault is left alone for so long. */
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
  /** Starts what is due and returns at once; while a pass runs it does nothing. */
  run(vaults: readonly OpenVault[]): void;
  /** A vault's memories have changed. */
  markChanged(vaultKey: string): void;
  readonly isBusy: boolean;
  /** Settles when nothing runs any more. */
  settled(): Promise<void>;
  /** Ends a pass after what it is writing. */
  close(): Promise<void>;
}

export function createBackgroundEmbedding(parts: EmbeddingParts): BackgroundEmbedding {
  const { clock, log, live } = parts;
  const states = new Map<string, State>();
  const stop = new AbortController();
  let running: Promise<void> | undefined;

  const embedVault = async (vault: OpenVault, model: string): Promise<void> => {
    const embedder = await parts.embedders.open(model);
    if (embedder === undefined) return putOff(vault, WAIT_MS);
    const store = openVectorStore(vault.vectorFile, clock);
    try {
      const { missing, done } = await embedMissing({
        memories: vault.memoryTexts,
        store,
        embedder,
        now: () => clock.now(),
        signal: stop.signal,
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
    const state = states.get(vault.key) ?? { model, checkedAt: -Infinity, changed: true, notBefore: 0, prunedAt: 0 };
    states.set(vault.key, state);
    const isDue = state.changed || state.model !== model || now - state.checkedAt >= CHECK_MS;
    if (!isDue || now < state.notBefore) return [];
    Object.assign(state, { model, checkedAt: now, changed: false });
    return [[vault, model]];
  };

  return {
    run(vaults) {
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
    settled: async () => running,
    async close() {
      stop.abort();
      await running;
    },
  };
}

interface State {
  model: string;
  checkedAt: number;
  changed: boolean;
  notBefore: number;
  prunedAt: number;
}
