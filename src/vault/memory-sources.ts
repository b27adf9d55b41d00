// The memory files of a vault by the place they lie in, as an index lists and reads them: work tree, outbox, fetched, branches.

import { readBranch } from '../system/project.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { VaultPlace } from '../model/place.ts';
import type { MemoryPlace } from '../model/search.ts';
import type { Elsewhere, ElsewhereMemory } from './elsewhere.ts';
import { branchMemories, fetchedMemories, idsOnBranches, readElsewhere, readElsewhereMemory } from './elsewhere.ts';
import { idOf } from './file-name.ts';
import { parseMemoryFile } from './memory-file.ts';
import type { MemoryFile } from './memory-file.ts';
import { findVaultFile, readVaultFile, walkVault } from './store.ts';
import type { FolderState } from './store.ts';

/** One place's files; the shape that the index asks for. */
export interface MemorySource {
  readonly place: MemoryPlace;
  walk(): Iterable<ListedFolder>;
  find(path: string): ListedFile | 'absent' | 'other';
  read(path: string): MemoryFile;
}

interface ListedFile {
  readonly path: string;
  readonly stamp: number;
  readonly changedMs: number;
}

interface ListedFolder {
  readonly path: string;
  readonly files: readonly ListedFile[];
  readonly faults: readonly Diagnostic[];
  readonly self?: FolderState | undefined;
}

/** What a search in this work tree finds: its files, what waits, and what is merged but not pulled yet. */
export function ownSources(place: VaultPlace, outboxRoot: string): readonly [MemorySource, ...MemorySource[]] {
  return [folderSource('vault', place.vaultDir), waitingSource(place, outboxRoot), blobSource('fetched', place)];
}

/** The outbox without what another branch holds already. */
function waitingSource(place: VaultPlace, root: string): MemorySource {
  const outbox = folderSource('outbox', root);
  const waits = () => {
    const elsewhere = idsOnBranches(readElsewhere(place.stateDir), branchOf(place));
    // A tombstone of one's own holds at once, wherever it is committed.
    return (path: string): boolean => !elsewhere.has(idOf(path) ?? '') || isTombstone(outbox.read(path));
  };
  return {
    ...outbox,
    *walk() {
      const isWaiting = waits();
      for (const folder of outbox.walk())
        yield { ...folder, files: folder.files.filter((file) => isWaiting(file.path)) };
    },
    find(path) {
      const found = outbox.find(path);
      return typeof found === 'string' || waits()(path) ? found : 'absent';
    },
  };
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

/** How long a folder that was found to be no link is not looked at again while files below it are read. In milliseconds. */
const CHECKED_MS = 1000;

function folderSource(place: MemoryPlace, root: string): MemorySource {
  let checked = new Set<string>();
  let since = 0;
  return {
    place,
    walk: () => walkVault(root),
    find: (path) => findVaultFile(root, path),
    read(path) {
      const now = performance.now();
      if (now - since > CHECKED_MS) {
        checked = new Set();
        since = now;
      }
      const found = readVaultFile(root, path, checked);
      return found.ok ? parseMemoryFile(path, found.bytes) : { ok: false, diagnostics: [found.diagnostic] };
    },
  };
}

function blobSource(kind: 'fetched' | 'branch', place: VaultPlace): MemorySource {
  let last: {
    readonly of: Elsewhere;
    readonly branch: string | undefined;
    readonly byPath: Map<string, ElsewhereMemory>;
  };
  const listed = (): ReadonlyMap<string, ElsewhereMemory> => {
    const of = readElsewhere(place.stateDir);
    const branch = branchOf(place);
    if (last?.of !== of || last.branch !== branch) {
      const memories = (kind === 'fetched' ? fetchedMemories : branchMemories)(of, branch);
      last = { of, branch, byPath: new Map(memories.map((memory) => [memory.path, memory])) };
    }
    return last.byPath;
  };
  return {
    place: kind,
    *walk() {
      const files = [...listed().values()].map(fileOfBlob);
      for (const [path, some] of Map.groupBy(files, (file) => file.path.slice(0, file.path.lastIndexOf('/'))))
        yield { path, files: some, faults: [] };
    },
    find(path) {
      const memory = listed().get(path);
      return memory === undefined ? 'absent' : fileOfBlob(memory);
    },
    read(path) {
      const memory = listed().get(path);
      if (memory === undefined) throw new Error(`${path} is not in the cache any more`);
      return readElsewhereMemory(place.stateDir, memory);
    },
  };
}

/** Blobs never change: the beginning of the object id is their stamp. */
function fileOfBlob({ path, oid }: ElsewhereMemory): ListedFile {
  return { path, stamp: Number.parseInt(oid.slice(0, 12), 16), changedMs: 1 };
}

function branchOf({ kind, gitDir }: VaultPlace): string | undefined {
  return kind === 'folder' || gitDir === undefined ? undefined : readBranch(gitDir);
}

function isTombstone(file: MemoryFile): boolean {
  return file.ok && file.memory.kind === 'tombstone';
}
