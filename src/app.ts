// The one place that wires: a vault's files, outbox, journal, index and Git become one thing that the faces use.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { Diagnostic } from './model/diagnostic.ts';
import { toMemvaultError } from './model/errors.ts';
import type { QueryVector } from './model/embedder.ts';
import { drawMemoryId, ID_LENGTH } from './model/memory.ts';
import type { VaultPlace } from './model/place.ts';
import type { AnsweredQuestion } from './model/question.ts';
import type { Clock, Logger, MemoryLibrary, MemoryWriter } from './model/ports.ts';
import type { Publication } from './model/publication.ts';
import { RANKING_SIGNALS } from './model/search.ts';
import type { RankingSignal, SyncReport } from './model/search.ts';
import type { VaultStatus } from './model/status.ts';
import type { ChangeFeed } from './index/file-source.ts';
import { sessionAccount } from './capture/origin.ts';
import { announcementOf, isAnnounced, noteAnnounced } from './compress/destination.ts';
import type { Destination } from './compress/destination.ts';
import { answeredQuestions } from './compress/questions.ts';
import { describeEmbedding } from './index/embed/describe-embedding.ts';
import { openIndexLibrary } from './index/library.ts';
import type { IndexLibrary } from './index/library.ts';
import { openRecallIndex } from './index/recall-index.ts';
import type { MemoryTexts } from './index/vectors/embed-missing.ts';
import { openVectorIndex } from './index/vectors/vector-index.ts';
import type { VectorIndex } from './index/vectors/vector-index.ts';
import { answerQuestion, beatWatcher, endWatcher, followWatcher, questionFolder } from './index/watcher.ts';
import { composeStart, noticeOnly } from './inject/compose-start.ts';
import type { StandingReader, StartAnswer, StartRequest } from './inject/compose-start.ts';
import { loadCrypto } from './system/builtin.ts';
import { silentLog } from './system/log.ts';
import { dataPaths } from './system/paths.ts';
import { readTemplate } from './system/templates.ts';
import { mainFolder, readBranch, readCloneId } from './system/project.ts';
import { readSettings } from './system/settings.ts';
import type { Settings } from './system/settings.ts';
import type { SettingValues } from './system/setting-table.ts';
import { countSpool } from './system/spool-count.ts';
import { isInTurn } from './system/turn-file.ts';
import { readWorkerFile } from './system/worker-file.ts';
import { openConfirmations } from './vault/confirmations.ts';
import type { Confirmations } from './vault/confirmations.ts';
import { openCodeReader, openCodeState, settleCode } from './vault/code-state.ts';
import { readVaultConfig } from './vault/fixed-files.ts';
import type { VaultConfig } from './vault/fixed-files.ts';
import { readOffline } from './vault/git/offline.ts';
import { lookUpOthers } from './vault/git/others.ts';
import { readHeldText } from './vault/git/held-text.ts';
import { readRefId } from './vault/git/ref-id.ts';
import { readWorkState } from './vault/git/work-state.ts';
import { diagnoseVault } from './vault/diagnose.ts';
import { readHeld } from './vault/held-file.ts';
import { openJournal } from './vault/journal.ts';
import type { Journal } from './vault/journal.ts';
import { openLearned } from './vault/learned.ts';
import type { Learned, LearnedMemory } from './vault/learned.ts';
import { branchesOf } from './vault/elsewhere.ts';
import { branchSource, ownSources } from './vault/memory-sources.ts';
import { noteMemory, tombstoneMemory } from './vault/note-memory.ts';
import { openOutbox } from './vault/outbox.ts';
import type { Outbox } from './vault/outbox.ts';
import {
  choosePlace,
  indexFile,
  indexFolder,
  isSettled,
  placeKey,
  resolvePlace,
  soundPlace,
  wantedVault,
} from './vault/place.ts';
import type { ResolvedPlace } from './vault/place.ts';
import { openTombstones } from './vault/tombstones.ts';
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
  /** The worker's own model, where it is at hand; others ask the worker. */
  readonly embedQuery?: (question: {
    readonly text: string;
    readonly model: string;
  }) => Promise<QueryVector | undefined>;
}

/** What the process that watches a vault's files tells its own index, and others that ask. */
export interface WatchedFiles {
  /** From now on the index learns from the feed which files of the vault changed; undefined: it looks at all of them again. */
  follow(feed: ChangeFeed | undefined): void;
  /** A new file in this folder is a question: has the index every change before it? */
  readonly questions: string;
  /** Says yes to the question of this name. Only for one whose coming was told: then every change before it was told too. */
  answer(name: string): void;
  /** Tells others that they may ask; to be repeated every second. */
  beat(): void;
  /** Nobody may ask any more. */
  end(): void;
}

/** Deleted by a tombstone, or learned here once and not there any more. */
export interface Forgotten {
  /** The one that a draft would bring back. What was deleted is told by title and text, what was learned by its title. */
  find(says: (title: string, gist: string) => boolean): LearnedMemory | undefined;
}

/** What a session starts with, and the destination of its events when that is named here for the first time. */
export interface StartBlock extends StartAnswer {
  readonly announces?: Destination;
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
  readonly library: MemoryLibrary;
  /** Memories that are only on other branches: looked at when somebody asks for them. */
  branchLibrary(): MemoryLibrary;
  /** Short names of the branches that hold a memory which lies `fetched` or on a `branch`, by its path. */
  branchesOf(path: string): readonly string[];
  /** What this clone wrote, also when it is gone. */
  readonly learned: Learned;
  /** Which sessions found a memory again. */
  readonly confirmations: Confirmations;
  /** The memories that people wanted gone, as they are now; one look serves all drafts of a batch. */
  forgotten(): Forgotten;
  /** Ids that a tombstone here deletes. */
  deletedIds(): ReadonlySet<string>;
  /** The texts that vectors are made of. */
  readonly memoryTexts: MemoryTexts;
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
  publish(request: PublishRequest): Promise<Publication>;
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
  const { resolved, settings } = locate(where);
  return openPlace(
    where.vaultFlag === undefined ? choosePlace(resolved, wantedVault(settings.values)) : soundPlace(resolved),
    where,
  );
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
  const watcher = followWatcher(indexDir, () => clock.now());
  let feed = watcher;
  const [vaultFiles, ...otherFiles] = ownSources(place, outbox.root);
  const index = openIndexLibrary({
    vectors,
    file: indexFile(place, paths),
    lockFile: join(indexDir, 'index.lock'),
    sources: [
      {
        ...vaultFiles,
        get changes() {
          return feed;
        },
      },
      ...otherFiles,
    ],
    maxAgeMs: LOOK_AGAIN_MS,
    now: () => clock.now(),
  });
  const watched: WatchedFiles = {
    follow: (next) => void (feed = next ?? NOBODY),
    questions: questionFolder(indexDir),
    answer: (name) => answerQuestion(indexDir, name),
    beat: () => beatWatcher(indexDir, clock.now()),
    end: () => endWatcher(indexDir),
  };
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
  const code = place.kind === 'repository' ? openCodeState(place.root, { now: () => clock.now() }) : undefined;
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
    ...index,
    queryVector,
    // Whoever searches stands somewhere: on a branch, over code that has moved on.
    search: (query) =>
      index.search({
        ...query,
        context: { branch: branch(), hasChanged: code?.hasChanged, ...query.context },
        without: query.without ?? readSignalNames(settings['search.without']),
      }),
  };
  const held = () => {
    const record = readHeld(place);
    return record === undefined ? undefined : { ...record, ...readHeldText(record.reason) };
  };

  const heldNotice = () => {
    const record = held();
    return record === undefined ? undefined : { count: record.held, sentence: record.sentence };
  };

  const recurringQuestions = (): readonly AnsweredQuestion[] =>
    answeredQuestions(paths.questionsFile, project, library);

  const askWhereWorkStands = () =>
    Promise.all([
      readStanding(place, library, env),
      place.kind === 'repository'
        ? readWorkState(place.root, { env, timeoutMs: START_WAIT_MS })
        : { changedFiles: [], recentCommits: [] },
    ]);

  const composeBlock = async (
    request: StartRequest,
    [standing, work]: Awaited<ReturnType<typeof askWhereWorkStands>>,
    told: { readonly at: string; readonly root: string; readonly remark: string | undefined },
  ): Promise<StartAnswer | undefined> => {
    const { observation, summary, note } = library.counts();
    const quick = openRecallIndex(indexFile(place, paths));
    try {
      return await composeStart(request, {
        library,
        lookup: {
          findByWords: (text) => quick?.matchPrompt(text).matches.map(({ row }) => row) ?? [],
          count: () => observation + summary + note,
        },
        budgetTokens: settings['inject.budgetTokens'],
        projectName: basename(project),
        secret: place.commonDir === undefined ? place.root : (readCloneId(place.commonDir, drawCloneId) ?? place.root),
        situation: { branch: branch(), ...work },
        standing,
        held: heldNotice(),
        recurring: recurringQuestions(),
        ...told,
      });
    } finally {
      quick?.close();
    }
  };

  const syncWritten = (): void => {
    // The watch may not have told yet of the files that were just written.
    feed.forget();
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
    takeSettings: (values) => void (settings = values),
    journal,
    outbox,
    library,
    branchLibrary,
    branchesOf: (path) => branchesOf(place.stateDir, path),
    learned,
    confirmations: openConfirmations(place.stateDir),
    deletedIds: () => tombstones.list().ids,
    forgotten() {
      const { ids, deleted } = tombstones.list();
      const once = learned.list();
      return {
        find(says) {
          const found = deleted.find((memory) => says(memory.title, memory.gist));
          if (found !== undefined) return found;
          const alike = once.filter((memory) => says(memory.title, ids.has(memory.id) ? memory.gist : ''));
          const present = new Set(library.get(alike.map(({ id }) => id)).memories.map(({ id }) => id));
          return alike.find(({ id }) => ids.has(id) || !present.has(id));
        },
      };
    },
    memoryTexts: library,
    vectorFile,
    vectors,
    queryVector: (text) => queryVector(text),
    writer: openWriter({ place, outbox, learned, sync: syncWritten, clock, branch }),
    sync: () => library.sync(),
    syncInSlices: () => library.syncInSlices(),
    watched,
    rebuild: () => library.rebuild(),
    git,
    async publish(request) {
      const publication = await git.publish(request);
      if (request.dryRun !== true && request.beforePushUntil === undefined) {
        // The watch may not have told yet of the files that were just written.
        feed.forget();
        // A session's start has no time for a long history.
        await lookUpOthers(place, { env, timeoutMs: HISTORY_MS });
        await library.syncInSlices();
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
    async startBlock(request) {
      const isGivenAlready = request.source === 'resume' || request.source === 'fork';
      const asked = isGivenAlready ? undefined : askWhereWorkStands();
      // Loaded here, so that a search does not pay for the compressors.
      const { destinationOf, readSpending } = await import('./compress/configured.ts');
      const destination = destinationOf(settings, sessionAccount(env), { paths, env });
      const isNew = destination !== undefined && !isAnnounced(paths.announcedFile, destination);
      // While Git looks at the work tree, the index looks at its files.
      const remarks = [
        ...(isKeptOut ? [readTemplate('kept-out.txt').trim()] : []),
        ...conflictRemark(library.diagnostics()),
        ...(isNew ? [announcementOf(destination)] : []),
        ...(destination !== undefined && readSpending(settings, { paths, clock }).isCapReached
          ? [readTemplate('cap-reached.txt').trim()]
          : []),
      ];
      const told = { at: new Date(clock.now()).toISOString(), root: place.root };
      const remark = remarks.length === 0 ? undefined : remarks.join('; ');
      const block = asked === undefined ? undefined : await composeBlock(request, await asked, { ...told, remark });
      if (!isNew) return block;
      return { ...(block ?? noticeOnly(request, remarks, told)), announces: destination };
    },
    noteAnnounced: (destination) =>
      noteAnnounced(paths.announcedFile, destination, new Date(clock.now()).toISOString()),
    async status() {
      const { describeCompression } = await import('./compress/configured.ts');
      const counts = library.counts();
      const record = held();
      const worker = readWorkerFile(paths.workerFile, clock.now());
      const waiting = outbox.list().length;
      const { failures, error, pushes } = readOffline(place.stateDir);
      const pushWaits = pushes.length > 0;
      const current = branch();
      const embedding = describeEmbedding({
        model: settings['search.embedding'],
        modelsDir: paths.models,
        vectorFile,
        memories: counts.observation + counts.summary + counts.note,
      });
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
        compression: describeCompression(settings, sessionAccount(env), { paths, env, clock }),
        ...(embedding === undefined ? {} : { embedding }),
        diagnostics: library.diagnostics(),
      };
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

interface WriterParts {
  readonly place: VaultPlace;
  readonly outbox: Outbox;
  readonly learned: Learned;
  /** Takes what was just written into the index. */
  readonly sync: () => void;
  readonly clock: Clock;
  readonly branch: () => string | undefined;
}

function openWriter({ place, outbox, learned, sync, clock, branch }: WriterParts): MemoryWriter {
  const stamp = () => ({
    id: drawMemoryId(loadCrypto().randomBytes(ID_LENGTH)),
    created: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
  });
  return {
    remember(note) {
      const { gitDir, commonDir, kind } = place;
      const code = openCodeReader(place.root);
      const isHere = kind === 'repository' && gitDir !== undefined && commonDir !== undefined;
      const memory = noteMemory(note, {
        ...stamp(),
        branch: branch(),
        commit: isHere ? readRefId('HEAD', { gitDir, commonDir })?.slice(0, 8) : undefined,
        blobOf: (path) => code.blobOf(path),
      });
      outbox.put(memory);
      learned.add([memory]);
      sync();
      return memory;
    },
    forget(memories) {
      for (const memory of memories) outbox.put(tombstoneMemory(memory, stamp()));
      sync();
    },
  };
}

/** A session's start waits so long for Git at most. */
const START_WAIT_MS = 400;
const HISTORY_MS = 30_000;

/** How the memories of a place stand. Where Git does not answer, nobody knows who brought them: those of the vault count as pending. */
async function readStanding(
  place: VaultPlace,
  library: MemoryLibrary,
  env: Whereabouts['env'],
): Promise<StandingReader> {
  const others = await lookUpOthers(place, { env, timeoutMs: START_WAIT_MS });
  return {
    pending: others?.pending.size,
    trustOf(row) {
      const author = others?.authors.get(row.path);
      const isPending = row.place === 'vault' && others?.pending.has(row.path) !== false;
      return { trust: isPending ? 'pending' : 'trusted', ...(author === undefined ? {} : { author }) };
    },
    async codeOf(rows) {
      if (place.kind === 'personal') return new Map();
      const { memories } = library.get(rows.map(({ id }) => id));
      const { hashFiles } = await import('./vault/git/blobs.ts');
      const { locateBlobs } = await import('./vault/git/locate-blobs.ts');
      return settleCode(memories, openCodeReader(place.root), {
        hash: (paths) => hashFiles(place.root, paths, { env }),
        locate: (blobs) => locateBlobs(place.root, blobs, { env, timeoutMs: START_WAIT_MS }),
      });
    },
  };
}

interface Location {
  readonly resolved: ResolvedPlace;
  readonly settings: Settings;
  readonly config: ReturnType<typeof readVaultConfig>;
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
  const project = mainFolder(resolved.project);
  const { fault, ...config } = readConfigOf(resolved);
  const settings = readSettings({ env, file: paths.settingsFile, project, vault: config.values });
  return {
    resolved: fault === undefined ? resolved : { ...resolved, fault },
    settings: { ...settings, diagnostics: [...settings.diagnostics, ...config.diagnostics] },
    config,
    project,
  };
}

/** The vaults of both kinds that a project has: for moving memories between them. */
export function openBothVaults(where: Whereabouts): { readonly personal: OpenVault; readonly repository?: OpenVault } {
  const { resolved } = locate(where);
  const personal = openPlace(resolved.personal, where);
  return resolved.place.kind === 'personal'
    ? { personal }
    : { personal, repository: openPlace(soundPlace(resolved), where) };
}

/** What `vault.yaml` sets. Of a vault that cannot serve nothing is read; it must not stop the settings that lead away from it. */
function readConfigOf({ place, fault }: ResolvedPlace): VaultConfig & Pick<ResolvedPlace, 'fault'> {
  const nothing: VaultConfig = { values: {}, diagnostics: [] };
  if (fault !== undefined) return { ...nothing, fault };
  try {
    return readVaultConfig(place.vaultDir);
  } catch (error) {
    return { ...nothing, fault: toMemvaultError(error) };
  }
}

/** Files that a merge left with markers are out of the index: people should hear of it. */
function conflictRemark(diagnostics: readonly Diagnostic[]): readonly string[] {
  const count = diagnostics.filter((diagnostic) => diagnostic.rule === 'conflict-markers').length;
  if (count === 0) return [];
  const what = count === 1 ? '1 memory with conflict markers is' : `${count} memories with conflict markers are`;
  return [`${what} left out: run \`memvault resolve\``];
}

/** The feed of the process that would watch and does not: it must not ask itself. */
const NOBODY: ChangeFeed = { take: () => undefined, putBack: () => undefined, forget: () => undefined };

/** A process looks at the files at most so often. */
const LOOK_AGAIN_MS = 2_000;

function readSignalNames(names: readonly string[]): readonly RankingSignal[] {
  return RANKING_SIGNALS.filter((signal) => names.includes(signal));
}

function drawCloneId(): string {
  return loadCrypto().randomBytes(8).toString('hex');
}
