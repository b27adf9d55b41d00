// Whose word each memory is: puts together what Git knows of others, what the user said, how the text reads, and what it descends from.

import { join } from 'node:path';
import type { MemoryId } from '../model/memory.ts';
import type { VaultPlace } from '../model/place.ts';
import type { MemoryRow } from '../model/search.ts';
import { isInjectable } from '../model/standing.ts';
import type { TrustLevel } from '../model/standing.ts';
import { readFileBlob } from '../system/file-blob.ts';
import { readBranch } from '../system/project.ts';
import { findOrders } from '../system/order-marks.ts';
import type { OrderMark } from '../system/order-marks.ts';
import { readElsewhere } from './elsewhere.ts';
import type { ElsewhereMemory } from './elsewhere.ts';
import type { OthersMemories } from './git/others-file.ts';
import { readKnownOwnBlobs } from './git/own-blobs.ts';
import type { TrustRecord } from './trust.ts';

export interface MemoryLevel {
  readonly trust: TrustLevel;
  /** Name of the person who brought it, when that is not the user; a claim of the commit. */
  readonly author?: string;
  /** What in it reads like orders to an agent; looked at where it is not the user's own. */
  readonly orders?: readonly OrderMark[];
  /** A review approved exactly this text. */
  readonly isApproved?: boolean;
}

/** What a level is told by; `supersedes` are the ids that the memory replaces. */
export type LevelRow = Pick<MemoryRow, 'id' | 'path' | 'place' | 'title'> & {
  readonly supersedes?: readonly MemoryId[];
};

export interface LevelParts {
  readonly place: VaultPlace;
  /** Undefined where Git gives no answer: then what lies in the vault is pending. */
  readonly others: OthersMemories | undefined;
  readonly trust: TrustRecord;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The text below a memory's title; empty when it is not there. */
  readonly textOf: (id: MemoryId) => string;
  /** A memory of the index by its id. */
  readonly rowOf: (id: MemoryId) => LevelRow | undefined;
}

export interface Levels {
  of(row: LevelRow): MemoryLevel;
  /** How many memories of the work tree are pending; undefined where nobody knows. */
  readonly pending: number | undefined;
}

/** Levels as they are now; each memory is looked at once. */
export function openLevels(parts: LevelParts): Levels {
  const known = new Map<MemoryId, MemoryLevel>();
  const approved = new Set(Object.keys(parts.trust.approved));
  const of = (row: LevelRow): MemoryLevel => {
    const found = known.get(row.id);
    if (found !== undefined) return found;
    const level = judge(row, parts, approved);
    // Two memories may say that each replaces the other.
    known.set(row.id, level);
    const final = lowerByDescent(row, level, (id) => parts.rowOf(id), of);
    known.set(row.id, final);
    return final;
  };
  const { others } = parts;
  const waiting = others === undefined ? undefined : [...others.pending.values()].filter((oid) => !approved.has(oid));
  return { of, pending: waiting?.length };
}

/** More of what a memory replaces is not looked at. */
const MOST_ANCESTORS = 50;

/** What replaces a memory that nobody vouches for was written with it at hand: it is worth no more, until somebody reviews it. */
function lowerByDescent(
  row: LevelRow,
  level: MemoryLevel,
  rowOf: (id: MemoryId) => LevelRow | undefined,
  of: (row: LevelRow) => MemoryLevel,
): MemoryLevel {
  if (!isInjectable(level.trust) || level.isApproved === true) return level;
  for (const id of (row.supersedes ?? []).slice(0, MOST_ANCESTORS)) {
    const ancestor = rowOf(id);
    if (ancestor !== undefined && !isInjectable(of(ancestor).trust)) return { ...level, trust: 'pending' };
  }
  return level;
}

function judge(row: LevelRow, parts: LevelParts, approved: ReadonlySet<string>): MemoryLevel {
  const { trust, level } = describe(row, parts);
  if (Object.hasOwn(parts.trust.quarantined, row.id)) return { ...level, trust: 'quarantined' };
  if (trust === 'own') return { ...level, trust };
  const orders = findOrders(`${row.title}\n${parts.textOf(row.id)}`);
  const marked = orders.length === 0 ? level : { ...level, orders };
  if (isApproved(row, parts, approved)) return { ...marked, trust: 'merged', isApproved: true };
  return { ...marked, trust: orders.length > 0 ? 'quarantined' : trust };
}

function describe(
  row: LevelRow,
  { place, others, env }: LevelParts,
): { readonly trust: TrustLevel; readonly level: Omit<MemoryLevel, 'trust'> } {
  if (row.place === 'outbox' || place.kind !== 'repository') return { trust: 'own', level: {} };
  const name = others?.authors.get(row.path);
  const level = name === undefined || name === '' ? {} : { author: name };
  const elsewhere = readElsewhere(place.stateDir);
  const twins = elsewhere.memories.filter(({ path }) => path === row.path);
  const isInDefault = ({ refs }: ElsewhereMemory): boolean =>
    others?.isTrusted === true && elsewhere.defaultRef !== undefined && refs.includes(elsewhere.defaultRef);
  if (row.place !== 'vault') {
    const [memory] = twins;
    if (memory !== undefined && readKnownOwnBlobs(place, env).has(memory.oid)) return { trust: 'own', level: {} };
    return { trust: memory !== undefined && isInDefault(memory) ? 'merged' : 'pending', level };
  }
  if (others === undefined || others.pending.has(row.path)) return { trust: 'pending', level };
  const source = twins.length === 0 ? undefined : findSource(row, twins, place, env);
  if (source !== undefined) return { trust: isInDefault(source) ? 'merged' : 'pending', level };
  return { trust: name === undefined ? 'own' : 'merged', level };
}

/** A file of the work tree that HEAD does not have, and another branch has byte for byte, was taken from there and not written here. */
function findSource(
  row: LevelRow,
  twins: readonly ElsewhereMemory[],
  place: VaultPlace,
  env: LevelParts['env'],
): ElsewhereMemory | undefined {
  const blob = readFileBlob(join(place.vaultDir, row.path));
  const branch = place.gitDir === undefined ? undefined : readBranch(place.gitDir);
  const twin = twins.find(({ oid }) => blob !== undefined && oid.startsWith(blob));
  if (twin === undefined || twin.refs.includes(`refs/heads/${branch ?? ''}`)) return undefined;
  return readKnownOwnBlobs(place, env).has(twin.oid) ? undefined : twin;
}

function isApproved(row: LevelRow, { place, others }: LevelParts, approved: ReadonlySet<string>): boolean {
  if (approved.size === 0) return false;
  const oid =
    row.place === 'vault'
      ? (others?.pending.get(row.path) ?? readFileBlob(join(place.vaultDir, row.path)))
      : readElsewhere(place.stateDir).memories.find(({ path }) => path === row.path)?.oid;
  return oid !== undefined && [...approved].some((one) => one.startsWith(oid));
}
