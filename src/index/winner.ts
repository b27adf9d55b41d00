// Decides which of several files that claim one id counts. Pure.

import type { MemoryPlace } from '../model/search.ts';

export interface Claim {
  readonly place: MemoryPlace;
  readonly path: string;
}

/**
 * Orders claims on an id, the one that counts first: the vault before what is merged elsewhere before the outbox, then the name that memvault gave
 * (it ends with the id: a person's copy has another), then the path.
 */
export function compareClaims(id: string, a: Claim, b: Claim): number {
  return (
    RANK[a.place] - RANK[b.place] ||
    Number(!isOwnName(id, a)) - Number(!isOwnName(id, b)) ||
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
  );
}

const RANK: Readonly<Record<MemoryPlace, number>> = { vault: 0, fetched: 1, outbox: 2, branch: 3 };

function isOwnName(id: string, claim: Claim): boolean {
  return claim.path.endsWith(`-${id}.md`);
}
