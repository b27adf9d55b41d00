// The port by which memory files come into the index: who owns the files (vault or outbox) lists and reads them.

import type { Diagnostic } from '../model/diagnostic.ts';
import type { Memory } from '../model/memory.ts';
import type { MemoryPlace } from '../model/search.ts';

/** One file as a stat sweep sees it. */
export interface FoundFile {
  /** Relative to the vault's root, with `/`. */
  readonly path: string;
  readonly size: number;
  /** Time of the last change in nanoseconds, as text: it does not fit a number. */
  readonly mtimeNs: string;
  readonly inode: number | string;
}

export type FileReading =
  | { readonly ok: true; readonly memory: Memory; readonly diagnostics?: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export interface MemoryFileSource {
  readonly place: MemoryPlace;
  /**
   * Every memory file, in any order; cheap, without reading one. A missing folder is an empty list. What lies there and is no
   * memory file (a link, a folder called `*.md`) goes to `report`.
   */
  list(report: (diagnostic: Diagnostic) => void): readonly FoundFile[];
  /** One file's memory, or what is wrong with it. May throw when the file cannot be read just now. */
  read(path: string): FileReading;
}

/** Faults that may pass without the file's time of change telling: such a file is read again at the next look. */
export const PASSING_FAULTS: ReadonlySet<string> = new Set(['file-unreadable', 'file-missing']);
