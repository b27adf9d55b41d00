// What Git knows of a memory and of the files it speaks of.

/** How a file of the project stands to what the agent saw. */
export type FileFreshness =
  /** The same content; or another; or the same under another path; or gone; or nobody noted what it was. */
  'fresh' | 'changed' | 'moved' | 'deleted' | 'unknown';

export interface FileState {
  readonly path: string;
  readonly state: FileFreshness;
  /** The path now, for `moved`. */
  readonly movedTo?: string;
}

export interface Provenance {
  /** The commit that brought the file into this history. */
  readonly commit: string;
  readonly author: string;
  readonly email: string;
  /** UTC seconds of the commit. */
  readonly at: number;
  /** Whether the default branch has it. */
  readonly isMerged: boolean;
  /** Whether the author is the user. */
  readonly isOwn: boolean;
}
