// The vaults that this worker has open, by project and by key, with a watch on the files that people edit.

import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import type { OpenVault } from '../app.ts';
import type { VaultSummary } from '../model/viewer-source.ts';
import type { LiveEvents } from './live-events.ts';

/** Where a project's memories go is asked again after so long: `memvault init` and settings may change it. */
const PLACEMENT_MS = 5_000;

export function createVaultShelf(
  open: (project: string) => Promise<OpenVault | undefined>,
  live: LiveEvents,
  now: () => number,
) {
  const byProject = new Map<string, { key: string | undefined; at: number }>();
  const vaults = new Map<string, { vault: OpenVault; watcher: FSWatcher; lastUsed: number }>();

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
        vaults.set(vault.key, { vault, watcher: watchEdits(vault), lastUsed: now() });
      }
      return use(vault.key);
    },
    /** Whether the project's vault was opened before. */
    has: (project: string): boolean => byProject.has(project),
    byKey: (key: string): OpenVault | undefined => vaults.get(key)?.vault,
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
      for (const { vault, watcher } of vaults.values()) {
        await watcher.close();
        vault.close();
      }
      vaults.clear();
    },
  };

  function use(key: string | undefined): OpenVault | undefined {
    const entry = key === undefined ? undefined : vaults.get(key);
    if (entry !== undefined) entry.lastUsed = now();
    return entry?.vault;
  }

  function watchEdits(vault: OpenVault): FSWatcher {
    const watcher = watch([vault.place.vaultDir], {
      ignoreInitial: true,
      followSymlinks: false,
      depth: 4,
      ignored: (path) => isUnwatched(path, now()),
      awaitWriteFinish: { stabilityThreshold: 100, pollInterval: 50 },
    });
    const onChange = (): void => {
      const report = vault.sync();
      if (report.added + report.changed + report.removed > 0) live.add('memory', 'Memories changed on disk', vault.key);
    };
    watcher
      .on('add', onChange)
      .on('change', onChange)
      .on('unlink', onChange)
      .on('error', () => undefined);
    return watcher;
  }
}

/** The cache, and months before the last one: a watch on 100,000 files costs hundreds of megabytes; older files are found by the check before each search. */
function isUnwatched(path: string, nowMs: number): boolean {
  if (path.includes('/.claude-mem/cache')) return true;
  const month = /\/(?:memories|sessions)\/(\d{4})\/(\d{2})(?:\/|$)/.exec(path);
  if (month === null) return false;
  const today = new Date(nowMs);
  const age = (today.getUTCFullYear() - Number(month[1])) * 12 + today.getUTCMonth() + 1 - Number(month[2]);
  return age > 1;
}
