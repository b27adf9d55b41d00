// The memory files of a vault by the place they lie in, as an index lists and reads them: work tree, outbox, fetched, branches.

import { readBranch } from '../system/project.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { VaultPlace } from '../model/place.ts';
import type { MemoryPlace } from '../model/search.ts';
import type { ElsewhereMemory } from './elsewhere.ts';
import { branchMemories, fetchedMemories, idsOnBranches, readElsewhere, readElsewhereMemory } from './elsewhere.ts';
import { idOf } from './file-name.ts';
import { parseMemoryFile } from './memory-file.ts';
import type { MemoryFile } from './memory-file.ts';
import { listVaultFiles, readVaultFile } from './store.ts';

/** One place's files; the shape that the index asks for. */
export interface MemorySource {
  readonly place: MemoryPlace;
  list(report: (diagnostic: Diagnostic) => void): readonly ListedFile[];
  read(path: string): MemoryFile;
}

interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly inode: string;
}

/** What a search in this work tree finds: its files, what waits, and what is merged but not pulled yet. */
export function ownSources(place: VaultPlace, outboxRoot: string): readonly MemorySource[] {
  const outbox = folderSource('outbox', outboxRoot);
  return [
    folderSource('vault', place.vaultDir),
    {
      ...outbox,
      list(report) {
        const files = outbox.list(report);
        const elsewhere = idsOnBranches(readElsewhere(place.stateDir), branchOf(place));
        // A tombstone of one's own holds at once, wherever it is committed.
        const isOwn = (path: string): boolean => !elsewhere.has(idOf(path) ?? '') || isTombstone(outbox.read(path));
        return elsewhere.size === 0 ? files : files.filter((file) => isOwn(file.path));
      },
    },
    blobSource('fetched', place),
  ];
}

/** Memories of other branches: they hide and replace nothing until they are merged. */
export function branchSource(place: VaultPlace): MemorySource {
  const source = blobSource('branch', place);
  return {
    ...source,
    read(path) {
      const found = source.read(path);
      if (!found.ok) return found;
      if (found.memory.kind === 'tombstone') return { ok: false, diagnostics: [] };
      return { ...found, memory: { ...found.memory, supersedes: [] } };
    },
  };
}

function folderSource(place: MemoryPlace, root: string): MemorySource {
  return {
    place,
    list: (report) =>
      listVaultFiles(root, report).map((file) => ({
        ...file,
        mtimeNs: String(file.mtimeNs),
        inode: String(file.inode),
      })),
    read(path) {
      const found = readVaultFile(root, path);
      return found.ok ? parseMemoryFile(path, found.bytes) : { ok: false, diagnostics: [found.diagnostic] };
    },
  };
}

function blobSource(kind: 'fetched' | 'branch', place: VaultPlace): MemorySource {
  const listed = () => {
    const elsewhere = readElsewhere(place.stateDir);
    return (kind === 'fetched' ? fetchedMemories : branchMemories)(elsewhere, branchOf(place));
  };
  let last = new Map<string, ElsewhereMemory>();
  return {
    place: kind,
    list() {
      last = new Map(listed().map((memory) => [memory.path, memory]));
      // Blobs never change: the object id stands for the inode.
      return [...last.values()].map(({ path, size, oid }) => ({ path, size, mtimeNs: '1', inode: oid }));
    },
    read(path) {
      const memory = last.get(path) ?? listed().find((one) => one.path === path);
      if (memory === undefined) throw new Error(`${path} is not in the cache any more`);
      return readElsewhereMemory(place.stateDir, memory);
    },
  };
}

function branchOf({ kind, gitDir }: VaultPlace): string | undefined {
  return kind === 'folder' || gitDir === undefined ? undefined : readBranch(gitDir);
}

function isTombstone(file: MemoryFile): boolean {
  return file.ok && file.memory.kind === 'tombstone';
}
