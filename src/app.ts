// The one place that wires: a vault's files, outbox, journal, index and Git become one thing that the faces use.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { Diagnostic } from './model/diagnostic.ts';
import type { VaultPlace } from './model/place.ts';
import type { Clock, Logger, MemoryLibrary } from './model/ports.ts';
import type { Publication } from './model/publication.ts';
import type { SyncReport } from './model/search.ts';
import type { VaultStatus } from './model/status.ts';
import { describeCompression } from './compress/configured.ts';
import { openIndexLibrary } from './index/library.ts';
import type { IndexLibrary } from './index/library.ts';
import { composeStart } from './inject/compose-start.ts';
import type { StartAnswer, StartRequest } from './inject/compose-start.ts';
import { silentLog } from './system/log.ts';
import { dataPaths } from './system/paths.ts';
import { readTemplate } from './system/templates.ts';
import { readBranch, readCloneId } from './system/project.ts';
import { readSettings } from './system/settings.ts';
import type { Settings } from './system/settings.ts';
import type { SettingValues } from './system/setting-table.ts';
import { countSpool } from './system/spool-count.ts';
import { isInTurn } from './system/turn-file.ts';
import { readWorkerFile } from './system/worker-file.ts';
import { readForgotten } from './vault/forgotten.ts';
import type { Forgotten } from './vault/forgotten.ts';
import { readVaultConfig } from './vault/fixed-files.ts';
import { readOffline } from './vault/git/offline.ts';
import { readHeldText } from './vault/git/held-text.ts';
import { diagnoseVault } from './vault/diagnose.ts';
import { readHeld } from './vault/held-file.ts';
import { openJournal } from './vault/journal.ts';
import type { Journal } from './vault/journal.ts';
import { branchesOf } from './vault/elsewhere.ts';
import { branchSource, ownSources } from './vault/memory-sources.ts';
import { openOutbox } from './vault/outbox.ts';
import type { Outbox } from './vault/outbox.ts';
import { resolvePlace } from './vault/place.ts';
import type { ResolvedPlace } from './vault/place.ts';
import { openVaultGit } from './vault/vault-git.ts';
import type { PublishRequest, VaultGit } from './vault/vault-git.ts';

/** Where a command, a server or a hook stands. */
export interface Whereabouts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** `--vault <dir>`. */
  readonly vaultFlag?: string | undefined;
  /** CLAUDE_PROJECT_DIR of a session. */
  readonly projectDir?: string | undefined;
  readonly clock?: Clock;
  readonly log?: Logger;
}

export interface OpenVault {
  /** Stable name of the vault on this machine. */
  readonly key: string;
  /** What people call it: the project's folder name. */
  readonly name: string;
  readonly place: VaultPlace;
  readonly settings: SettingValues;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly library: MemoryLibrary;
  /** Memories that are only on other branches: looked at when somebody asks for them. */
  branchLibrary(): MemoryLibrary;
  /** Short names of the branches that hold a memory which lies `fetched` or on a `branch`, by its path. */
  branchesOf(path: string): readonly string[];
  takeSettings(settings: SettingValues): void;
  /** Takes changed files into the index now. */
  sync(): SyncReport;
  /** Makes the index anew from the files alone. */
  rebuild(): SyncReport;
  /** What the vault does with Git beside publishing. */
  readonly git: VaultGit;
  publish(request: PublishRequest): Promise<Publication>;
  /** Git blob ids of the project's files, by repository-relative path; files that are gone are left out. */
  blobs(paths: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Branch and commit that the work tree stands on. */
  code(): Promise<{ readonly branch?: string; readonly commit?: string }>;
  /** What tombstones say must not be learned again. */
  forgotten(): Forgotten;
  startBlock(request: StartRequest): StartAnswer | undefined;
  status(): VaultStatus;
  /** Reads every memory anew and tells all that is wrong with the vault. */
  diagnostics(): readonly Diagnostic[];
  close(): void;
}

/** The settings that hold at a place, with the file and the project section they come from. */
export function readSettingsHere(where: Whereabouts): {
  readonly settings: Settings;
  readonly file: string;
  readonly project: string;
} {
  const found = locate(where);
  return { settings: found.settings, file: dataPaths(where.env).settingsFile, project: found.project };
}

/** The vault that a command, a server or a hook means. Looks at files only and asks Git nothing. */
export function openVaultHere(where: Whereabouts): OpenVault {
  const { resolved, settings } = locate(where);
  const wanted = wantedVault(settings.values);
  const isPersonal =
    wanted === 'personal' || (wanted === 'auto' && !isSettled(resolved) && existsSync(resolved.personal.root));
  return openPlace(where.vaultFlag === undefined && isPersonal ? resolved.personal : resolved.place, where);
}

/**
 * The vault that a session's memories are written to; undefined where the person switched memories off. Asks Git, for a
 * repository without a vault yet, whether it may hold one.
 */
export async function openVaultFor(where: Whereabouts): Promise<OpenVault | undefined> {
  const { resolved, settings } = locate(where);
  const wanted = wantedVault(settings.values);
  if (wanted === 'off') return undefined;
  const { place, personal } = resolved;
  if (wanted === 'personal') return openPlace(personal, where);
  if (place.kind !== 'repository' || wanted === 'repository' || isSettled(resolved)) return openPlace(place, where);
  const { readGitFacts } = await import('./vault/git/facts.ts');
  const { mayHoldVault } = await import('./vault/git/permission.ts');
  const facts = await readGitFacts(place, { env: where.env });
  return openPlace(mayHoldVault(facts, wanted, resolved.exists) === 'repository' ? place : personal, where);
}

/** Opens a vault at a known place. Nothing is made or read before it is needed. */
export function openPlace(place: VaultPlace, where: Whereabouts): OpenVault {
  const { env } = where;
  const clock = where.clock ?? { now: () => Date.now() };
  const log = where.log ?? silentLog;
  const paths = dataPaths(env);
  const { project, resolved, settings: first } = locate(where);
  const isKeptOut =
    place.kind === 'personal' && resolved.place.kind === 'repository' && wantedVault(first.values) === 'auto';
  let settings = first.values;
  const outbox = openOutbox(place.stateDir);
  const journal = openJournal(place.stateDir, (diagnostic) =>
    log.warn('journal entry set aside', { path: diagnostic.path }),
  );
  const library = openIndexLibrary({
    file: join(place.stateDir, 'index.sqlite'),
    lockFile: join(place.stateDir, 'index.lock'),
    sources: ownSources(place, outbox.root),
    maxAgeMs: 2_000,
    now: () => clock.now(),
  });
  let onBranches: IndexLibrary | undefined;
  const branchLibrary = (): MemoryLibrary =>
    (onBranches ??= openIndexLibrary({
      file: join(place.stateDir, 'branches.sqlite'),
      lockFile: join(place.stateDir, 'branches.lock'),
      sources: [branchSource(place)],
      maxAgeMs: 2_000,
      now: () => clock.now(),
    }));
  const git = openVaultGit({
    place,
    settings: () => settings,
    inTurn: () => isInTurn(paths, place.root, clock.now()),
    env,
    clock,
    log,
  });
  const branch = (): string | undefined =>
    place.kind === 'repository' && place.gitDir !== undefined ? readBranch(place.gitDir) : undefined;
  const held = () => {
    const record = readHeld(place);
    return record === undefined ? undefined : { ...record, ...readHeldText(record.reason) };
  };

  const heldNotice = () => {
    const record = held();
    return record === undefined ? undefined : { count: record.held, sentence: record.sentence };
  };

  return {
    // Not of the state folder, which the work trees of a clone share: each is published into on its own.
    key: createHash('sha256').update(place.vaultDir).digest('hex').slice(0, 12),
    name: basename(place.kind === 'personal' ? project : place.root),
    place,
    get settings() {
      return settings;
    },
    takeSettings: (values) => void (settings = values),
    journal,
    outbox,
    library,
    branchLibrary,
    branchesOf: (path) => branchesOf(place.stateDir, path),
    sync: () => library.sync(),
    rebuild: () => library.rebuild(),
    git,
    async publish(request) {
      const publication = await git.publish(request);
      if (request.dryRun !== true && request.beforePushUntil === undefined) library.sync();
      return publication;
    },
    blobs: async (files) =>
      place.kind === 'repository' ? (await import('./vault/git/blobs.ts')).hashFiles(place.root, files, { env }) : {},
    async code() {
      const current = branch();
      const commit =
        place.kind === 'repository'
          ? await (await import('./vault/git/blobs.ts')).headCommit(place.root, { env })
          : undefined;
      return {
        ...(current === undefined ? {} : { branch: current }),
        ...(commit === undefined ? {} : { commit: commit.slice(0, 8) }),
      };
    },
    forgotten: () => readForgotten([place.vaultDir, outbox.root]),
    startBlock: (request) =>
      composeStart(request, {
        library,
        budgetTokens: settings['inject.budgetTokens'],
        projectName: basename(project),
        secret: place.commonDir === undefined ? place.root : (readCloneId(place.commonDir, drawCloneId) ?? place.root),
        branch: branch(),
        held: heldNotice(),
        remark: remarkOf(isKeptOut, library.diagnostics()),
        at: new Date(clock.now()).toISOString(),
      }),
    status(): VaultStatus {
      const counts = library.counts();
      const record = held();
      const worker = readWorkerFile(paths.workerFile, clock.now());
      const waiting = outbox.list().length;
      const { failures, error, pushes } = readOffline(place.stateDir);
      const pushWaits = pushes.length > 0;
      const current = branch();
      return {
        vault: {
          kind: place.kind,
          root: place.root,
          exists: existsSync(place.vaultDir),
          observations: counts.observation,
          summaries: counts.summary,
          notes: counts.note,
          ...(current === undefined ? {} : { branch: current }),
        },
        outbox: {
          waiting,
          ...(record === undefined || waiting === 0
            ? {}
            : { held: { reason: record.reason, sentence: record.sentence, wayOut: record.wayOut } }),
        },
        ...(failures > 0 || pushWaits
          ? { remote: { failures, pushWaits, ...(error === undefined ? {} : { error }) } }
          : {}),
        queue: countSpool(paths),
        worker: worker === undefined ? { running: false } : { running: true, pid: worker.pid, port: worker.port },
        compression: describeCompression(settings, env),
        diagnostics: library.diagnostics(),
      };
    },
    diagnostics: () => diagnoseVault(place.vaultDir, place.stateDir).diagnostics,
    close() {
      library.close();
      onBranches?.close();
    },
  };
}

interface Location {
  readonly resolved: ResolvedPlace;
  readonly settings: Settings;
  readonly project: string;
}

function locate(where: Whereabouts): Location {
  const { env, cwd, vaultFlag, projectDir } = where;
  const paths = dataPaths(env);
  const resolved = resolvePlace({
    cwd,
    home: env['HOME'] || homedir(),
    paths,
    ...(vaultFlag === undefined ? {} : { vaultFlag }),
    ...(projectDir === undefined ? {} : { projectDir }),
  });
  const project = resolved.project.worktree ?? resolved.project.project;
  const config = readVaultConfig(resolved.place.vaultDir);
  const settings = readSettings({ env, file: paths.settingsFile, project, vault: config.values });
  return {
    resolved,
    settings: { ...settings, diagnostics: [...settings.diagnostics, ...config.diagnostics] },
    project,
  };
}

/** A vault repository of its own lies where a personal vault does. */
function wantedVault(settings: SettingValues): SettingValues['vault'] {
  return settings['publish.mode'] === 'repo' && settings.vault !== 'off' ? 'personal' : settings.vault;
}

/** The vaults of both kinds that a project has: for moving memories between them. */
export function openBothVaults(where: Whereabouts): { readonly personal: OpenVault; readonly repository?: OpenVault } {
  const { resolved } = locate(where);
  const personal = openPlace(resolved.personal, where);
  return resolved.place.kind === 'personal' ? { personal } : { personal, repository: openPlace(resolved.place, where) };
}

/** Whether the place is the project's vault already: a folder stands there, or memories wait in its outbox. */
function isSettled({ place, exists }: ResolvedPlace): boolean {
  return exists || existsSync(join(place.stateDir, 'outbox'));
}

/** What a person should know at a session's start beside what is held. */
function remarkOf(isKeptOut: boolean, diagnostics: readonly Diagnostic[]): string | undefined {
  const marked = diagnostics.filter((diagnostic) => diagnostic.rule === 'conflict-markers').length;
  const conflicts = `${marked} ${marked === 1 ? 'memory' : 'memories'} with conflict markers ${marked === 1 ? 'is' : 'are'} left out: run \`memvault resolve\``;
  const remarks = [...(isKeptOut ? [readTemplate('kept-out.txt').trim()] : []), ...(marked > 0 ? [conflicts] : [])];
  return remarks.length === 0 ? undefined : remarks.join('; ');
}

function drawCloneId(): string {
  return randomBytes(8).toString('hex');
}
