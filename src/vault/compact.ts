// Folds the memories of old months: live ones become chapters of an archive, replaced and forgotten ones go. Pure.

import { createHash } from 'node:crypto';
import { drawMemoryId, shortId } from '../model/memory.ts';
import type { Memory, MemoryId } from '../model/memory.ts';
import { ARCHIVE_TAG } from './forgotten.ts';
import { memoryPath, isOwnPath } from './file-name.ts';
import { serializeMemory } from './memory-file.ts';

const MAX_CHAPTERS = 200;
const MAX_BODY = 180 * 1024;
const MAX_FILES = 60;

export interface Placed {
  /** Relative to the vault. */
  readonly path: string;
  readonly memory: Memory;
}

export interface CompactPlan {
  /** `2025-03`, oldest first. */
  readonly months: readonly string[];
  /** Paths below the vault. */
  readonly remove: readonly string[];
  readonly add: readonly { readonly path: string; readonly text: string }[];
  readonly folded: number;
  readonly dropped: number;
}

/**
 * What is older than the month `before` (`2025-03`) and has a name that memvault gave. Pinned memories and archives stay as they
 * are. The same files always give the same archives, so that two clones which compact at once agree.
 */
export function planCompact(all: readonly Placed[], before: string): CompactPlan {
  const old = all.filter(({ path, memory }) => monthOf(path) < before && isOwnPath(path) && !stays(memory));
  const replaced = new Set(all.flatMap(({ memory }) => memory.supersedes));
  const deleted = new Set(all.flatMap(({ memory }) => (memory.kind === 'tombstone' ? memory.deletes : [])));
  const add: { path: string; text: string }[] = [];
  let [folded, dropped] = [0, 0];
  const months = Map.groupBy(old, ({ path }) => monthOf(path));
  for (const [month, placed] of [...months].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const memories = placed.map(({ memory }) => memory).sort(byTime);
    const live = memories.filter(({ id, kind }) => kind !== 'tombstone' && !replaced.has(id) && !deleted.has(id));
    const gone = memories.filter(({ id, kind }) => kind !== 'tombstone' && replaced.has(id) && !deleted.has(id));
    const tombstones = memories.filter(({ kind }) => kind === 'tombstone');
    const parts = partsOf(live);
    for (const [i, part] of parts.entries())
      add.push(archive(month, part, i === 0 ? gone.map(({ id }) => id) : [], [i + 1, parts.length]));
    if (tombstones.length > 0) add.push(jointTombstone(month, tombstones));
    folded += live.length;
    dropped += memories.length - live.length - tombstones.length;
  }
  return { months: [...months.keys()].sort(), remove: old.map(({ path }) => path).sort(), add, folded, dropped };
}

function stays(memory: Memory): boolean {
  return memory.tags.includes('pinned') || memory.tags.includes(ARCHIVE_TAG);
}

function monthOf(path: string): string {
  const [, year = '9999', month = '12'] = path.split('/');
  return `${year}-${month}`;
}

function byTime(one: Memory, other: Memory): number {
  return one.created === other.created ? (one.id < other.id ? -1 : 1) : one.created < other.created ? -1 : 1;
}

function partsOf(memories: readonly Memory[]): Memory[][] {
  const parts: Memory[][] = [];
  let size = 0;
  for (const memory of memories) {
    const bytes = Buffer.byteLength(chapter(memory));
    const last = parts.at(-1);
    if (last === undefined || last.length >= MAX_CHAPTERS || size + bytes > MAX_BODY) {
      parts.push([memory]);
      size = bytes;
    } else {
      last.push(memory);
      size += bytes;
    }
  }
  return parts;
}

function archive(
  month: string,
  memories: readonly Memory[],
  replaced: readonly MemoryId[],
  [part, parts]: readonly [number, number],
): { path: string; text: string } {
  const ids = [...memories.map(({ id }) => id), ...replaced.slice(0, MAX_CHAPTERS)];
  const files = [...new Set(memories.flatMap((memory) => memory.files.map((file) => file.path)))].slice(0, MAX_FILES);
  return written({
    id: idFrom(month, ids),
    kind: 'note',
    title: `Archive of ${month}${parts > 1 ? `, part ${part} of ${parts}` : ''}`,
    created: `${month}-28T00:00:00Z`,
    files: files.map((path) => ({ path })),
    tags: [ARCHIVE_TAG],
    supersedes: ids,
    deletes: [],
    body: memories.map(chapter).join('\n'),
  });
}

function jointTombstone(month: string, tombstones: readonly Memory[]): { path: string; text: string } {
  const deletes = [...new Set(tombstones.flatMap((memory) => memory.deletes))].sort();
  return written({
    id: idFrom(month, deletes),
    kind: 'tombstone',
    title: `Forgotten in ${month}`,
    created: `${month}-28T00:00:00Z`,
    files: [],
    tags: [ARCHIVE_TAG],
    supersedes: [],
    deletes,
    body: '',
  });
}

function written(memory: Memory): { path: string; text: string } {
  return { path: memoryPath(memory), text: serializeMemory(memory) };
}

function chapter(memory: Memory): string {
  const facts = [memory.created.slice(0, 10), memory.type ?? memory.kind, shortId(memory.id)].join(' · ');
  const files = memory.files.map((file) => `\`${file.path}\``).join(', ');
  const body = memory.body.replace(/^(#{1,5})(?= )/gm, '#$1').trim();
  return `## ${memory.title}\n\n${facts}${files === '' ? '' : ` · ${files}`}\n\n${body}\n`;
}

function idFrom(month: string, ids: readonly MemoryId[]): MemoryId {
  return drawMemoryId(
    createHash('sha256')
      .update(`${month}\0${[...ids].sort().join('\0')}`)
      .digest(),
  );
}
