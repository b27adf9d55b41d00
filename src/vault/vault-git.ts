// What a vault does with Git beside its files; every part is loaded on first use, so that a search does not pay for it.

import { toMemvaultError } from '../model/errors.ts';
import { VAULT_FOLDER } from '../model/place.ts';
import type { OutboxRow } from '../model/outbox-row.ts';
import type { Publication } from '../model/publication.ts';
import type { BranchReview } from '../model/branch-review.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { FileReference, Memory, MemoryId } from '../model/memory.ts';
import type { FileState, Provenance } from '../model/provenance.ts';
import type { ResolveOutcome } from '../model/resolve-outcome.ts';
import type { SyncOutcome } from '../model/sync-outcome.ts';
import type { PublishOptions } from './git/publish-options.ts';
import type { PurgeOutcome } from './git/purge.ts';
import { readOffline, writeOffline } from './git/offline.ts';
import { readStaged } from './git/staged.ts';
import { noteHeld } from './held-file.ts';
import { parseMemoryFile } from './memory-file.ts';
import { openOutbox } from './outbox.ts';
import { publishOptionsFor } from './publish-request.ts';
import type { PublishParts, PublishRequest } from './publish-request.ts';
import { listVaultFiles, readVaultFile } from './store.ts';

export interface CompactOutcome {
  readonly months: readonly string[];
  readonly folded: number;
  readonly dropped: number;
  /** Files that were written. */
  readonly archives: number;
  readonly commit?: string;
}

export interface VaultGit {
  publish(request: PublishRequest): Promise<Publication>;
  /** Where each memory of the outbox is, or why it waits; newest first. */
  explainOutbox(): Promise<readonly OutboxRow[]>;
  /** Fetches into the cache and says where the branch stands; pushes memvault's own commits when asked. */
  sync(request: { readonly push: boolean }): Promise<SyncOutcome>;
  /** Merges memories that two branches edited; see `ResolveOutcome`. */
  resolve(request: { readonly dryRun: boolean }): Promise<ResolveOutcome>;
  /** Removes memories everywhere that memvault keeps them, with a commit where they are tracked; see `PurgeOutcome`. */
  purge(ids: ReadonlySet<MemoryId>): Promise<PurgeOutcome>;
  /** Folds the months before one (`2025-03`) into archives. Throws `held`, `conflict` and `busy`. */
  compact(request: { readonly before: string; readonly dryRun: boolean }): Promise<CompactOutcome>;
  /** What this branch does to the vault. Throws `not_found` when there is nothing to compare with. */
  review(request: { readonly base?: string }): Promise<BranchReview>;
  /** The paths below the vault that this branch changes against a base. Throws as `review` does. */
  changedPaths(base: string): Promise<ReadonlySet<string>>;
  /** Faults of the vault's files: format, secrets, dead references. */
  lint(): Promise<readonly Diagnostic[]>;
  /** Connects a repository of memvault's own with a remote; with `months` only the newest ones are checked out. */
  setRemote(url: string, months?: number): Promise<void>;
  /** Takes committed files (paths below the vault) away in one commit. Throws `held`, `conflict` and `busy`. */
  removeFiles(paths: readonly string[], message: string): Promise<string>;
  /** How each file stands to what the agent saw, in the order asked. */
  compareFiles(references: readonly FileReference[]): Promise<readonly FileState[]>;
  /** Path below the vault → who brought the memory, when, and whether the default branch has it. */
  provenance(): Promise<ReadonlyMap<string, Provenance>>;
  /** Whether the remote should be asked without anybody's word: a push waits, or the settings want fetches. Reads one file. */
  isSyncDue(): boolean;
  /** Whether a publish did not come to its end, so that the next one has something to clear up. Reads one file. */
  isCutOff(): boolean;
  /** Looks at all branches, so that memories which are only there can be found; cheap when none moved. */
  refreshBranches(): Promise<void>;
}

export function openVaultGit(parts: PublishParts): VaultGit {
  const { place, env, clock } = parts;
  const publishOptions = (request: PublishRequest): PublishOptions => publishOptionsFor(parts, request);
  const refreshBranches = async (): Promise<void> => {
    const { refreshElsewhere } = await import('./git/refresh-elsewhere.ts');
    await refreshElsewhere(place, { env, now: clock.now() });
  };
  /** Memories of memvault's own repositories go to their remote by themselves: it is there for nothing else. */
  const queuePush = async (): Promise<void> => {
    const { readRemote } = await import('./git/sync-own.ts');
    if ((await readRemote(place, { env })) === undefined) return;
    writeOffline(place.stateDir, { ...readOffline(place.stateDir), pushes: ['refs/heads/main'] });
  };
  return {
    refreshBranches,
    isCutOff: () => place.gitDir !== undefined && readStaged(place.gitDir) !== undefined,
    async setRemote(url, months) {
      const { setRemote } = await import('./git/sync-own.ts');
      await setRemote(place, url, { env });
      if (months === undefined) return;
      const { limitToMonths } = await import('./git/newest-months.ts');
      const { openGit } = await import('./git/runner.ts');
      await limitToMonths(openGit(place.root, { env }), months, clock.now());
    },
    async removeFiles(paths, message) {
      const { commitChange } = await import('./git/change.ts');
      const remove = paths.map((path) => `${VAULT_FOLDER}/${path}`);
      return (await commitChange(place, { remove, add: [], message }, publishOptions(ASKED))).commit;
    },
    async publish(request) {
      const { publishAndTell, pruneOutbox } = await import('./git/publish.ts');
      if (place.kind === 'personal') await (await import('./git/personal.ts')).initPersonal(place, { env });
      const { publication, facts } = await publishAndTell(place, publishOptions(request));
      // A push waits for this: everything that is not the commit is left to the next publish.
      if (request.dryRun === true || request.beforePushUntil !== undefined) return publication;
      noteHeld(place, publication);
      if (place.kind === 'personal' && publication.committed > 0) await queuePush();
      if (place.gitDir === undefined) return publication;
      try {
        const { readGitFacts } = await import('./git/facts.ts');
        const known = { env, now: clock.now(), facts: facts ?? (await readGitFacts(place, { env })) };
        await pruneOutbox(place, known);
        await (await import('./git/refresh-elsewhere.ts')).refreshElsewhere(place, known);
      } catch (error) {
        // The commit is made, or its reason told: tidying up is for the next publish.
        parts.log.warn('nothing tidied up after a publish', { error: toMemvaultError(error).message });
      }
      return publication;
    },
    async resolve({ dryRun }) {
      const { resolveConflicts } = await import('./git/resolve.ts');
      return resolveConflicts(place, { env, dryRun });
    },
    async review(request) {
      return (await import('./git/review.ts')).reviewBranch(place, { ...request, env });
    },
    async changedPaths(base) {
      return (await import('./git/review.ts')).changedPaths(place, { base, env });
    },
    async lint() {
      const { lintVault } = await import('./lint.ts');
      const { createSecondLook } = await import('../system/redaction/second-look.ts');
      const secondLook = createSecondLook({ log: parts.log });
      if (place.kind !== 'repository') return lintVault(place.vaultDir, { secondLook });
      const { compareFiles } = await import('./git/freshness.ts');
      return lintVault(place.vaultDir, {
        secondLook,
        compare: (references) => compareFiles(place.root, references, { env }),
      });
    },
    async purge(ids) {
      const { purgeMemories } = await import('./git/purge.ts');
      return purgeMemories(place, ids, publishOptions(ASKED));
    },
    async compact({ before, dryRun }) {
      const { planCompact } = await import('./compact.ts');
      const plan = planCompact(readAll(place.vaultDir), before);
      const { months, folded, dropped, add, remove } = plan;
      const outcome = { months, folded, dropped, archives: add.length };
      if (dryRun || months.length === 0) return outcome;
      const { commitChange } = await import('./git/change.ts');
      const message = `chore(memory): compact ${months[0] ?? ''}${months.length > 1 ? ` to ${months.at(-1) ?? ''}` : ''}\n\nClaude-Mem-Change: compact\n`;
      const change = {
        remove: remove.map((path) => `${VAULT_FOLDER}/${path}`),
        add: add.map(({ path, text }) => ({ path: `${VAULT_FOLDER}/${path}`, text })),
        message,
        onDefaultOnly: true,
      };
      const { commit } = await commitChange(place, change, publishOptions(ASKED));
      openOutbox(place.stateDir).remove(remove);
      return { ...outcome, commit };
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
      const settings = parts.settings();
      const sync =
        place.kind === 'personal'
          ? (await import('./git/sync-own.ts')).syncOwn
          : (await import('./git/sync.ts')).syncRepository;
      return sync(place, {
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

/** A person waits for it. */
const ASKED: PublishRequest = { now: true, atSessionEnd: false };

function readAll(vaultDir: string): { path: string; memory: Memory }[] {
  const checked = new Set<string>();
  return listVaultFiles(vaultDir).flatMap(({ path }) => {
    const read = readVaultFile(vaultDir, path, checked);
    const parsed = read.ok ? parseMemoryFile(path, read.bytes) : undefined;
    return parsed?.ok === true ? [{ path, memory: parsed.memory }] : [];
  });
}
