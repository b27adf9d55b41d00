// Follows what moves in Git beside the files: branches that come and go, and a remote that is due to be asked again.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { toMemvaultError } from '../model/errors.ts';
import type { Logger } from '../model/ports.ts';
import type { OpenVault } from '../app.ts';
import type { LiveEvents } from './live-events.ts';

export interface RemoteWatchParts {
  readonly log: Logger;
  readonly live: LiveEvents;
}

export function createRemoteWatch({ log, live }: RemoteWatchParts) {
  const seen = new Map<string, string>();
  const running = new Map<string, Promise<void>>();

  return {
    /** One look at each vault. The network is waited for by nobody: a sync runs on beside the next cycles. */
    async run(vaults: readonly OpenVault[]): Promise<void> {
      for (const vault of vaults) {
        try {
          await followBranches(vault);
        } catch (error) {
          log.warn('branches could not be read', { vault: vault.key, message: toMemvaultError(error).message });
        }
        if (!running.has(vault.key) && vault.git.isSyncDue()) running.set(vault.key, syncOnce(vault));
      }
    },
    /** Waits for the syncs that are on their way. */
    async close(): Promise<void> {
      await Promise.all(running.values());
    },
  };

  async function followBranches(vault: OpenVault): Promise<void> {
    const stamp = gitStamp(vault);
    if (stamp === undefined || stamp === seen.get(vault.key)) return;
    seen.set(vault.key, stamp);
    await vault.git.refreshBranches();
    const report = await vault.syncInSlices();
    if (report.added + report.changed + report.removed > 0) live.add('memory', 'Memories of other branches', vault.key);
  }

  async function syncOnce(vault: OpenVault): Promise<void> {
    try {
      const outcome = await vault.git.sync({ push: false });
      log.info('synced', { vault: vault.key, ...outcome });
      if (outcome.pushed > 0) live.add('publish', `${outcome.pushed} pushed to ${outcome.upstream ?? ''}`, vault.key);
      await vault.syncInSlices();
    } catch (error) {
      log.warn('sync failed', { vault: vault.key, message: toMemvaultError(error).message });
    } finally {
      running.delete(vault.key);
    }
  }
}

/** Changes when a branch is made, moved here, deleted or fetched: a few stats, no git. */
function gitStamp({ place }: OpenVault): string | undefined {
  const { gitDir, commonDir } = place;
  if (gitDir === undefined || commonDir === undefined) return undefined;
  const watched = [
    join(gitDir, 'HEAD'),
    join(gitDir, 'logs', 'HEAD'),
    join(commonDir, 'packed-refs'),
    join(commonDir, 'refs', 'heads'),
    join(commonDir, 'refs', 'remotes', 'origin'),
    join(commonDir, 'FETCH_HEAD'),
  ];
  return watched.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(' ');
}
