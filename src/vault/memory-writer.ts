// Writes what somebody asked for on purpose: notes, and the tombstones of what shall be forgotten; both wait in the outbox.

import type { Memory, MemoryId } from '../model/memory.ts';
import { drawMemoryId, ID_LENGTH } from '../model/memory.ts';
import type { VaultPlace } from '../model/place.ts';
import type { Clock, MemoryLibrary, MemoryWriter, RandomBytes } from '../model/ports.ts';
import { openCodeReader } from './code-state.ts';
import { tombstoneOf } from './forgotten.ts';
import { readRefId } from './git/ref-id.ts';
import type { Learned } from './learned.ts';
import { noteMemory } from './note-memory.ts';
import type { Outbox } from './outbox.ts';
import { verifiedMemory } from './verified-memory.ts';

export interface WriterParts {
  readonly place: VaultPlace;
  readonly outbox: Outbox;
  readonly learned: Learned;
  readonly library: Pick<MemoryLibrary, 'get'>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Short name of the branch that the work tree is on. */
  readonly branch: () => string | undefined;
  /** Takes what was just written into the index. */
  readonly sync: () => void;
}

export function openMemoryWriter(parts: WriterParts): MemoryWriter {
  const { place, outbox, learned, library, clock, randomBytes, branch, sync } = parts;
  const draw = () => ({
    id: drawMemoryId(randomBytes(ID_LENGTH)),
    created: `${new Date(clock.now()).toISOString().slice(0, 19)}Z`,
  });
  const headCommit = (): string | undefined => {
    const { gitDir, commonDir, kind } = place;
    const isHere = kind === 'repository' && gitDir !== undefined && commonDir !== undefined;
    return isHere ? readRefId('HEAD', { gitDir, commonDir })?.slice(0, 8) : undefined;
  };
  const put = (memory: Memory): Memory => {
    outbox.put(memory);
    learned.add([memory]);
    sync();
    return memory;
  };
  return {
    remember(note) {
      const code = openCodeReader(place.root);
      const blobOf = (path: string): string | undefined => code.blobOf(path);
      return put(noteMemory(note, { ...draw(), branch: branch(), commit: headCommit(), blobOf }));
    },
    verify: (memory, files) =>
      put(verifiedMemory(memory, files, { ...draw(), branch: branch(), commit: headCommit() })),
    forget(memories) {
      for (const memory of memories) {
        outbox.put(tombstoneOf(memory, replacedBy(library, memory), draw()));
        // What nobody has seen yet need not be committed any more.
        if (memory.place === 'outbox') outbox.remove([memory.path]);
      }
      sync();
    },
  };
}

const MAX_REPLACED = 100;

/** The older memories that it had replaced: they would come to light again. */
function replacedBy(
  library: Pick<MemoryLibrary, 'get'>,
  { id, supersedes }: Pick<Memory, 'id' | 'supersedes'>,
): readonly MemoryId[] {
  const found = new Set<MemoryId>();
  let next = supersedes;
  while (next.length > 0 && found.size < MAX_REPLACED) {
    const fresh = next.filter((older) => !found.has(older) && older !== id);
    for (const older of fresh) found.add(older);
    next = fresh.length === 0 ? [] : library.get(fresh).memories.flatMap((older) => older.supersedes);
  }
  return [...found];
}
