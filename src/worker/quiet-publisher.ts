// Publishes what waits in outboxes once a work tree is quiet, and at once where a publish was cut off; tries a held one again only now and then.

import type { Clock, Logger } from '../model/ports.ts';
import type { OpenVault } from '../app.ts';
import { reportPublication } from './cycle.ts';
import type { LiveEvents } from './live-events.ts';

/** A held outbox is asked again after so long, or as soon as it changed. */
const RETRY_MS = 60_000;

export interface QuietParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly live: LiveEvents;
}

export function createQuietPublisher(parts: QuietParts) {
  const tried = new Map<string, { at: number; waiting: string }>();
  return {
    /**
     * Tries each vault with waiting memories that is quiet: no session was active within `idleMs` and none is inside a turn.
     * What a killed publish left in the index and the work tree is in people's way: it waits for no quiet time.
     */
    async run(vaults: readonly OpenVault[], isQuiet: (vault: OpenVault) => boolean): Promise<void> {
      for (const vault of vaults) {
        const waiting = vault.outbox
          .list()
          .map((file) => file.path)
          .join('\n');
        if (!vault.git.isCutOff() && (waiting === '' || !isQuiet(vault))) continue;
        const last = tried.get(vault.key);
        if (last !== undefined && last.waiting === waiting && parts.clock.now() - last.at < RETRY_MS) continue;
        tried.set(vault.key, { at: parts.clock.now(), waiting });
        reportPublication(parts, vault, await vault.publish({ now: false, atSessionEnd: false }));
      }
    },
  };
}
