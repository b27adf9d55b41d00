// The port by which memory files come into the index: who owns the files (vault or outbox) finds and reads them.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryPlace } from '../model/search.ts';

/** One file as a look at the file system sees it. */
export interface FoundFile {
  /** Relative to the vault's root, with `/`. */
  readonly path: string;
  /** Another number when the file may have changed. A whole number below 2^52. */
  readonly stamp: number;
  /** When it changed last, in milliseconds since the epoch. */
  readonly changedMs: number;
}

/** One folder as a look sees it, without the folders below it. */
export interface FoundFolder {
  /** Relative to the vault's root, with `/`; its files' paths begin with it. */
  readonly path: string;
  readonly files: readonly FoundFile[];
  /** What lies there and is no memory file: a link, a folder called `*.md`. */
  readonly faults: readonly Diagnostic[];
}

export type FileReading =
  | { readonly ok: true; readonly memory: Memory; readonly diagnostics?: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface MemoryFileSource {
  readonly place: MemoryPlace;
  /** Every folder, each once, in any order; cheap, without reading a file. Nothing where the root is missing. */
  walk(): Iterable<FoundFolder>;
  /** The file at a path as `walk` would give it; `absent`: nothing that `walk` would speak of; `other`: a folder or a fault. */
  find(path: string): FoundFile | 'absent' | 'other';
  /** One file's memory, or what is wrong with it. May throw when the file cannot be read just now. */
  read(path: string): FileReading;
  /** Where somebody watches the files. */
  readonly changes?: ChangeFeed | undefined;
}

/** What a watch on the files knows. */
export interface ChangeFeed {
  /** The paths that may have changed since the last call; undefined when that is not known, and everything must be looked at. */
  take(): ReadonlySet<string> | undefined;
  /** What was taken last did not get into the index: it is given again. */
  putBack(): void;
  /** The index is not the one that was told so far: the next `take` knows nothing. */
  forget(): void;
  /** What was taken or looked at last is in the index now. */
  done?(): void;
}

/** Faults that may pass without the file's stamp telling: such a file is read again at the next look. */
export const PASSING_FAULTS: ReadonlySet<string> = new Set(['file-unreadable', 'file-missing']);
