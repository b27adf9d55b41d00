// The vaults that this worker has open, by project and by key, with a watch on the files that people edit.

import type { OpenVault } from '../app.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { VaultSummary } from '../model/viewer-source.ts';
import type { LiveEvents } from './live-events.ts';
import { watchVault } from './vault-watch.ts';
import type { VaultWatch } from './vault-watch.ts';

/** Where a project's memories go is asked again after so long: `memvault init` and settings may change it. */
const PLACEMENT_MS = 5_000;
const TICK_MS = 1_000;

export interface ShelfParts {
  readonly live: LiveEvents;
  readonly clock: Clock;
  readonly log: Logger;
  readonly open: (project: string) => Promise<OpenVault | undefined>;
}

export function createVaultShelf({ live, clock, log, open }: ShelfParts) {
  const byProject = new Map<string, { key: string | undefined; at: number }>();
  const vaults = new Map<string, { vault: OpenVault; watch: VaultWatch; lastUsed: number }>();
  const now = (): number => clock.now();
  const ticking = setInterval(() => {
    for (const { watch } of vaults.values()) watch.tick();
  }, TICK_MS);
  ticking.unref();

  return {
    /** The project's vault, opened on first use; undefined when memories are switched off there. */
    async get(project: string): Promise<OpenVault | undefined> {
      const known = byProject.get(project);
      if (known !== undefined && now() - known.at < PLACEMENT_MS) return use(known.key);
      const vault = await open(project);
      byProject.set(project, { key: vault?.key, at: now() });
      if (vault === undefined) return undefined;
      if (vaults.has(vault.key)) {
        const previous = vaults.get(vault.key);
        // The same vault with settings read anew: the open index is kept, the settings are taken over.
        previous?.vault.takeSettings(vault.settings);
        vault.close();
      } else {
        vault.journal.prune({ now: now() });
        vaults.set(vault.key, { vault, watch: watchFilesOf(vault), lastUsed: now() });
      }
      return use(vault.key);
    },
    /** Whether the project's vault was opened before. */
    has: (project: string): boolean => byProject.has(project),
    byKey: (key: string): OpenVault | undefined => vaults.get(key)?.vault,
    /** The vault, if its index is known to have every change that was made before this question. */
    async whole(key: string): Promise<OpenVault | undefined> {
      const entry = vaults.get(key);
      return (await entry?.watch.hasAll()) === true ? entry?.vault : undefined;
    },
    all: (): readonly OpenVault[] => [...vaults.values()].map((entry) => entry.vault),
    /** When a session last asked for the vault, in milliseconds. */
    lastUsed: (vault: OpenVault): number => vaults.get(vault.key)?.lastUsed ?? 0,
    summaries: (): readonly VaultSummary[] =>
      [...vaults.values()].map(({ vault }) => ({
        key: vault.key,
        name: vault.name,
        root: vault.place.root,
        kind: vault.place.kind,
      })),
    async close(): Promise<void> {
      clearInterval(ticking);
      for (const { vault, watch } of vaults.values()) {
        await watch.close();
        vault.close();
      }
      vaults.clear();
    },
  };

  function use(key: string | undefined): OpenVault | undefined {
    const entry = key === undefined ? undefined : vaults.get(key);
    if (entry === undefined) return undefined;
    entry.lastUsed = now();
    entry.watch.use();
    return entry.vault;
  }

  function watchFilesOf(vault: OpenVault): VaultWatch {
    const changed = (): void => live.add('memory', 'Memories changed on disk', vault.key);
    return watchVault({ vault, clock, log, changed });
  }
}
