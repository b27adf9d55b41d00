// The user's ledger of own memories: blob ids that commits made here brought, or that were first seen as an edit of the work tree.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { sha256Hex } from '../../system/digest.ts';
import { dataPaths } from '../../system/paths.ts';
import { readPublished } from './published.ts';
import { isMadeHere, readAllReflogs } from './reflog.ts';
import type { ReflogEntry } from './reflog.ts';
import type { Environment, GitRunner } from './runner.ts';

interface Ledger {
  /** By reflog: the last entry that was looked at, and how many there were. */
  readonly logs: Readonly<Record<string, { readonly count: number; readonly commit: string }>>;
  /** Seconds since the epoch of the newest publication that was looked at. */
  readonly publishedAt: number;
  readonly blobs: readonly string[];
}

/** The blob ids of everything that this clone's user wrote; looks only at what came since the last time. */
export async function readOwnBlobs(
  git: GitRunner,
  place: VaultPlace,
  { env, timeoutMs }: { readonly env?: Environment; readonly timeoutMs: number },
): Promise<ReadonlySet<string>> {
  const file = ledgerFile(place, env);
  const ledger = readLedger(file);
  const lines = new Set<string>();
  const logs: Record<string, { count: number; commit: string }> = {};
  for (const [name, entries] of readAllReflogs(place)) {
    const last = entries.at(-1);
    if (last === undefined) continue;
    for (const entry of entries.slice(beginOf(entries, ledger.logs[name])))
      if (isMadeHere(entry)) lines.add(lineOf(entry));
    logs[name] = { count: entries.length, commit: last.commit };
  }
  let publishedAt = ledger.publishedAt;
  for (const { at, commit } of Object.values(readPublished(place.stateDir))) {
    if (at < ledger.publishedAt) continue;
    publishedAt = Math.max(publishedAt, at);
    if (commit !== undefined) lines.add(commit);
  }
  const blobs = new Set(ledger.blobs);
  const known = blobs.size;
  for (const blob of await readBrought(git, [...lines], timeoutMs)) blobs.add(blob);
  const next: Ledger = { logs, publishedAt, blobs: [...blobs] };
  if (blobs.size !== known || JSON.stringify(next.logs) !== JSON.stringify(ledger.logs)) writeLedger(file, next);
  return blobs;
}

/** What the ledger holds already; asks nobody. */
export function readKnownOwnBlobs(place: VaultPlace, env?: Environment): ReadonlySet<string> {
  return new Set(readLedger(ledgerFile(place, env)).blobs);
}

/** Takes blobs of the user's own edits into the ledger, so that they stay theirs however they are committed. */
export function noteOwnBlobs(place: VaultPlace, added: Iterable<string>, env: Environment | undefined): void {
  const file = ledgerFile(place, env);
  const ledger = readLedger(file);
  writeLedger(file, { ...ledger, blobs: [...new Set([...ledger.blobs, ...added])] });
}

/** Where the entries begin that nobody looked at yet; a reflog that expired or began anew is looked at as a whole. */
function beginOf(entries: readonly ReflogEntry[], seen: { count: number; commit: string } | undefined): number {
  return seen !== undefined && entries[seen.count - 1]?.commit === seen.commit ? seen.count : 0;
}

/**
 * A line for `diff-tree --stdin`: the commit with what HEAD was before as its parent, so that amending somebody's commit brings
 * only what was changed in it. A merge has its own parents: only what differs from all of them was written here.
 */
function lineOf({ before, commit, action }: ReflogEntry): string {
  return action.startsWith('commit (merge)') || /^0+$/.test(before) ? commit : `${commit} ${before}`;
}

async function readBrought(git: GitRunner, lines: readonly string[], timeoutMs: number): Promise<readonly string[]> {
  if (lines.length === 0) return [];
  // A reflog outlives the commits that it names.
  const there = await git.run(['cat-file', '--batch-check=%(objecttype)'], {
    stdin: lines
      .flatMap((line) => line.split(' '))
      .map((commit) => `${commit}\n`)
      .join(''),
    timeoutMs,
  });
  const types = there.text.split('\n');
  let at = 0;
  const stdin = lines
    .filter((line) => {
      const parts = line.split(' ').length;
      const isThere = types.slice(at, at + parts).every((type) => type === 'commit');
      at += parts;
      return isThere;
    })
    .map((line) => `${line}\n`)
    .join('');
  if (stdin === '') return [];
  const args = [
    'diff-tree',
    '--stdin',
    '-r',
    '-c',
    '--root',
    '--no-renames',
    '--raw',
    '--no-abbrev',
    '--diff-filter=AM',
  ];
  const compared = await git.run([...args, '--', VAULT_FOLDER], { stdin, timeoutMs });
  return compared.text
    .split('\n')
    .flatMap((line) => /^:+(?:\d{6} )+(?:[0-9a-f]+ )+([0-9a-f]+) [AM]+\t/.exec(line)?.[1] ?? []);
}

function ledgerFile(place: VaultPlace, env: Environment | undefined): string {
  const name = sha256Hex(Buffer.from(place.commonDir ?? place.root)).slice(0, 16);
  return join(dataPaths(env).ownBlobs, `${name}.json`);
}

function readLedger(file: string): Ledger {
  const nothing: Ledger = { logs: {}, publishedAt: 0, blobs: [] };
  try {
    const { logs, publishedAt, blobs } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Ledger>;
    const isSound =
      Array.isArray(blobs) && typeof publishedAt === 'number' && typeof logs === 'object' && logs !== null;
    return isSound ? { logs, publishedAt, blobs } : nothing;
  } catch {
    return nothing;
  }
}

function writeLedger(file: string, ledger: Ledger): void {
  try {
    writeFileAtomic(file, `${JSON.stringify(ledger)}\n`);
  } catch {
    // A data folder that cannot be written costs another look the next time.
  }
}
