// What the user is told of trust: how a repository stands, and which memories wait for a review.

import type { MemoryId } from './memory.ts';
import type { TrustLevel } from './standing.ts';

export interface TrustState {
  readonly isTrusted: boolean;
  /** The address that the user trusted, where it is another one than `remote` now: they are asked again. */
  readonly trustedBefore?: string;
  /** Where the default branch comes from; empty without a remote. */
  readonly remote: string;
  /** Short name of the default branch; absent where there is none yet. */
  readonly defaultBranch?: string;
  /** Memories of the work tree that sessions are not shown. */
  readonly pending: number;
  /** How many memories each other person brought, the most first; claims of the commits. */
  readonly people: readonly { readonly name: string; readonly memories: number }[];
  /** E-mail addresses of the user's other machines. */
  readonly me: readonly string[];
}

/** A memory that sessions are not shown, and why. */
export interface WaitingMemory {
  readonly id: MemoryId;
  readonly title: string;
  /** Relative to the vault. */
  readonly path: string;
  readonly trust: TrustLevel;
  readonly author?: string;
  /** What in it reads like orders. */
  readonly orders: readonly string[];
  /** Whether the user put it there. */
  readonly isRefused: boolean;
}
