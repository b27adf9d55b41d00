// What the user said of repositories, memories and machines: kept on the user's side, where no repository can write.

import { readFileSync, statSync } from 'node:fs';
import type { MemoryId } from '../model/memory.ts';
import { writeFileAtomic } from '../system/atomic-file.ts';

/** What holds for a clone, and of which remote that was said. */
export interface CloneTrust {
  /** Where its default branch comes from, without a password. Another address asks again. */
  readonly remote: string;
  /**
   * `said`: by the user. `own-work`: at first use, because that branch holds commits that were made in this clone. `withdrawn`: the
   * user took it back.
   */
  readonly why: 'said' | 'own-work' | 'withdrawn';
  /** UTC. */
  readonly at: string;
}

/** What the user said of one memory. */
export interface Verdict {
  /** UTC. */
  readonly at: string;
  readonly title: string;
}

export interface TrustRecord {
  /** By the real path of the Git common directory. */
  readonly clones: Readonly<Record<string, CloneTrust>>;
  /** Memories that a review approved, by the blob id of exactly that text. */
  readonly approved: Readonly<Record<string, Verdict & { readonly id: MemoryId }>>;
  /** Memories that a review refused, by id: a later edit does not lift it. */
  readonly quarantined: Readonly<Record<MemoryId, Verdict>>;
  /** E-mail addresses that the user's other machines commit with, in lower case. */
  readonly me: readonly string[];
}

const NOBODY: TrustRecord = { clones: {}, approved: {}, quarantined: {}, me: [] };

/** One that is missing or damaged trusts nobody. Never throws. */
export function readTrust(file: string): TrustRecord {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isRecord(parsed)) return NOBODY;
    const { clones, approved, quarantined, me } = parsed;
    return {
      clones: keep(clones, isCloneTrust),
      approved: keep(
        approved,
        (row): row is Verdict & { id: string } => isVerdict(row) && isText((row as { id?: unknown }).id),
      ),
      quarantined: keep(quarantined, isVerdict),
      me: Array.isArray(me) ? me.filter(isText) : [],
    };
  } catch {
    return NOBODY;
  }
}

/** Replaces the record by what `change` makes of it. */
export function changeTrust(file: string, change: (record: TrustRecord) => TrustRecord): void {
  writeFileAtomic(file, `${JSON.stringify(change(readTrust(file)), null, 2)}\n`);
}

/** Whether this clone is trusted with the default branch of this remote; undefined where nothing was ever said of the clone. */
export function isTrustedClone(record: TrustRecord, commonDir: string, remote: string): boolean | undefined {
  const clone = Object.hasOwn(record.clones, commonDir) ? record.clones[commonDir] : undefined;
  return clone === undefined ? undefined : clone.why !== 'withdrawn' && clone.remote === remote;
}

/** Another text when the record may have changed. */
export function trustStamp(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? '-' : `${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

/** Rows without a prototype, so that no key has a meaning of its own. */
function keep<Row>(value: unknown, isRow: (row: unknown) => row is Row): Readonly<Record<string, Row>> {
  const rows: Record<string, Row> = Object.create(null);
  if (isRecord(value)) for (const [key, row] of Object.entries(value)) if (isRow(row)) rows[key] = row;
  return rows;
}

function isCloneTrust(row: unknown): row is CloneTrust {
  if (!isRecord(row) || !isText(row['remote']) || !isText(row['at'])) return false;
  return row['why'] === 'said' || row['why'] === 'own-work' || row['why'] === 'withdrawn';
}

function isVerdict(row: unknown): row is Verdict {
  return isRecord(row) && isText(row['at']) && isText(row['title']);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
