// What a command shows of a hit that is in quarantine.

import { shortId } from '../model/memory.ts';
import type { SearchHit } from '../model/search.ts';

/** An agent may run this command too: of what is in quarantine it reads no text. */
export function withheld(hit: SearchHit): SearchHit {
  return hit.trust === 'quarantined' ? { ...hit, snippet: `memvault review ${shortId(hit.id)} shows its text` } : hit;
}
