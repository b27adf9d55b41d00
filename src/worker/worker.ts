// The worker's parts put together: spool, sessions, vaults, compressor, publisher and the page's source.

import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Embedder } from '../model/embedder.ts';
import { toMemvaultError } from '../model/errors.ts';
import type { Clock, Logger, RandomBytes } from '../model/ports.ts';
import { keepDeadLetters, keepQuota } from '../capture/spool-quota.ts';
import { openSpool } from '../capture/spool.ts';
import { openSecondLook } from '../app/second-look.ts';
import { foldDrops, recordDrop } from '../system/drops.ts';
import type { DataPaths } from '../system/paths.ts';
import { noteTurns } from '../system/turn-file.ts';
import { readSettings } from '../system/settings.ts';
import { createBatchCompressor } from '../compress/configured.ts';
import { measureMeaning } from '../compress/question-meaning.ts';
import type { QuestionMeaning } from '../compress/question-meaning.ts';
import { openVaultFor } from '../app.ts';
import type { OpenVault } from '../app.ts';
import type { ViewerSource } from '../model/viewer-source.ts';
import { countAttempts } from './attempts.ts';
import { createBatchWriter } from './batch-writer.ts';
import { runCycle, writeDueSummaries } from './cycle.ts';
import type { CycleParts } from './cycle-parts.ts';
import { createEmbedders } from './embedders.ts';
import { createBackgroundEmbedding } from './embedding.ts';
import { openInHand } from './in-hand.ts';
import { createLiveEvents } from './live-events.ts';
import { createQuietPublisher } from './quiet-publisher.ts';
import { createRemoteWatch } from './remote-watch.ts';
import { listSessions } from '../inject/session-file.ts';
import { searchFor } from './search-for.ts';
import { pruneSessions } from './prune-sessions.ts';
import { openSessions } from './sessions.ts';
import { createVaultShelf } from './vault-shelf.ts';

/** An asynchronous hook on a busy machine takes half a second. */
const SETTLE_MS = 1_500;
/** How often the room that the spool takes is looked at. */
const QUOTA_MS = 30_000;

export interface WorkerParts {
  readonly paths: DataPaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly randomBytes: RandomBytes;
}

export interface Worker {
  /** One cycle with the settings as they are now. `busy`: something is new or was done, `isDone`: memories were written. `settling`: something is due soon. `embedding`: work goes on beside the cycles. */
  cycle(): Promise<{
    readonly busy: boolean;
    readonly isDone: boolean;
    readonly settling: boolean;
    readonly embedding: boolean;
    readonly idleMs: number;
    readonly by: readonly string[];
  }>;
  /** Events in the spool that no cycle has taken yet. */
  waiting(): number;
  /** All events in the spool. */
  pending(): number;
  readonly viewerSource: ViewerSource;
  close(): Promise<void>;
}

export function openWorker(parts: WorkerParts): Worker {
  const { paths, env, clock, log, randomBytes } = parts;
  const spool = openSpool(paths.spool, paths.deadLetter);
  const sessions = openSessions(paths.sessions);
  const live = createLiveEvents(clock);
  const attempts = countAttempts();
  const inHand = openInHand(paths.inHandFile);
  const clones = new Map<string, string>();
  const embedders = createEmbedders({
    paths,
    clock,
    log,
    threads: () => readSettings({ env, file: paths.settingsFile }).values['search.threads'],
  });
  const modelFor = ({ place }: OpenVault): string =>
    readSettings({ env, file: paths.settingsFile, project: place.root }).values['search.embedding'];
  const embedding = createBackgroundEmbedding({ embedders, clock, log, live, modelFor });
  // A model that was closed meanwhile is another object, and measured anew: a matter of forty short texts.
  const meanings = new WeakMap<Embedder, QuestionMeaning>();
  const questionMeaning = async (vault: OpenVault): Promise<QuestionMeaning | undefined> => {
    const model = modelFor(vault);
    const embedder = model === 'none' ? undefined : await embedders.open(model);
    if (embedder === undefined) return undefined;
    const meaning = meanings.get(embedder) ?? (await measureMeaning(embedder));
    meanings.set(embedder, meaning);
    return meaning;
  };
  live.subscribe((event) => {
    if (event.kind === 'memory') embedding.markChanged(event.vault);
  });
  /** Whoever asks does not wait for a model that is still being opened. */
  const embedQuery = async (question: { readonly text: string; readonly model: string }) => {
    const embedder = embedders.ready(question.model);
    if (embedder === undefined) return undefined;
    const [vector] = await embedder.embed([question.text], 'query');
    return vector === undefined ? undefined : { model: embedder.id, vector };
  };
  const secondLook = openSecondLook(paths, log);
  const cleaned: CycleParts['cleaned'] = new Map();
  const shelf = createVaultShelf({
    live,
    clock,
    log,
    open: (project) => {
      const folder = homeOf(project, clones.get(project));
      return openVaultFor({ cwd: folder, projectDir: folder, env, clock, log, embedQuery });
    },
  });
  const publisher = createQuietPublisher({ clock, log, live });
  const remotes = createRemoteWatch({ log, live });
  const writer = createBatchWriter({
    sessions,
    clock,
    randomBytes,
    log,
    questionsFile: paths.questionsFile,
    secondLook,
    questionMeaning,
    compress: createBatchCompressor({ paths, env, log, clock }),
  });
  const seen = new Set<string>();
  const surveyed = new Set<string>();
  const cutTurns: CycleParts['cutTurns'] = new Map();
  let turns = '';
  let quotaAt = Number.NEGATIVE_INFINITY;
  let prunedAt = Number.NEGATIVE_INFINITY;
  const keepWithin = (maxBytes: number): void => {
    try {
      const at = new Date(clock.now()).toISOString();
      const except = new Set(attempts.failed().flatMap((batch) => (batch.isJournaled ? batch.eventIds : [])));
      const dropped = keepQuota(paths, { maxBytes, at, folders: ['new', 'cur'], except });
      const letters = keepDeadLetters(paths, { maxBytes, at });
      foldDrops(paths.dropsFile);
      if (letters > 0)
        log.warn('dropped the oldest dead letters: they were over the quota', { count: letters, maxBytes });
      if (dropped === 0) return;
      log.warn('dropped the oldest tool uses: the spool was over its quota', { count: dropped, maxBytes });
      live.add('worker', `${dropped} tool uses were dropped: too many events waited`);
    } catch (error) {
      log.error('the quota of the spool could not be kept', { message: toMemvaultError(error).message });
    }
  };

  return {
    async cycle() {
      const settings = readSettings({ env, file: paths.settingsFile }).values;
      const sessionIdleMs = settings['session.idleSeconds'] * 1000;
      const cycleParts = {
        spool,
        sessions,
        writer,
        attempts,
        inHand,
        seen,
        secondLook,
        cleaned,
        surveyed,
        live,
        clock,
        log,
        sessionIdleMs,
        clones,
        cutTurns,
        noteTurns(worktrees: ReadonlySet<string>) {
          const noted = [...worktrees].sort().join('\n');
          if (noted !== turns) noteTurns(paths, worktrees);
          turns = noted;
        },
        settleMs: SETTLE_MS,
        vaultFor: (project: string) => shelf.get(project),
        drop: (batch: { sessionId: string; eventIds: readonly string[] }, reason: string) =>
          recordDrop(paths.dropsFile, {
            at: new Date(clock.now()).toISOString(),
            sessionId: batch.sessionId,
            eventIds: batch.eventIds,
            reason,
          }),
      };
      if (Math.abs(clock.now() - quotaAt) >= QUOTA_MS) {
        quotaAt = clock.now();
        keepWithin(settings['spool.quotaMegabytes'] * 1024 * 1024);
      }
      if (Math.abs(clock.now() - prunedAt) >= PRUNE_MS) {
        prunedAt = clock.now();
        const pruned = pruneSessions(paths.sessions, { now: prunedAt });
        if (pruned > 0) log.info('forgot what was kept of old sessions', { sessions: pruned });
      }
      const met = seen.size;
      const report = await runCycle(cycleParts);
      const isNew = seen.size > met;
      const summaries = await writeDueSummaries(cycleParts, report.openSessions);
      const isQuiet = (vault: OpenVault): boolean =>
        !report.inTurn.has(vault.place.root) && shelf.lastUsed(vault) + sessionIdleMs <= clock.now();
      await publisher.run(shelf.all(), isQuiet);
      await remotes.run(shelf.all());
      embedding.run(shelf.all());
      await embedders.rest();
      return {
        busy: isNew || report.batches > 0 || summaries > 0,
        isDone: report.batches > 0 || summaries > 0,
        settling: report.settling,
        embedding: embedding.isBusy,
        idleMs: settings['worker.idleSeconds'] * 1000,
        by: report.by,
      };
    },
    waiting: () => spool.counts().waiting,
    pending: () => spool.counts().waiting + spool.counts().claimed,
    viewerSource: {
      vaults: () => shelf.summaries(),
      library: (key) => shelf.byKey(key)?.library,
      status: async (key) => shelf.byKey(key)?.status(),
      async queryVector({ project, ...question }) {
        const answer = await embedQuery(question);
        // Whoever searches a project wants its memories embedded, also before a session works there.
        if (project !== undefined && !shelf.has(project)) void shelf.get(project).catch(() => undefined);
        return answer;
      },
      searchFor: (asked) => searchFor(asked, { env, whole: (key) => shelf.whole(key), embedQuery }),
      receipts(key) {
        const root = shelf.byKey(key)?.place.root;
        return listSessions(paths.sessions, { root, most: SHOWN_SESSIONS });
      },
      recentEvents: () => live.recent(),
      subscribe: (listener) => live.subscribe(listener),
    },
    async close() {
      // Whoever ends in order died over nothing.
      inHand.release();
      noteTurns(paths, new Set());
      await remotes.close();
      await embedding.close();
      await embedders.close();
      await shelf.close();
    },
  };
}

/** How often old sessions are looked for. */
const PRUNE_MS = 24 * 3_600_000;

/** The page of receipts shows so many. */
const SHOWN_SESSIONS = 30;

/** A work tree that was deleted before its events were worked off: its memories go to the outbox of the same clone. */
function homeOf(project: string, commonDir: string | undefined): string {
  if (commonDir === undefined || existsSync(project) || basename(commonDir) !== '.git') return project;
  return dirname(commonDir);
}
