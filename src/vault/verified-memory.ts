// A memory that somebody found to hold still: the same words, with the code that they speak of as it is now. Pure.

import type { FileReference, Memory, MemoryId } from '../model/memory.ts';
import type { FileState } from '../model/provenance.ts';

/** What a memory's files have become. */
export interface PresentFiles {
  /** As they are now: under their new names, without those that are gone. */
  readonly files: readonly FileReference[];
  readonly gone: readonly string[];
  /** Whether there is anything to note that the memory does not say yet. */
  readonly isNew: boolean;
}

/** `states` are those of the memory's files, in their order; `blobs` the present blob ids by present path. */
export function presentFiles(
  memory: Pick<Memory, 'files'>,
  states: readonly FileState[],
  blobs: Readonly<Record<string, string>>,
): PresentFiles {
  const files: FileReference[] = [];
  const gone: string[] = [];
  for (const [at, { path }] of memory.files.entries()) {
    const now = states[at]?.movedTo ?? path;
    const blob = blobs[now];
    if (blob === undefined) gone.push(path);
    else if (!files.some((file) => file.path === now)) files.push({ path: now, blob });
  }
  const isSame = (file: FileReference, at: number): boolean =>
    file.path === memory.files[at]?.path && isSameBlob(file.blob, memory.files[at]?.blob);
  return { files, gone, isNew: gone.length > 0 || !files.every(isSame) };
}

/** The memory that replaces it: same words, tags and kind, today's date, branch and commit. */
export function verifiedMemory(
  memory: Memory,
  files: readonly FileReference[],
  now: {
    readonly id: MemoryId;
    readonly created: string;
    readonly branch?: string | undefined;
    readonly commit?: string | undefined;
  },
): Memory {
  return {
    id: now.id,
    kind: memory.kind,
    ...(memory.type === undefined ? {} : { type: memory.type }),
    title: memory.title,
    created: now.created,
    ...(now.branch === undefined ? {} : { branch: now.branch }),
    ...(now.commit === undefined ? {} : { commit: now.commit }),
    files,
    tags: memory.tags,
    supersedes: [memory.id],
    deletes: [],
    body: memory.body,
  };
}

function isSameBlob(one: string | undefined, other: string | undefined): boolean {
  const length = Math.min(one?.length ?? 0, other?.length ?? 0);
  return length >= 7 && one?.slice(0, length) === other?.slice(0, length);
}
