// What the faces have of an open vault, and where they stand when they open one.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { QueryVector } from '../model/embedder.ts';
import type { VaultPlace } from '../model/place.ts';
import type { AnsweredQuestion } from '../model/question.ts';
import type { Clock, Logger, MemoryLibrary, MemoryWriter } from '../model/ports.ts';
import type { Publication } from '../model/publication.ts';
import type { SyncReport } from '../model/search.ts';
import type { VaultStatus } from '../model/status.ts';
import type { WatchedFiles } from './place-index.ts';
import type { VaultTrust } from './vault-trust.ts';
import type { StartBlock } from './start-block.ts';
import type { Destination } from '../compress/destination.ts';
import type { MemoryTexts } from '../index/vectors/embed-missing.ts';
import type { VectorIndex } from '../index/vectors/vector-index.ts';
import type { StartRequest } from '../inject/compose-start.ts';
import type { SettingValues } from '../system/setting-table.ts';
import type { Confirmations } from '../vault/confirmations.ts';
import type { Journal } from '../vault/journal.ts';
import type { Learned } from '../vault/learned.ts';
import type { Outbox } from '../vault/outbox.ts';
import type { Unwanted } from '../vault/unwanted.ts';
import type { PublishRequest } from '../vault/publish-request.ts';
import type { VaultGit } from '../vault/vault-git.ts';

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
