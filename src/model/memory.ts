// A memory: one Markdown file in a vault, as a value.

export const MEMORY_KINDS = ['observation', 'summary', 'note', 'tombstone'] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

export const OBSERVATION_TYPES = [
  'decision',
  'bugfix',
  'feature',
  'refactor',
  'discovery',
  'convention',
  'gotcha',
  'change',
  'security',
] as const;
export type ObservationType = (typeof OBSERVATION_TYPES)[number];

/** A file of the project that a memory speaks of; `blob` is its Git blob id (12 hex or more) as the agent saw it. */
export interface FileReference {
  readonly path: string;
  readonly blob?: string;
}

/** The known fields of a memory. The text of its file (unknown keys, comments, order) is kept beside it by the vault. */
export interface Memory {
  readonly id: MemoryId;
  readonly kind: MemoryKind;
  /** Required for observations. */
  readonly type?: ObservationType;
  readonly title: string;
  /** UTC, `YYYY-MM-DDTHH:MM:SSZ`. */
  readonly created: string;
  readonly session?: string;
  readonly branch?: string;
  readonly commit?: string;
  readonly files: readonly FileReference[];
  readonly tags: readonly string[];
  /** Ids of memories that this one replaces. */
  readonly supersedes: readonly MemoryId[];
  /** Ids of memories that this tombstone deletes. */
  readonly deletes: readonly MemoryId[];
  /** Markdown below the frontmatter. */
  readonly body: string;
}

/** 12 random lower-case Crockford base-32 characters. */
export type MemoryId = string;

export const ID_ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
export const ID_LENGTH = 12;
const SHOWN_LENGTH = 7;
export const MIN_PREFIX_LENGTH = 4;

const ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{12}$/;
const PREFIX_PATTERN = /^[0-9a-hjkmnp-tv-z]{4,12}$/;

export function isMemoryId(text: unknown): text is MemoryId {
  return typeof text === 'string' && ID_PATTERN.test(text);
}

/** Whether the text may be looked up as an id or as the beginning of one (4 to 12 characters). */
export function isIdPrefix(text: unknown): text is string {
  return typeof text === 'string' && PREFIX_PATTERN.test(text);
}

/** The seven characters that people and models see. */
export function shortId(id: MemoryId): string {
  return id.slice(0, SHOWN_LENGTH);
}

/** Draws an id from 12 random bytes (the caller brings the randomness). */
export function drawMemoryId(bytes: Uint8Array): MemoryId {
  let id = '';
  for (let i = 0; i < ID_LENGTH; i++) id += ID_ALPHABET[(bytes[i] ?? 0) & 31];
  return id;
}
