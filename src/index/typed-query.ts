// What is typed into a search box, as far as rows alone can answer it: words, unwanted words, filters such as `tag:auth`. Pure.

import type { MemoryRow } from '../model/search.ts';
import { titleWords } from './title-words.ts';

export interface TypedQuery {
  /** The words that are sought, as they were typed. */
  readonly text: string;
  /** The words of each `-word` and `-"a phrase"`. */
  readonly unwanted: readonly (readonly string[])[];
  readonly filters: readonly TypedFilter[];
}

type FilteredRow = Pick<MemoryRow, 'kind' | 'type' | 'title' | 'created' | 'branch' | 'files' | 'tags'>;

interface TypedFilter {
  readonly name: FilterName;
  /** In lower case. */
  readonly value: string;
}

/** Any text can be read. A filter without a value yet is left out: it is still being typed. */
export function readTypedQuery(typed: string): TypedQuery {
  const words: string[] = [];
  const unwanted: (readonly string[])[] = [];
  const filters: TypedFilter[] = [];
  for (const { 0: whole, groups } of typed.slice(0, MAX_TEXT).matchAll(PART)) {
    const name = FILTER_NAMES.find((known) => known === groups?.['name']);
    const value = groups?.['quoted'] ?? groups?.['plain'] ?? '';
    if (name !== undefined && groups?.['minus'] === '') {
      if (value !== '') filters.push({ name, value: value.toLowerCase() });
    } else if (groups?.['minus'] === '-' && name === undefined && IS_WORD.test(value)) unwanted.push(titleWords(value));
    else words.push(whole);
  }
  return { text: words.join(' '), unwanted, filters };
}

/** Whether a row passes the filters and holds nothing unwanted. Values may be beginnings: they are still being typed. */
export function passesTypedQuery(row: FilteredRow, { filters, unwanted }: TypedQuery): boolean {
  if (!filters.every(({ name, value }) => FILTERS[name](row, value))) return false;
  if (unwanted.length === 0) return true;
  const words = new Set(titleWords([row.title, ...row.tags, ...row.files].join('\n')));
  return !unwanted.some((phrase) => phrase.every((word) => words.has(word)));
}

const FILTERS = {
  type: (row, value) => row.type?.startsWith(value) === true || row.kind.startsWith(value),
  kind: (row, value) => row.kind.startsWith(value),
  tag: (row, value) => row.tags.some((tag) => tag.toLowerCase().startsWith(value)),
  file: (row, value) => row.files.some((file) => file.toLowerCase().includes(value)),
  branch: (row, value) => row.branch?.toLowerCase().startsWith(value) === true,
  since: (row, value) => row.created.toLowerCase() >= value,
  until: (row, value) => row.created.toLowerCase().slice(0, value.length) <= value,
} as const satisfies Readonly<Record<string, (row: FilteredRow, value: string) => boolean>>;

type FilterName = keyof typeof FILTERS;
const FILTER_NAMES = [
  'type',
  'kind',
  'tag',
  'file',
  'branch',
  'since',
  'until',
] as const satisfies readonly FilterName[];

const MAX_TEXT = 500;
const PART = /(?<=^|\s)(?<minus>-?)(?:(?<name>[a-z]{3,6}):)?(?:"(?<quoted>[^"]*)"?|(?<plain>\S*))/gu;
/** Not a flag such as `-rf`. */
const IS_WORD = /^\p{L}[\p{L}\p{N}_]{2}/u;
