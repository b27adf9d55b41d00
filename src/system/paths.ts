// Where memvault keeps this user's side: every path below the data folder. Pure; touches no disk.

import { sep } from 'node:path';
import { absolutePath } from './absolute-path.ts';
import { loadOs } from './builtin.ts';

export interface DataPaths {
  /** `~/.claude-mem`, or CLAUDE_MEM_DATA_DIR. */
  readonly dataDir: string;
  readonly settingsFile: string;
  /** `~/.claude-mem/memvault`: everything below is 0700/0600. */
  readonly home: string;
  readonly spool: string;
  readonly deadLetter: string;
  readonly quarantine: string;
  readonly sessions: string;
  readonly vaults: string;
  /** Indexes of vaults whose own folders cannot be written, by the vault's key. */
  readonly indexes: string;
  readonly runtime: string;
  readonly models: string;
  /** What V8 compiled of the hooks' code, and of the search. */
  readonly compiled: string;
  readonly logs: string;
  /** Pid, port and token of the running worker; its time of change is the heartbeat. */
  readonly workerFile: string;
  /** Its time of change says when a hook last started a worker; the worker takes it away once it is up. */
  readonly startMark: string;
  /** SQLite file whose exclusive lock says that a worker runs. */
  readonly workerLock: string;
  /** SQLite file whose exclusive lock says that a model is being asked. */
  readonly callLock: string;
  /** Cached answer of the search for a new enough Node. */
  readonly nodeFile: string;
  /** What compression asked of models and what it cost. */
  readonly ledgerFile: string;
  /** Prompts of the user, to know what is asked again. */
  readonly questionsFile: string;
  /** What was dropped on purpose: counts, ids and reasons. */
  readonly dropsFile: string;
  /** The batch that the worker works off, while it does. */
  readonly inHandFile: string;
  /** Salted hashes of what the user said is no secret. */
  readonly allowedFile: string;
  /** Sessions and projects of which nothing is kept for now. */
  readonly pausesFile: string;
  /** Hosts and accounts that a line at some session's start has named. */
  readonly announcedFile: string;
  /** Which repositories the user trusts, and what the user said of single memories. */
  readonly trustFile: string;
  /** Blob ids of the user's own memories, a file for each clone. */
  readonly ownBlobs: string;
}

/** The data folder's paths for an environment (CLAUDE_MEM_DATA_DIR, HOME). */
export function dataPaths(env: Readonly<Record<string, string | undefined>> = process.env): DataPaths {
  const dataDir = dataFolder(env);
  // Not `join`, which normalises each: the hook pays for this at every event.
  const inside = dataDir.endsWith(sep) ? dataDir : dataDir + sep;
  const home = inside + 'memvault';
  const below = (name: string): string => home + sep + name;
  return {
    dataDir,
    settingsFile: inside + 'settings.json',
    home,
    spool: below('spool'),
    deadLetter: below('dead-letter'),
    quarantine: below('quarantine'),
    sessions: below('sessions'),
    vaults: below('vaults'),
    indexes: below('indexes'),
    runtime: below('runtime'),
    models: below('models'),
    compiled: below('compiled'),
    logs: below('logs'),
    workerFile: below('worker.json'),
    startMark: below('starting'),
    workerLock: below('worker.lock'),
    callLock: below('call.lock'),
    nodeFile: below('node.json'),
    ledgerFile: below('ledger.sqlite'),
    questionsFile: below('questions.sqlite'),
    dropsFile: below('drops.jsonl'),
    inHandFile: below('in-hand.json'),
    allowedFile: below('allowed.json'),
    pausesFile: below('pauses.json'),
    announcedFile: below('announced.json'),
    trustFile: below('trust.json'),
    ownBlobs: below('own-blobs'),
  };
}

function dataFolder(env: Readonly<Record<string, string | undefined>>): string {
  return absolutePath(env['CLAUDE_MEM_DATA_DIR'] || (env['HOME'] || loadOs().homedir()) + sep + '.claude-mem');
}
