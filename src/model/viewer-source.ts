// What the viewer reads by: the worker brings the vaults it knows and the events of its work.

import type { DelegatedSearch, FoundHere } from './delegated-search.ts';
import type { QueryVector } from './embedder.ts';
import type { MemoryLibrary } from './ports.ts';
import type { VaultKind } from './place.ts';
import type { Receipt } from './receipt.ts';
import type { VaultStatus } from './status.ts';

export interface VaultSummary {
  /** Stable name of the vault on this machine; stands in addresses. */
  readonly key: string;
  /** What people call it. */
  readonly name: string;
  /** Absolute path of the folder that holds it. */
  readonly root: string;
  readonly kind: VaultKind;
}

/** One thing that happened: ids, kinds and titles, never bodies. */
export interface LiveEvent {
  /** Unique while the worker runs. */
  readonly id: string;
  /** UTC. */
  readonly at: string;
  readonly kind: 'event' | 'memory' | 'publish' | 'worker';
  readonly title: string;
  /** Key of the vault, or empty. */
  readonly vault: string;
  readonly memoryId?: string;
}

export interface ViewerSource {
  vaults(): readonly VaultSummary[];
  /** Undefined for a key that is not among the vaults. */
  library(vaultKey: string): MemoryLibrary | undefined;
  /** Undefined for a key that is not among the vaults. */
  status(vaultKey: string): Promise<VaultStatus | undefined>;
  /** The vector of a question by an installed model; undefined while the model is not ready. Left out where none can be. */
  queryVector?(question: {
    readonly text: string;
    readonly model: string;
    /** The project that searches: its memories get vectors too. */
    readonly project?: string;
  }): Promise<QueryVector | undefined>;
  /**
   * A search for another process of memvault, in the vault where that stands; undefined when the vault is not open here, or its index
   * may lack a change that was made before the question. Left out where none can be.
   */
  searchFor?(asked: DelegatedSearch): Promise<FoundHere | undefined>;
  /** What the last sessions were given from the vault, by session, the one that was given something last first. */
  receipts(vaultKey: string): readonly (readonly Receipt[])[];
  /** Newest first. */
  recentEvents(): readonly LiveEvent[];
  /** Gives back the function that ends the subscription. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}
