// Where memvault keeps this user's side: every path below the data folder. Pure; touches no disk.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

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
  readonly runtime: string;
  readonly models: string;
  readonly logs: string;
  /** Pid, port and token of the running worker; its time of change is the heartbeat. */
  readonly workerFile: string;
  /** SQLite file whose exclusive lock says that a worker runs. */
  readonly workerLock: string;
  /** Cached answer of the search for a new enough Node. */
  readonly nodeFile: string;
}

/** The data folder's paths for an environment (CLAUDE_MEM_DATA_DIR, HOME). */
export function dataPaths(env: Readonly<Record<string, string | undefined>> = process.env): DataPaths {
  const dataDir = resolve(env['CLAUDE_MEM_DATA_DIR'] || join(env['HOME'] || homedir(), '.claude-mem'));
  const home = join(dataDir, 'memvault');
  return {
    dataDir,
    settingsFile: join(dataDir, 'settings.json'),
    home,
    spool: join(home, 'spool'),
    deadLetter: join(home, 'dead-letter'),
    quarantine: join(home, 'quarantine'),
    sessions: join(home, 'sessions'),
    vaults: join(home, 'vaults'),
    runtime: join(home, 'runtime'),
    models: join(home, 'models'),
    logs: join(home, 'logs'),
    workerFile: join(home, 'worker.json'),
    workerLock: join(home, 'worker.lock'),
    nodeFile: join(home, 'node.json'),
  };
}
