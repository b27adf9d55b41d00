// Has the running worker search: it has the vault open, so that a process that lives for one search need not load what searches.

import type { DelegatedSearch, FoundHere } from '../model/delegated-search.ts';
import { askProven } from './proven-worker.ts';
import { VERSION } from './version.ts';
import { readWorkerFile } from './worker-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What of an environment decides which vault is meant and how it is searched; all else stays in the process. */
export const STANDPOINT_VARIABLES = [
  'HOME',
  'CLAUDE_MEM_DATA_DIR',
  'CLAUDE_MEM_VAULT',
  'CLAUDE_MEM_PUBLISH_MODE',
  'CLAUDE_MEM_SEARCH_WITHOUT',
  'CLAUDE_MEM_SEARCH_EMBEDDING',
] as const;

export interface WorkerSearchRequest {
  readonly query: DelegatedSearch['query'];
  readonly cwd: string;
  readonly vaultFlag: string | undefined;
  readonly env: Environment;
}

/**
 * A worker that has nothing else to do proves itself in a few milliseconds, and has searched 100,000 memories in a hundred. Who has proved
 * itself in time is worth a longer wait: on a busy machine another search, begun anew in another process, would take longer still.
 */
const PROOF_MS = 100;
const LIMIT_MS = 1_500;
/** A hundred hits with all their files. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * What the worker found; undefined when there is none, it is of another version, has not that vault open, cannot vouch for its index,
 * or does not answer in time. Never throws: whoever asks then searches itself, and meets there what was wrong with the question.
 */
export async function askWorkerSearch(
  workerFile: string,
  { query, cwd, vaultFlag, env }: WorkerSearchRequest,
  limits: { readonly proofMs: number; readonly limitMs: number } = { proofMs: PROOF_MS, limitMs: LIMIT_MS },
): Promise<FoundHere | undefined> {
  const worker = readWorkerFile(workerFile, Date.now());
  if (worker === undefined || worker.port === 0 || worker.version !== VERSION) return undefined;
  const asked: DelegatedSearch = {
    from: { cwd, ...(vaultFlag === undefined ? {} : { vaultFlag }), env: pickStandpoint(env) },
    query,
  };
  try {
    const body = JSON.stringify(asked);
    const reply = await askProven(worker, { path: '/api/vault-search', body, ...limits, maxBytes: MAX_BYTES });
    return isFound(reply) ? reply : undefined;
  } catch {
    return undefined;
  }
}

function pickStandpoint(env: Environment): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of STANDPOINT_VARIABLES) {
    const value = env[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

function isFound(reply: unknown): reply is FoundHere {
  if (typeof reply !== 'object' || reply === null) return false;
  const { hits, total, stale, branches } = reply as Partial<Record<keyof FoundHere, unknown>>;
  return Array.isArray(hits) && typeof total === 'number' && stale === false && typeof branches === 'object';
}
