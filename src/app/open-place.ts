// The one place that wires: a vault's files, outbox, journal, index and Git become one thing that the faces use.

import { basename } from 'node:path';
import type { VaultPlace } from '../model/place.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import { isInjectable } from '../model/standing.ts';
import { levelledLibrary } from './levelled-library.ts';
import { openSearch } from './open-search.ts';
import { buildStartBlock, heldNotice } from './start-block.ts';
import { readVaultStatus } from './vault-status.ts';
import { noteAnnounced } from '../compress/destination.ts';
import { answeredQuestions } from '../compress/answered-questions.ts';
import { loadCrypto } from '../system/builtin.ts';
import { silentLog } from '../system/log.ts';
import { redactionPolicyOf } from '../system/capture-rules.ts';
import { dataPaths } from '../system/paths.ts';
import { setRedactionPolicy } from '../system/redaction/policy.ts';
import { isInTurn } from '../system/turn-file.ts';
import { openConfirmations } from '../vault/confirmations.ts';
import { lookUpOthers } from '../vault/git/others.ts';
import { readPublished } from '../vault/git/published.ts';
import { diagnoseVault } from '../vault/diagnose.ts';
import { readHeld } from '../vault/held-file.ts';
import { readHeldText } from '../vault/git/held-text.ts';
import { openJournal } from '../vault/journal.ts';
import { openLearned } from '../vault/learned.ts';
import { openOutbox } from '../vault/outbox.ts';
import { indexFile, placeKey, wantedVault } from '../vault/place.ts';
import { openTombstones } from '../vault/tombstones.ts';
import { openMemoryWriter } from '../vault/memory-writer.ts';
import { lookForUnwanted } from '../vault/unwanted.ts';
import { openVaultGit } from '../vault/vault-git.ts';
import type { OpenVault, Whereabouts } from './open-vault.ts';

/** Opens a vault at a known place. Nothing is made or read before it is needed. */
export function openPlace(place: VaultPlace, where: Whereabouts): OpenVault {
  const { env } = where;
  const clock = where.clock ?? { now: () => Date.now() };
  const log = where.log ?? silentLog;
  const paths = dataPaths(env);
  const searched = openSearch(place, where);
  const { index, trust, unlevelled: library, branch, settings, vectors, vectorFile } = searched;
  const { project, resolved, config: resolvedConfig } = searched.location;
  const isKeptOut =
    place.kind === 'personal' && resolved.place.kind === 'repository' && wantedVault(settings()) === 'auto';
  const redactAsWanted = (): void => setRedactionPolicy(redactionPolicyOf(paths, settings()['redact.extraPatterns']));
  redactAsWanted();
  const key = placeKey(place);
  const outbox = openOutbox(place.stateDir);
  const journal = openJournal(place.stateDir, (diagnostic) =>
    log.warn('journal entry set aside', { path: diagnostic.path }),
  );
  const learned = openLearned(place.stateDir);
  const tombstones = openTombstones([place.vaultDir, outbox.root]);
  const { watched } = index;
  const git = openVaultGit({
    place,
    settings,
    inTurn: () => isInTurn(paths, place.root, clock.now()),
    env,
    clock,
    log,
  });
  const vouchedLibrary = levelledLibrary(library, trust.levels, (level) => !isInjectable(level));
  const held = () => {
    const record = readHeld(place);
    return record === undefined ? undefined : { ...record, ...readHeldText(record.reason) };
  };

  const recurringQuestions = (): readonly AnsweredQuestion[] =>
    answeredQuestions(paths.questionsFile, project, vouchedLibrary);

  const standpoint = () => ({ place, project, paths, env, settings: settings(), library, clock, branch: branch() });

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
      return settings();
    },
    config: resolvedConfig.values,
    takeSettings(values) {
      searched.takeSettings(values);
      redactAsWanted();
    },
    journal,
    outbox,
    library: searched.library,
    modelLibrary: levelledLibrary(library, trust.levels, (level) => level === 'quarantined'),
    vouchedLibrary,
    trust,
    branchLibrary: () => searched.branchLibrary(),
    branchesOf: (path) => searched.branchesOf(path),
    learned,
    confirmations: openConfirmations(place.stateDir),
    deletedIds: () => tombstones.list().ids,
    forgotten: () =>
      lookForUnwanted({
        tombstones,
        learned,
        library,
        branchLibrary: searched.unlevelledBranches,
        published: () => readPublished(place.stateDir),
        branch: branch(),
      }),
    memoryTexts: library,
    indexFile: indexFile(place, paths),
    vectorFile,
    vectors,
    queryVector: (text) => searched.queryVector(text),
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
    close: () => searched.close(),
  };
}

/** How long a look at who brought which memory may take where nobody waits for it. */
const HISTORY_MS = 30_000;
