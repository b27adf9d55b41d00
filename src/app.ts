// The one place that wires: a vault's files, outbox, journal, index and Git become one thing that the faces use.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { Diagnostic } from './model/diagnostic.ts';
import { drawMemoryId, ID_LENGTH } from './model/memory.ts';
import type { VaultPlace } from './model/place.ts';
import type { Clock, Logger, MemoryLibrary, MemoryWriter } from './model/ports.ts';
import type { Publication } from './model/publication.ts';
import type { SyncReport } from './model/search.ts';
import type { VaultStatus } from './model/status.ts';
import type { MemoryFileSource } from './index/file-source.ts';
import { describeCompression } from './compress/configured.ts';
import { openIndexLibrary } from './index/library.ts';
import type { IndexLibrary } from './index/library.ts';
import { openRecallIndex } from './index/recall-index.ts';
import { composeStart } from './inject/compose-start.ts';
import type { StandingReader, StartAnswer, StartRequest } from './inject/compose-start.ts';
import { silentLog } from './system/log.ts';
import { dataPaths } from './system/paths.ts';
import { readTemplate } from './system/templates.ts';
import { readBranch, readCloneId } from './system/project.ts';
import { readSettings } from './system/settings.ts';
import type { Settings } from './system/settings.ts';
import type { SettingValues } from './system/setting-table.ts';
import { countSpool } from './system/spool-count.ts';
import { readWorkerFile } from './system/worker-file.ts';
import { openCodeReader, settleCode } from './vault/code-state.ts';
import { readVaultConfig } from './vault/fixed-files.ts';
import { lookUpOthers } from './vault/git/others.ts';
import { readHeldText } from './vault/git/held-text.ts';
import { readRefId } from './vault/git/ref-id.ts';
import { readWorkState } from './vault/git/work-state.ts';
import { diagnoseVault } from './vault/diagnose.ts';
import { noteHeld, readHeld } from './vault/held-file.ts';
import { openJournal } from './vault/journal.ts';
import type { Journal } from './vault/journal.ts';
import { parseMemoryFile } from './vault/memory-file.ts';
import { noteMemory, tombstoneMemory } from './vault/note-memory.ts';
import { openOutbox } from './vault/outbox.ts';
import type { Outbox } from './vault/outbox.ts';
import { choosePlace, indexFile, isSettled, resolvePlace } from './vault/place.ts';
import type { ResolvedPlace } from './vault/place.ts';
import { listVaultFiles, readVaultFile } from './vault/store.ts';

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

export interface PublishRequest {
  /** Skips the quiet time and the hold on the default branch; every other gate stays. */
  readonly now: boolean;
  readonly atSessionEnd: boolean;
  readonly dryRun?: boolean;
  /** Makes the vault also when no memory waits. */
  readonly makeVault?: boolean;
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
  /** For what somebody writes on purpose. */
  readonly writer: MemoryWriter;
  takeSettings(settings: SettingValues): void;
  /** Takes changed files into the index now. */
  sync(): SyncReport;
  /** Makes the index anew from the files alone. */
  rebuild(): SyncReport;
  publish(request: PublishRequest): Promise<Publication>;
  /** Git blob ids of the project's files, by repository-relative path; files that are gone are left out. */
  blobs(paths: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Branch and commit that the work tree stands on. */
  code(): Promise<{ readonly branch?: string; readonly commit?: string }>;
  startBlock(request: StartRequest): Promise<StartAnswer | undefined>;
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
  return openPlace(
    where.vaultFlag === undefined ? choosePlace(resolved, settings.values.vault) : resolved.place,
    where,
  );
}

/**
 * The vault that a session's memories are written to; undefined where the person switched memories off. Asks Git, for a
 * repository without a vault yet, whether it may hold one.
 */
export async function openVaultFor(where: Whereabouts): Promise<OpenVault | undefined> {
  const { resolved, settings } = locate(where);
  const wanted = settings.values.vault;
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
  const isKeptOut = place.kind === 'personal' && resolved.place.kind === 'repository' && first.values.vault === 'auto';
  let settings = first.values;
  const outbox = openOutbox(place.stateDir);
  const journal = openJournal(place.stateDir, (diagnostic) =>
    log.warn('journal entry set aside', { path: diagnostic.path }),
  );
  const library = openIndexLibrary({
    file: indexFile(place),
    lockFile: join(place.stateDir, 'index.lock'),
    sources: [fileSource('vault', place.vaultDir), fileSource('outbox', outbox.root)],
    maxAgeMs: 2_000,
    now: () => clock.now(),
  });
  const branch = (): string | undefined =>
    place.kind === 'repository' && place.gitDir !== undefined ? readBranch(place.gitDir) : undefined;
  const held = () => {
    const record = readHeld(place.stateDir);
    return record === undefined ? undefined : { ...record, ...readHeldText(record.reason) };
  };

  const heldNotice = () => {
    const record = held();
    return record === undefined ? undefined : { count: record.held, sentence: record.sentence };
  };

  return {
    key: createHash('sha256').update(place.stateDir).digest('hex').slice(0, 12),
    name: basename(place.kind === 'personal' ? project : place.root),
    place,
    get settings() {
      return settings;
    },
    takeSettings: (values) => void (settings = values),
    journal,
    outbox,
    library,
    writer: openWriter({ place, outbox, library, clock, branch }),
    sync: () => library.sync(),
    rebuild: () => library.rebuild(),
    async publish(request) {
      if (place.kind === 'folder') return { committed: 0, held: outbox.list().length, reason: 'no-git' };
      // Loaded here, so that a session's start and a search do not pay for what only publishing needs.
      const { publish, pruneOutbox } = await import('./vault/git/publish.ts');
      if (place.kind === 'personal') await (await import('./vault/git/personal.ts')).initPersonal(place, { env });
      const publication = await publish(place, {
        ...request,
        mode: settings['publish.mode'],
        defaultBranch: settings['publish.defaultBranch'],
        protectedBranches: settings.protectedBranches,
        message: settings['publish.message'],
        clock,
        logger: log,
        env,
      });
      if (request.dryRun !== true) {
        noteHeld(place.stateDir, publication);
        await pruneOutbox(place, { env });
        // A session's start has no time for a long history.
        await lookUpOthers(place, { env, timeoutMs: HISTORY_MS });
        library.sync();
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
    async startBlock(request) {
      if (request.source === 'resume' || request.source === 'fork') return undefined;
      const asked = Promise.all([
        readStanding(place, library, env),
        place.kind === 'repository'
          ? readWorkState(place.root, { env, timeoutMs: START_WAIT_MS })
          : { changedFiles: [], recentCommits: [] },
      ]);
      // While Git looks at the work tree, the index looks at its files.
      const { observation, summary, note } = library.counts();
      const [standing, work] = await asked;
      const quick = openRecallIndex(indexFile(place));
      const answer = await composeStart(request, {
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
        remark: isKeptOut ? readTemplate('kept-out.txt').trim() : undefined,
        root: place.root,
        at: new Date(clock.now()).toISOString(),
      });
      quick?.close();
      return answer;
    },
    status(): VaultStatus {
      const counts = library.counts();
      const record = held();
      const worker = readWorkerFile(paths.workerFile, clock.now());
      const waiting = outbox.list().length;
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
        queue: countSpool(paths),
        worker: worker === undefined ? { running: false } : { running: true, pid: worker.pid, port: worker.port },
        compression: describeCompression(settings, env),
        diagnostics: library.diagnostics(),
      };
    },
    diagnostics: () => diagnoseVault(place.vaultDir, place.stateDir).diagnostics,
    close: () => library.close(),
  };
}

interface WriterParts {
  readonly place: VaultPlace;
  readonly outbox: Outbox;
  readonly library: IndexLibrary;
  readonly clock: Clock;
  readonly branch: () => string | undefined;
}

function openWriter({ place, outbox, library, clock, branch }: WriterParts): MemoryWriter {
  const stamp = () => ({
    id: drawMemoryId(randomBytes(ID_LENGTH)),
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
      library.sync();
      return memory;
    },
    forget(memories) {
      for (const memory of memories) outbox.put(tombstoneMemory(memory, stamp()));
      library.sync();
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

function fileSource(place: MemoryFileSource['place'], root: string): MemoryFileSource {
  return {
    place,
    list: (report) =>
      listVaultFiles(root, report).map((file) => ({
        ...file,
        mtimeNs: String(file.mtimeNs),
        inode: String(file.inode),
      })),
    read(path) {
      const found = readVaultFile(root, path);
      return found.ok ? parseMemoryFile(path, found.bytes) : { ok: false, diagnostics: [found.diagnostic] };
    },
  };
}

function drawCloneId(): string {
  return randomBytes(8).toString('hex');
}
