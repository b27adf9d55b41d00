// What a vault does with Git beside its files; every part is loaded on first use, so that a search does not pay for it.

import type { VaultPlace } from '../model/place.ts';
import type { Clock, Logger } from '../model/ports.ts';
import type { OutboxRow } from '../model/outbox-row.ts';
import type { Publication } from '../model/publication.ts';
import type { FileReference } from '../model/memory.ts';
import type { FileState, Provenance } from '../model/provenance.ts';
import type { ResolveOutcome } from '../model/resolve-outcome.ts';
import type { SyncOutcome } from '../model/sync-outcome.ts';
import type { SettingValues } from '../system/setting-table.ts';
import { readOffline } from './git/offline.ts';
import { noteHeld } from './held-file.ts';

export interface PublishRequest {
  /** Skips the quiet time and the hold on the default branch; every other gate stays. */
  readonly now: boolean;
  readonly atSessionEnd: boolean;
  readonly dryRun?: boolean;
  /** The agent is about to push: until so many milliseconds since the epoch, or not at all. */
  readonly beforePushUntil?: number;
  /** Makes the vault also when no memory waits. */
  readonly makeVault?: boolean;
}

export interface VaultGitParts {
  readonly place: VaultPlace;
  readonly settings: () => SettingValues;
  /** Whether a session is inside a turn in the work tree. */
  readonly inTurn: () => boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface VaultGit {
  publish(request: PublishRequest): Promise<Publication>;
  /** Where each memory of the outbox is, or why it waits; newest first. */
  explainOutbox(): Promise<readonly OutboxRow[]>;
  /** Fetches into the cache and says where the branch stands; pushes memvault's own commits when asked. */
  sync(request: { readonly push: boolean }): Promise<SyncOutcome>;
  /** Merges memories that two branches edited; see `ResolveOutcome`. */
  resolve(request: { readonly dryRun: boolean }): Promise<ResolveOutcome>;
  /** How each file stands to what the agent saw, in the order asked. */
  compareFiles(references: readonly FileReference[]): Promise<readonly FileState[]>;
  /** Path below the vault → who brought the memory, when, and whether the default branch has it. */
  provenance(): Promise<ReadonlyMap<string, Provenance>>;
  /** Whether the remote should be asked without anybody's word: a push waits, or the settings want fetches. Reads one file. */
  isSyncDue(): boolean;
  /** Looks at all branches, so that memories which are only there can be found; cheap when none moved. */
  refreshBranches(): Promise<void>;
}

export function openVaultGit(parts: VaultGitParts): VaultGit {
  const { place, env, clock, log } = parts;
  const publishOptions = (request: PublishRequest) => {
    const { beforePushUntil, ...asked } = request;
    const settings = parts.settings();
    return {
      ...asked,
      ...(beforePushUntil === undefined ? {} : { beforePush: true, deadline: beforePushUntil }),
      inTurn: parts.inTurn(),
      mode: settings['publish.mode'],
      defaultBranch: settings['publish.defaultBranch'],
      protectedBranches: settings.protectedBranches,
      message: settings['publish.message'],
      clock,
      logger: log,
      env,
    };
  };
  const refreshBranches = async (): Promise<void> => {
    const { refreshElsewhere } = await import('./git/refresh-elsewhere.ts');
    await refreshElsewhere(place, { env, now: clock.now() });
  };
  return {
    refreshBranches,
    async publish(request) {
      const { publish, pruneOutbox } = await import('./git/publish.ts');
      if (place.kind === 'personal') await (await import('./git/personal.ts')).initPersonal(place, { env });
      const publication = await publish(place, publishOptions(request));
      // A push waits for this: everything that is not the commit is left to the next publish.
      if (request.dryRun === true || request.beforePushUntil !== undefined) return publication;
      noteHeld(place, publication);
      await pruneOutbox(place, { env, now: clock.now() });
      await refreshBranches();
      return publication;
    },
    async resolve({ dryRun }) {
      const { resolveConflicts } = await import('./git/resolve.ts');
      return resolveConflicts(place, { env, dryRun });
    },
    async compareFiles(references) {
      const { compareFiles } = await import('./git/freshness.ts');
      // A personal vault lies elsewhere than the code it speaks of.
      if (place.kind !== 'repository') return references.map(({ path }) => ({ path, state: 'unknown' }));
      return compareFiles(place.root, references, { env });
    },
    async provenance() {
      return (await import('./git/provenance.ts')).readProvenance(place, { env });
    },
    isSyncDue() {
      const settings = parts.settings();
      if (settings.offline || place.gitDir === undefined) return false;
      const { pushes, nextTryAt, reachedAt = 0 } = readOffline(place.stateDir);
      const now = clock.now() / 1000;
      const minutes = settings['sync.fetchMinutes'];
      return (
        now >= nextTryAt && (pushes.length > 0 ? now - reachedAt > 60 : minutes > 0 && now - reachedAt >= minutes * 60)
      );
    },
    async sync({ push }) {
      const { syncRepository } = await import('./git/sync.ts');
      const settings = parts.settings();
      return syncRepository(place, {
        push,
        isOffline: settings.offline,
        protectedBranches: settings.protectedBranches,
        now: clock.now(),
        env,
      });
    },
    async explainOutbox() {
      const { explainOutbox } = await import('./git/explain-outbox.ts');
      return explainOutbox(place, publishOptions({ now: false, atSessionEnd: true }));
    },
  };
}
