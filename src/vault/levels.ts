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
import type { Elsewhere, ElsewhereMemory } from './elsewhere.ts';
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
  const surroundings = openSurroundings(parts);
  const known = new Map<MemoryId, MemoryLevel>();
  const approved = new Set(Object.keys(parts.trust.approved));
  const of = (row: LevelRow): MemoryLevel => {
    const found = known.get(row.id);
    if (found !== undefined) return found;
    const level = judge(row, parts, surroundings, approved);
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

/** What all memories are held against, read once and only when one needs it. */
interface Surroundings {
  readonly defaultRef: string | undefined;
  /** Memories of other branches by their path in the vault. */
  twinsOf(path: string): readonly ElsewhereMemory[];
  isOwnBlob(oid: string): boolean;
  branch(): string | undefined;
}

function openSurroundings({ place, env }: LevelParts): Surroundings {
  let elsewhere: Elsewhere | undefined;
  let byPath: ReadonlyMap<string, readonly ElsewhereMemory[]> | undefined;
  let ownBlobs: ReadonlySet<string> | undefined;
  const read = (): Elsewhere => (elsewhere ??= readElsewhere(place.stateDir));
  return {
    get defaultRef() {
      return read().defaultRef;
    },
    twinsOf: (path) => (byPath ??= Map.groupBy(read().memories, (memory) => memory.path)).get(path) ?? [],
    isOwnBlob: (oid) => (ownBlobs ??= readKnownOwnBlobs(place, env)).has(oid),
    branch: () => (place.gitDir === undefined ? undefined : readBranch(place.gitDir)),
  };
}

function judge(
  row: LevelRow,
  parts: LevelParts,
  surroundings: Surroundings,
  approved: ReadonlySet<string>,
): MemoryLevel {
  const { trust, level } = describe(row, parts, surroundings);
  if (Object.hasOwn(parts.trust.quarantined, row.id)) return { ...level, trust: 'quarantined' };
  if (trust === 'own') return { ...level, trust };
  const orders = findOrders(`${row.title}\n${parts.textOf(row.id)}`);
  const marked = orders.length === 0 ? level : { ...level, orders };
  if (isApproved(row, parts, surroundings, approved)) return { ...marked, trust: 'merged', isApproved: true };
  return { ...marked, trust: orders.length > 0 ? 'quarantined' : trust };
}

function describe(
  row: LevelRow,
  { place, others }: LevelParts,
  surroundings: Surroundings,
): { readonly trust: TrustLevel; readonly level: Omit<MemoryLevel, 'trust'> } {
  if (row.place === 'outbox' || place.kind !== 'repository') return { trust: 'own', level: {} };
  const name = others?.authors.get(row.path);
  const level = name === undefined || name === '' ? {} : { author: name };
  const twins = surroundings.twinsOf(row.path);
  const isInDefault = ({ refs }: ElsewhereMemory): boolean =>
    others?.isTrusted === true && surroundings.defaultRef !== undefined && refs.includes(surroundings.defaultRef);
  if (row.place !== 'vault') {
    const [memory] = twins;
    if (memory !== undefined && surroundings.isOwnBlob(memory.oid)) return { trust: 'own', level: {} };
    return { trust: memory !== undefined && isInDefault(memory) ? 'merged' : 'pending', level };
  }
  if (others === undefined || others.pending.has(row.path)) return { trust: 'pending', level };
  const source = twins.length === 0 ? undefined : findSource(row, twins, place, surroundings);
  if (source !== undefined) return { trust: isInDefault(source) ? 'merged' : 'pending', level };
  return { trust: name === undefined ? 'own' : 'merged', level };
}

/** A file of the work tree that HEAD does not have, and another branch has byte for byte, was taken from there and not written here. */
function findSource(
  row: LevelRow,
  twins: readonly ElsewhereMemory[],
  place: VaultPlace,
  surroundings: Surroundings,
): ElsewhereMemory | undefined {
  const blob = readFileBlob(join(place.vaultDir, row.path));
  const branch = surroundings.branch();
  const twin = twins.find(({ oid }) => blob !== undefined && oid.startsWith(blob));
  if (twin === undefined || twin.refs.includes(`refs/heads/${branch ?? ''}`)) return undefined;
  return surroundings.isOwnBlob(twin.oid) ? undefined : twin;
}

function isApproved(
  row: LevelRow,
  { place, others }: LevelParts,
  surroundings: Surroundings,
  approved: ReadonlySet<string>,
): boolean {
  if (approved.size === 0) return false;
  const oid =
    row.place === 'vault'
      ? (others?.pending.get(row.path) ?? readFileBlob(join(place.vaultDir, row.path)))
      : surroundings.twinsOf(row.path)[0]?.oid;
  return oid !== undefined && [...approved].some((one) => one.startsWith(oid));
}
