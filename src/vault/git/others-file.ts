// What is kept of other people's memories: who brought which, and which nobody vouches for. Read without Git.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { readFileBlob } from '../../system/file-blob.ts';
import { dataPaths } from '../../system/paths.ts';
import { trustStamp } from '../trust.ts';
import { addsOnlyOwn, readReflog } from './reflog.ts';
import { readRefId } from './ref-id.ts';
import type { Environment } from './runner.ts';

export interface OthersMemories {
  /** By path below the vault: the name of the person who brought it, a claim of the commit; empty where that claims to be the user. */
  readonly authors: ReadonlyMap<string, string>;
  /** Path below the vault → blob id, where the text is neither the user's own nor in a default branch that the user trusts. */
  readonly pending: ReadonlyMap<string, string>;
  /** Whether the user trusts the repository; true as well where it has no remote. */
  readonly isTrusted: boolean;
}

export interface KeptOthers {
  readonly form: typeof FORM;
  /** HEAD's commit. */
  readonly head: string;
  /** The default branch's ref, and its commit. */
  readonly base?: { readonly ref: string; readonly commit: string };
  /** Where the default branch comes from, without a password; empty without a remote. */
  readonly remote: string;
  readonly isTrusted: boolean;
  /** Of the files whose change may change the answer: Git's configuration, the user's word on trust. */
  readonly stamps: string;
  readonly authors: Readonly<Record<string, string>>;
  /** Path → blob id. */
  readonly pending: Readonly<Record<string, string>>;
  /** Those of the pending ones that the person has edited in the work tree: path → blob id of the edit. */
  readonly edited: Readonly<Record<string, string>>;
}

export const FORM = 3;

export const NO_OTHERS: OthersMemories = { authors: new Map(), pending: new Map(), isTrusted: true };

/**
 * What was kept, as long as nothing came to HEAD since but commits that were made here, and nothing that is pending can have been
 * merged; undefined otherwise.
 */
export function readOthers(place: VaultPlace, env?: Environment): OthersMemories | undefined {
  if (place.kind !== 'repository') return NO_OTHERS;
  const kept = readKeptOthers(place);
  if (kept === undefined || kept.stamps !== stampsOf(place, env) || !holdsOnlyOwnSince(place, kept.head))
    return undefined;
  return Object.keys(kept.pending).length === 0 || isBaseCurrent(place, kept) ? toOthers(place, kept) : undefined;
}

/** Whether neither HEAD, nor the default branch, nor what decides on trust has moved since. */
export function isCurrent(place: VaultPlace, kept: KeptOthers, env?: Environment): boolean {
  return refId(place, 'HEAD') === kept.head && isBaseCurrent(place, kept) && kept.stamps === stampsOf(place, env);
}

/** Tells whether the configuration of Git or the user's word on trust may have changed. */
export function stampsOf({ commonDir }: VaultPlace, env?: Environment): string {
  const config = commonDir === undefined ? undefined : statSync(join(commonDir, 'config'), { throwIfNoEntry: false });
  return `${config?.size ?? 0}:${config?.mtimeMs ?? 0} ${trustStamp(dataPaths(env).trustFile)}`;
}

function isBaseCurrent(place: VaultPlace, { base }: KeptOthers): boolean {
  return base === undefined || refId(place, base.ref) === base.commit;
}

function refId({ gitDir, commonDir }: VaultPlace, ref: string): string | undefined {
  return gitDir === undefined || commonDir === undefined ? undefined : readRefId(ref, { gitDir, commonDir });
}

function holdsOnlyOwnSince(place: VaultPlace, head: string): boolean {
  const now = refId(place, 'HEAD');
  if (now === undefined || now === head) return now === head;
  const log = readReflog(place);
  const since = log.findLastIndex(({ commit }) => commit === head);
  return since >= 0 && log.at(-1)?.commit === now && log.slice(since + 1).every(addsOnlyOwn);
}

export function toOthers({ vaultDir }: VaultPlace, kept: KeptOthers): OthersMemories {
  const all = builtOf.get(kept) ?? {
    authors: new Map(Object.entries(kept.authors)),
    pending: new Map(Object.entries(kept.pending)),
    isTrusted: kept.isTrusted,
  };
  builtOf.set(kept, all);
  if (Object.keys(kept.edited).length === 0) return all;
  const authors = new Map(all.authors);
  const pending = new Map(all.pending);
  for (const [path, oid] of Object.entries(kept.edited)) {
    // An edit that was taken back leaves what was pending.
    if (!oid.startsWith(readFileBlob(join(vaultDir, path)) ?? '-')) continue;
    authors.delete(path);
    pending.delete(path);
  }
  return { authors, pending, isTrusted: kept.isTrusted };
}

/** A search asks several times in one breath, and a large team has many rows. */
const builtOf = new WeakMap<KeptOthers, OthersMemories>();

/** Of the work tree, not of the clone: each has a HEAD of its own. */
export function othersFile({ stateDir, gitDir, commonDir }: VaultPlace): string {
  const folder = gitDir === undefined || gitDir === commonDir ? stateDir : join(gitDir, STATE_FOLDER);
  return join(folder, 'others.json');
}

export function readKeptOthers(place: VaultPlace): KeptOthers | undefined {
  const file = othersFile(place);
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  if (stats === undefined) return undefined;
  const version = `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
  const known = lastRead.get(file);
  if (known?.version === version) return known.kept;
  const kept = parseKept(file);
  lastRead.set(file, { version, kept });
  return kept;
}

const lastRead = new Map<string, { readonly version: string; readonly kept: KeptOthers | undefined }>();

function parseKept(file: string): KeptOthers | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as KeptOthers;
    const isSound =
      typeof kept.head === 'string' && typeof kept.pending === 'object' && typeof kept.edited === 'object';
    return kept.form === FORM && isSound ? kept : undefined;
  } catch {
    return undefined;
  }
}
