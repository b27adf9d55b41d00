// Claimed events without what other rules than the hook's hold for secrets, before anything else of the worker sees them.

import type { HookEvent } from '../model/hook-event.ts';
import { cutSecrets } from '../system/redaction/second-look.ts';
import type { SecondLook } from '../system/redaction/second-look.ts';

export interface LookAgainParts {
  readonly secondLook: SecondLook;
  /** Ids of the events that were looked at. */
  readonly seen: ReadonlySet<string>;
  /** Those in which something was found, without it, until they are claimed no more. */
  readonly cleaned: Map<string, HookEvent>;
}

/** The events in their order; each is looked at once while this process lives. `resting` are claimed too, and come back later. */
export async function lookAgain(
  parts: LookAgainParts,
  events: readonly HookEvent[],
  resting: ReadonlySet<string>,
): Promise<readonly HookEvent[]> {
  const { seen, cleaned, secondLook } = parts;
  const claimed = new Set(events.map((event) => event.id));
  for (const id of cleaned.keys()) if (!claimed.has(id) && !resting.has(id)) cleaned.delete(id);
  const fresh = events.filter((event) => !seen.has(event.id));
  const found = await secondLook.find(fresh);
  if (found.length > 0)
    for (const event of fresh) {
      const clean = withNames(cutSecrets(event, found), event);
      if (JSON.stringify(clean) !== JSON.stringify(event)) cleaned.set(event.id, clean);
    }
  return events.map((event) => cleaned.get(event.id) ?? event);
}

/** By these an event is known and finds its vault: none is a text of the session. */
function withNames(
  clean: HookEvent,
  { id, at, sessionId, project, worktree, commonDir, account, endpoint }: HookEvent,
): HookEvent {
  return {
    ...clean,
    id,
    at,
    sessionId,
    project,
    account,
    endpoint,
    ...(worktree === undefined ? {} : { worktree }),
    ...(commonDir === undefined ? {} : { commonDir }),
  };
}
