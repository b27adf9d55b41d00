// What stands in the search box while it is being typed: words, unwanted words, filters such as `tag:auth`. Pure.

import { titleWords } from '../../index/title-words.ts';
import { MEMORY_KINDS, OBSERVATION_TYPES } from '../../model/memory.ts';
import type { ListedRow } from '../listed-row.ts';

export interface TypedQuery {
  /** The words that are sought, as they were typed. */
  readonly text: string;
  /** The words of each `-word` and `-"a phrase"`. */
  readonly unwanted: readonly (readonly string[])[];
  /** The values of each filter, in lower case. */
  readonly filters: ReadonlyMap<FilterName, readonly string[]>;
}

type FilteredRow = Pick<ListedRow, 'kind' | 'type' | 'title' | 'created' | 'branch' | 'files' | 'tags'>;

/**
 * Reads any text, as the full search does (`src/index/query-text.ts`) but for what is not finished: a value may be a beginning, and a
 * filter without a value asks nothing yet. A value that cannot become one makes the whole a word.
 */
export function readTypedQuery(typed: string): TypedQuery {
  const words: string[] = [];
  const unwanted: (readonly string[])[] = [];
  const filters = new Map<FilterName, readonly string[]>();
  for (const { 0: whole, groups } of typed.slice(0, MAX_TEXT).matchAll(PART)) {
    const name = FILTER_NAMES.find((known) => known === groups?.['name']);
    const value = groups?.['quoted'] ?? groups?.['plain'] ?? '';
    const isExcluded = groups?.['minus'] === '-';
    if (isExcluded && groups?.['name'] === undefined && IS_WORD.test(value)) unwanted.push(titleWords(value));
    else if (isExcluded || name === undefined || !FILTERS[name].canBe(value.toLowerCase())) words.push(whole);
    else if (value !== '') filters.set(name, [...(filters.get(name) ?? []), value.toLowerCase()]);
  }
  return { text: words.join(' '), unwanted, filters };
}

/** Whether a row passes every filter and holds nothing unwanted. */
export function passesTypedQuery(row: FilteredRow, { filters, unwanted }: TypedQuery): boolean {
  for (const [name, values] of filters) {
    const { passes, of } = FILTERS[name];
    if (of === 'any' && !values.some((value) => passes(row, value))) return false;
    if (of === 'all' && !values.every((value) => passes(row, value))) return false;
  }
  if (unwanted.length === 0) return true;
  const words = new Set(titleWords([row.title, ...row.tags, ...row.files].join('\n')));
  return !unwanted.some((phrase) => phrase.every((word) => words.has(word)));
}

interface Filter {
  /** Whether a value in lower case is one, or the beginning of one. */
  readonly canBe: (value: string) => boolean;
  /** Of several values a row needs any, or all. */
  readonly of: 'any' | 'all';
  readonly passes: (row: FilteredRow, value: string) => boolean;
}

type FilterName = 'type' | 'kind' | 'tag' | 'file' | 'branch' | 'since' | 'until';
const FILTER_NAMES: readonly FilterName[] = ['type', 'kind', 'tag', 'file', 'branch', 'since', 'until'];
const FILTERS: Readonly<Record<FilterName, Filter>> = {
  type: {
    canBe: (value) => OBSERVATION_TYPES.some((type) => type.startsWith(value)),
    of: 'any',
    passes: (row, value) => row.type?.startsWith(value) === true,
  },
  kind: {
    canBe: (value) => MEMORY_KINDS.some((kind) => kind.startsWith(value)),
    of: 'any',
    passes: (row, value) => row.kind.startsWith(value),
  },
  tag: {
    canBe: () => true,
    of: 'all',
    passes: (row, value) => row.tags.some((tag) => tag.toLowerCase().startsWith(value)),
  },
  file: {
    // A pasted `file://…` is an address.
    canBe: (value) => !value.startsWith('//'),
    of: 'any',
    passes: (row, value) => row.files.some((file) => file.toLowerCase().includes(value)),
  },
  branch: {
    canBe: () => true,
    of: 'any',
    passes: (row, value) => row.branch?.toLowerCase().startsWith(value) === true,
  },
  since: {
    canBe: (value) => BEGINS_TIME.test(value),
    of: 'all',
    passes: (row, value) => row.created.toLowerCase() >= value,
  },
  until: {
    canBe: (value) => BEGINS_TIME.test(value),
    of: 'all',
    passes: (row, value) => row.created.toLowerCase().slice(0, value.length) <= value,
  },
};

const MAX_TEXT = 500;
const PART = /(?<=^|\s)(?<minus>-?)(?:(?<name>[a-z]{3,6}):)?(?:"(?<quoted>[^"]*)"?|(?<plain>\S*))/gu;
/** Not a flag such as `-rf`. */
const IS_WORD = /^\p{L}[\p{L}\p{N}_]{2}/u;
const BEGINS_TIME = /^\d{0,4}(?:$|-)/;
