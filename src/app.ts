// The one place that wires: a vault's files, outbox, journal, index and Git become one thing that the faces use.

import { basename, join } from 'node:path';
import type { Diagnostic } from './model/diagnostic.ts';
import type { QueryVector } from './model/embedder.ts';
import type { VaultPlace } from './model/place.ts';
import type { AnsweredQuestion } from './model/question.ts';
import type { Clock, Logger, MemoryLibrary, MemoryWriter } from './model/ports.ts';
import type { Publication } from './model/publication.ts';
import { RANKING_SIGNALS } from './model/search.ts';
import type { RankingSignal, SyncReport } from './model/search.ts';
import { isInjectable } from './model/standing.ts';
import type { VaultStatus } from './model/status.ts';
import { levelledLibrary } from './app/levelled-library.ts';
import { LOOK_AGAIN_MS, openPlaceIndex } from './app/place-index.ts';
import type { WatchedFiles } from './app/place-index.ts';
import { openVaultTrust } from './app/vault-trust.ts';
import type { VaultTrust } from './app/vault-trust.ts';
import { buildStartBlock, heldNotice } from './app/start-block.ts';
import type { StartBlock } from './app/start-block.ts';
import { readVaultStatus } from './app/vault-status.ts';
import { noteAnnounced } from './compress/destination.ts';
import type { Destination } from './compress/destination.ts';
import { answeredQuestions } from './compress/answered-questions.ts';
import { openIndexLibrary } from './index/library.ts';
import type { IndexLibrary } from './index/library.ts';
import type { MemoryTexts } from './index/vectors/embed-missing.ts';
import { openVectorIndex } from './index/vectors/vector-index.ts';
import type { VectorIndex } from './index/vectors/vector-index.ts';
import type { StartRequest } from './inject/compose-start.ts';
import { loadCrypto } from './system/builtin.ts';
import { silentLog } from './system/log.ts';
import { redactionPolicyOf } from './system/capture-rules.ts';
import { dataPaths } from './system/paths.ts';
import { setRedactionPolicy } from './system/redaction/policy.ts';
import { readBranch } from './system/project.ts';
import type { Settings } from './system/settings.ts';
import type { SettingValues } from './system/setting-table.ts';
import { isInTurn } from './system/turn-file.ts';
import { openConfirmations } from './vault/confirmations.ts';
import type { Confirmations } from './vault/confirmations.ts';
import { openCodeChanges } from './vault/code-changes.ts';
import { lookUpOthers } from './vault/git/others.ts';
import { readHeldText } from './vault/git/held-text.ts';
import { readPublished } from './vault/git/published.ts';
import { diagnoseVault } from './vault/diagnose.ts';
import { readHeld } from './vault/held-file.ts';
import { openJournal } from './vault/journal.ts';
import type { Journal } from './vault/journal.ts';
import { openLearned } from './vault/learned.ts';
import type { Learned } from './vault/learned.ts';
import { branchesOf } from './vault/elsewhere.ts';
import { branchSource } from './vault/memory-sources.ts';
import { openOutbox } from './vault/outbox.ts';
import type { Outbox } from './vault/outbox.ts';
import { choosePlace, indexFile, indexFolder, isSettled, placeKey, soundPlace, wantedVault } from './vault/place.ts';
import { openTombstones } from './vault/tombstones.ts';
import { locate } from './vault/location.ts';
import { openMemoryWriter } from './vault/memory-writer.ts';
import { lookForUnwanted } from './vault/unwanted.ts';
import type { Unwanted } from './vault/unwanted.ts';
import { openVaultGit } from './vault/vault-git.ts';
import type { PublishRequest } from './vault/publish-request.ts';
import type { VaultGit } from './vault/vault-git.ts';

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
  /** The worker's own model, where it is at hand; others ask the worker. */
  readonly embedQuery?: (question: {
    readonly text: string;
    readonly model: string;
  }) => Promise<QueryVector | undefined>;
}

export interface OpenVault {
  /** Stable name of the vault on this machine; each linked work tree of a clone has its own. */
  readonly key: string;
  /** What people call it: the project's folder name. */
  readonly name: string;
  /** The folder that settings, questions and the ledger know the project by; linked work trees share it. */
  readonly project: string;
  readonly place: VaultPlace;
  readonly settings: SettingValues;
  /** What the vault's own `vault.yaml` sets. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly journal: Journal;
  readonly outbox: Outbox;
  /** For people: everything, with a mark on what is not the user's own. */
  readonly library: MemoryLibrary;
  /** For models that ask: without what is quarantined. */
  readonly modelLibrary: MemoryLibrary;
  /** For what is made of memories without anybody's asking: the user's own and merged ones alone. */
  readonly vouchedLibrary: MemoryLibrary;
  /** The user's word on the repository and on single memories. */
  readonly trust: VaultTrust;
  /** Memories that are only on other branches: looked at when somebody asks for them. */
  branchLibrary(): MemoryLibrary;
  /** Short names of the branches that hold a memory which lies `fetched` or on a `branch`, by its path. */
  branchesOf(path: string): readonly string[];
  /** What this clone wrote, also when it is gone. */
  readonly learned: Learned;
  /** Which sessions found a memory again. */
  readonly confirmations: Confirmations;
  /** The memories that people wanted gone, as they are now; one look serves all drafts of a batch. */
  forgotten(): Unwanted;
  /** Ids that a tombstone here deletes. */
  deletedIds(): ReadonlySet<string>;
  /** The texts that vectors are made of. */
  readonly memoryTexts: MemoryTexts;
  /** The index; may not be there yet. */
  readonly indexFile: string;
  /** Where the vectors are: written by the worker, read by `vectors`. */
  readonly vectorFile: string;
  readonly vectors: VectorIndex;
  /** The vector of a question by the model in `search.embedding`, from the worker; undefined when there is none in 60 ms. Never throws. */
  queryVector(text: string): Promise<QueryVector | undefined>;
  /** For what somebody writes on purpose. */
  readonly writer: MemoryWriter;
  takeSettings(settings: SettingValues): void;
  /** Takes changed files into the index now. */
  sync(): SyncReport;
  /** The same, while the process goes on with other things. */
  syncInSlices(): Promise<SyncReport>;
  /** For the process that watches the vault's files. */
  readonly watched: WatchedFiles;
  /** Makes the index anew from the files alone. */
  rebuild(): SyncReport;
  /** What the vault does with Git beside publishing. */
  readonly git: VaultGit;
  /** `leavesIndex`: whoever reads the index next brings it up to date; for a process that ends after this. */
  publish(request: PublishRequest & { readonly leavesIndex?: boolean }): Promise<Publication>;
  /** Git blob ids of the project's files, by repository-relative path; files that are gone are left out. */
  blobs(paths: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Branch and commit that the work tree stands on. */
  code(): Promise<{ readonly branch?: string; readonly commit?: string }>;
  /** What the user asks again and again in this project, with the memories that answer it. */
  recurringQuestions(): readonly AnsweredQuestion[];
  startBlock(request: StartRequest): Promise<StartBlock | undefined>;
  /** Notes that the person was told where events are sent; nothing is sent before. */
  noteAnnounced(destination: Destination): void;
  status(): Promise<VaultStatus>;
  /** Reads every memory anew and tells all that is wrong with the vault. */
  diagnostics(): readonly Diagnostic[];
  close(): void;
}

/** The settings that hold at a place, with the file and the project section they come from. */
export function readSettingsHere(where: Whereabouts): {
  readonly settings: Settings;
  readonly file: string;
  readonly project: string;
  /** Whether the project has a repository or a vault folder of its own; else only a personal vault serves it. */
  readonly hasOwnPlace: boolean;
} {
  const { settings, project, resolved } = locate(where);
  const hasOwnPlace = resolved.place.kind !== 'personal';
  return { settings, file: dataPaths(where.env).settingsFile, project, hasOwnPlace };
}

/** The vault that a command, a server or a hook means. Looks at files only and asks Git nothing. */
export function openVaultHere(where: Whereabouts): OpenVault {
  return openPlace(findVaultHere(where).place, where);
}

/** Where that vault is, by which name others on this machine know it, and the settings that hold there; nothing is opened. */
export function findVaultHere(where: Whereabouts): {
  readonly place: VaultPlace;
  readonly key: string;
  readonly settings: SettingValues;
} {
  const { resolved, settings } = locate(where);
  const place =
    where.vaultFlag === undefined ? choosePlace(resolved, wantedVault(settings.values)) : soundPlace(resolved);
  return { place, key: placeKey(place), settings: settings.values };
}

/**
 * The vault that a session's memories are written to; undefined where the person switched memories off. Asks Git, for a
 * repository without a vault yet, whether it may hold one.
 */
export async function openVaultFor(where: Whereabouts): Promise<OpenVault | undefined> {
  const { resolved, settings } = locate(where);
  const wanted = wantedVault(settings.values);
  if (wanted === 'off') return undefined;
  if (wanted === 'personal') return openPlace(resolved.personal, where);
  const place = soundPlace(resolved);
  if (place.kind !== 'repository' || wanted === 'repository' || isSettled(resolved)) return openPlace(place, where);
  const { readGitFacts } = await import('./vault/git/facts.ts');
  const { mayHoldVault } = await import('./vault/git/permission.ts');
  const facts = await readGitFacts(place, { env: where.env });
  return openPlace(mayHoldVault(facts, wanted, resolved.exists) === 'repository' ? place : resolved.personal, where);
}

/** Opens a vault at a known place. Nothing is made or read before it is needed. */
export function openPlace(place: VaultPlace, where: Whereabouts): OpenVault {
  const { env } = where;
  const clock = where.clock ?? { now: () => Date.now() };
  const log = where.log ?? silentLog;
  const paths = dataPaths(env);
  const { project, resolved, settings: first, config: resolvedConfig } = locate(where);
  const isKeptOut =
    place.kind === 'personal' && resolved.place.kind === 'repository' && wantedVault(first.values) === 'auto';
  let settings = first.values;
  const redactAsWanted = (): void => setRedactionPolicy(redactionPolicyOf(paths, settings['redact.extraPatterns']));
  redactAsWanted();
  const key = placeKey(place);
  const indexDir = indexFolder(place, paths);
  let settingsAt = clock.now();
  const outbox = openOutbox(place.stateDir);
  const journal = openJournal(place.stateDir, (diagnostic) =>
    log.warn('journal entry set aside', { path: diagnostic.path }),
  );
  const learned = openLearned(place.stateDir);
  const tombstones = openTombstones([place.vaultDir, outbox.root]);
  const vectorFile = join(place.stateDir, 'vectors.sqlite');
  const vectors = openVectorIndex(vectorFile);
  const index = openPlaceIndex({ place, paths, outboxRoot: outbox.root, now: () => clock.now(), vectors });
  const { watched } = index;
  let onBranches: IndexLibrary | undefined;
  const branchLibrary = (): MemoryLibrary =>
    (onBranches ??= openIndexLibrary({
      file: join(indexDir, 'branches.sqlite'),
      lockFile: join(indexDir, 'branches.lock'),
      sources: [branchSource(place)],
      maxAgeMs: LOOK_AGAIN_MS,
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
  const code = place.kind === 'repository' ? openCodeChanges(place.root, { now: () => clock.now() }) : undefined;
  const queryVector = async (text: string): Promise<QueryVector | undefined> => {
    // A server lives long: a model that is set meanwhile counts soon.
    if (clock.now() - settingsAt > SETTINGS_MS) {
      settings = locate(where).settings.values;
      settingsAt = clock.now();
    }
    const model = settings['search.embedding'];
    if (model === 'none' || text.trim() === '') return undefined;
    if (where.embedQuery !== undefined) return where.embedQuery({ text, model });
    // Loaded here, so that a session's start does not pay for what only a search by meaning needs.
    const { askQueryVector } = await import('./system/query-vector.ts');
    return askQueryVector(paths.workerFile, { text, model, ...(where.vaultFlag === undefined ? { project } : {}) });
  };
  const library: IndexLibrary = {
    ...index.library,
    queryVector,
    // Whoever searches stands somewhere: on a branch, over code that has moved on.
    search: (query) =>
      index.library.search({
        ...query,
        context: { branch: branch(), hasChanged: code?.hasChanged, ...query.context },
        without: query.without ?? readSignalNames(settings['search.without']),
      }),
  };
  const trust = openVaultTrust({ place, paths, env, clock, library });
  const vouchedLibrary = levelledLibrary(library, trust.levels, (level) => !isInjectable(level));
  const held = () => {
    const record = readHeld(place);
    return record === undefined ? undefined : { ...record, ...readHeldText(record.reason) };
  };

  const recurringQuestions = (): readonly AnsweredQuestion[] =>
    answeredQuestions(paths.questionsFile, project, vouchedLibrary);

  const syncWritten = (): void => {
    // The watch may not have told yet of the files that were just written.
    index.forget();
    library.sync();
  };

  return {
    key,
    name: basename(place.kind === 'personal' ? project : place.root),
    project,
    place,
    get settings() {
      return settings;
    },
    config: resolvedConfig.values,
    takeSettings(values) {
      settings = values;
      redactAsWanted();
    },
    journal,
    outbox,
    library: levelledLibrary(library, trust.levels),
    modelLibrary: levelledLibrary(library, trust.levels, (level) => level === 'quarantined'),
    vouchedLibrary,
    trust,
    branchLibrary: () => levelledLibrary(branchLibrary(), trust.levels),
    branchesOf: (path) => branchesOf(place.stateDir, path),
    learned,
    confirmations: openConfirmations(place.stateDir),
    deletedIds: () => tombstones.list().ids,
    forgotten: () =>
      lookForUnwanted({
        tombstones,
        learned,
        library,
        branchLibrary,
        published: () => readPublished(place.stateDir),
        branch: branch(),
      }),
    memoryTexts: library,
    indexFile: indexFile(place, paths),
    vectorFile,
    vectors,
    queryVector: (text) => queryVector(text),
    writer: openMemoryWriter({
      place,
      outbox,
      learned,
      library,
      clock,
      randomBytes: (length) => loadCrypto().randomBytes(length),
      branch,
      sync: syncWritten,
    }),
    sync: () => library.sync(),
    syncInSlices: () => library.syncInSlices(),
    watched,
    rebuild: () => library.rebuild(),
    git,
    async publish({ leavesIndex, ...request }) {
      const publication = await git.publish(request);
      if (request.dryRun !== true && request.beforePushUntil === undefined) {
        // The watch may not have told yet of the files that were just written.
        index.forget();
        // A session's start has no time for a long history.
        await lookUpOthers(place, { env, timeoutMs: HISTORY_MS });
        if (leavesIndex !== true) await library.syncInSlices();
      }
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
    recurringQuestions,
    startBlock: (request) =>
      buildStartBlock(request, {
        place,
        project,
        paths,
        env,
        settings,
        library,
        clock,
        branch: branch(),
        held: heldNotice(place),
        isKeptOut,
        recurringQuestions,
      }),
    noteAnnounced: (destination) =>
      noteAnnounced(paths.announcedFile, destination, new Date(clock.now()).toISOString()),
    status() {
      const record = held();
      return readVaultStatus({
        place,
        project,
        paths,
        env,
        settings,
        library,
        clock,
        branch: branch(),
        waiting: outbox.list().length,
        held:
          record === undefined
            ? undefined
            : { reason: record.reason, sentence: record.sentence, wayOut: record.wayOut },
        vectorFile,
      });
    },
    diagnostics: () => diagnoseVault(place.vaultDir, place.stateDir).diagnostics,
    close() {
      vectors.close();
      library.close();
      onBranches?.close();
    },
  };
}

/** How long the settings of an open vault are believed. */
const SETTINGS_MS = 5_000;

/** How long a look at who brought which memory may take where nobody waits for it. */
const HISTORY_MS = 30_000;

/** The vaults of both kinds that a project has: for moving memories between them. */
export function openBothVaults(where: Whereabouts): { readonly personal: OpenVault; readonly repository?: OpenVault } {
  const { resolved } = locate(where);
  const personal = openPlace(resolved.personal, where);
  return resolved.place.kind === 'personal'
    ? { personal }
    : { personal, repository: openPlace(soundPlace(resolved), where) };
}

/** Those of the names that are signals. */
export function readSignalNames(names: readonly string[]): readonly RankingSignal[] {
  return RANKING_SIGNALS.filter((signal) => names.includes(signal));
}
