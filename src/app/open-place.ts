// The one place that wires: a vault's files, outbox, journal, index and Git become one thing that the faces use.

import { basename, join } from 'node:path';
import type { QueryVector } from '../model/embedder.ts';
import type { VaultPlace } from '../model/place.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { MemoryLibrary } from '../model/ports.ts';
import { isInjectable } from '../model/standing.ts';
import { filesBelow } from './files-below.ts';
import { levelledLibrary } from './levelled-library.ts';
import { LOOK_AGAIN_MS, openPlaceIndex } from './place-index.ts';
import { openVaultTrust } from './vault-trust.ts';
import { buildStartBlock, heldNotice } from './start-block.ts';
import { readVaultStatus } from './vault-status.ts';
import { noteAnnounced } from '../compress/destination.ts';
import { answeredQuestions } from '../compress/answered-questions.ts';
import { openIndexLibrary } from '../index/library.ts';
import type { IndexLibrary } from '../index/library.ts';
import { openVectorIndex } from '../index/vectors/vector-index.ts';
import { loadCrypto } from '../system/builtin.ts';
import { silentLog } from '../system/log.ts';
import { redactionPolicyOf } from '../system/capture-rules.ts';
import { dataPaths } from '../system/paths.ts';
import { setRedactionPolicy } from '../system/redaction/policy.ts';
import { readBranch } from '../system/project.ts';
import { isInTurn } from '../system/turn-file.ts';
import { openConfirmations } from '../vault/confirmations.ts';
import { openCodeChanges } from '../vault/code-changes.ts';
import { lookUpOthers } from '../vault/git/others.ts';
import { readPublished } from '../vault/git/published.ts';
import { diagnoseVault } from '../vault/diagnose.ts';
import { readHeld } from '../vault/held-file.ts';
import { readHeldText } from '../vault/git/held-text.ts';
import { openJournal } from '../vault/journal.ts';
import { openLearned } from '../vault/learned.ts';
import { branchesOf } from '../vault/elsewhere.ts';
import { branchSource } from '../vault/memory-sources.ts';
import { openOutbox } from '../vault/outbox.ts';
import { indexFile, indexFolder, placeKey, wantedVault } from '../vault/place.ts';
import { openTombstones } from '../vault/tombstones.ts';
import { locate } from '../vault/location.ts';
import { openMemoryWriter } from '../vault/memory-writer.ts';
import { lookForUnwanted } from '../vault/unwanted.ts';
import { openVaultGit } from '../vault/vault-git.ts';
import type { OpenVault, Whereabouts } from './open-vault.ts';
import { readSignalNames } from './signal-names.ts';

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
    const { askQueryVector } = await import('../system/query-vector.ts');
    return askQueryVector(paths.workerFile, { text, model, ...(where.vaultFlag === undefined ? { project } : {}) });
  };
  const library: IndexLibrary = {
    ...index.library,
    queryVector,
    // Whoever searches stands somewhere: on a branch, over code that has moved on.
    search: (query) =>
      index.library.search({
        ...filesBelow(place.root, query),
        context: { branch: branch(), hasChanged: code?.hasChanged, ...query.context },
        without: query.without ?? readSignalNames(settings['search.without']),
      }),
    recent: (filters, limit, after) => index.library.recent(filesBelow(place.root, filters), limit, after),
  };
  const trust = openVaultTrust({ place, paths, env, clock, library });
  const vouchedLibrary = levelledLibrary(library, trust.levels, (level) => !isInjectable(level));
  const held = () => {
    const record = readHeld(place);
    return record === undefined ? undefined : { ...record, ...readHeldText(record.reason) };
  };

  const recurringQuestions = (): readonly AnsweredQuestion[] =>
    answeredQuestions(paths.questionsFile, project, vouchedLibrary);

  const standpoint = () => ({ place, project, paths, env, settings, library, clock, branch: branch() });

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
      place.kind === 'repository' ? (await import('../vault/git/blobs.ts')).hashFiles(place.root, files, { env }) : {},
    async code() {
      const current = branch();
      const commit =
        place.kind === 'repository'
          ? await (await import('../vault/git/blobs.ts')).headCommit(place.root, { env })
          : undefined;
      return {
        ...(current === undefined ? {} : { branch: current }),
        ...(commit === undefined ? {} : { commit: commit.slice(0, 8) }),
      };
    },
    recurringQuestions,
    startBlock: (request) =>
      buildStartBlock(request, {
        ...standpoint(),
        held: heldNotice(place),
        isKeptOut,
        recurringQuestions,
      }),
    noteAnnounced: (destination) =>
      noteAnnounced(paths.announcedFile, destination, new Date(clock.now()).toISOString()),
    status() {
      const record = held();
      return readVaultStatus({
        ...standpoint(),
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
