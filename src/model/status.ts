// The state of one vault and of the machinery around it, as `memvault status` and the viewer show it.

import type { Diagnostic } from './diagnostic.ts';
import type { VaultKind } from './place.ts';
import type { HeldReason } from './publication.ts';

/** What compression asked of models in some time. */
export interface Spent {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars by list prices, an estimate. */
  readonly dollars: number;
  /** Calls of models without a known price. */
  readonly unpriced: number;
}

/** How far the vectors of a vault are. */
export interface EmbeddingStatus {
  /** The name in the setting `search.embedding`. */
  readonly model: string;
  /** Whether that model is installed; without it nothing is embedded. */
  readonly installed: boolean;
  readonly memories: number;
  /** Of these, how many have vectors of this model. */
  readonly embedded: number;
}

export interface VaultStatus {
  readonly vault: {
    readonly kind: VaultKind;
    readonly root: string;
    /** Whether `.claude-mem/` exists there yet. */
    readonly exists: boolean;
    readonly observations: number;
    readonly summaries: number;
    readonly notes: number;
    readonly branch?: string;
  };
  readonly outbox: {
    readonly waiting: number;
    readonly held?: { readonly reason: HeldReason; readonly sentence: string; readonly wayOut: string };
  };
  /** Set while the remote does not answer, or a push waits for it. */
  readonly remote?: {
    readonly error?: string;
    readonly failures: number;
    readonly pushWaits: boolean;
    /** Seconds since the epoch before which the worker tries nothing. */
    readonly nextTryAt?: number;
  };
  readonly queue: {
    readonly events: number;
    readonly deadLetters: number;
    /** Events that were dropped on purpose, by reason; the newest first. */
    readonly drops: readonly { readonly reason: string; readonly events: number; readonly last: string }[];
  };
  readonly worker: { readonly running: boolean; readonly pid?: number; readonly port?: number };
  readonly compression: {
    readonly provider: string;
    readonly model?: string;
    /** The only host that anything is sent to; absent when nothing leaves the machine. */
    readonly endpoint?: string;
    /** Whose account: `settings`, `api-key`, `auth-token`, `subscription`, `cloud` or `none`. */
    readonly account?: string;
    /** Whether a line at some session's start has named host and account: nothing is sent before. */
    readonly isAnnounced?: boolean;
    readonly offline: boolean;
    /** Why it is not the wanted provider. */
    readonly reason?: string;
    readonly spending?: {
      readonly today: Spent;
      readonly month: Spent;
      /** The cap of one day. */
      readonly dailyInputTokens: number;
      /** What the cap is worth in US dollars with the model of the settings; absent without a known price. */
      readonly capDollars?: number;
      /** No room for one more batch today: rules compress until midnight. */
      readonly isCapReached: boolean;
    };
  };
  /** Why nothing of the sessions here is kept now; absent while it is. */
  readonly captureOff?: string;
  /** Left out while searches go by words alone. */
  readonly embedding?: EmbeddingStatus;
  readonly diagnostics: readonly Diagnostic[];
}
