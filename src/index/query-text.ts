// Reads what was typed into a search box: words, quoted phrases, exclusions, and filters such as `type:bugfix`. Pure.

import { MEMORY_KINDS, OBSERVATION_TYPES } from '../model/memory.ts';
import type { SearchFilters } from '../model/search.ts';
import { segmentWideText } from './wide-text.ts';
import { isMoment, typedFile } from './filters.ts';
import { pathEnds } from './pasted-path.ts';

/** A piece of the query between blanks, or between double quotes. */
export interface Chunk {
  readonly words: readonly Word[];
  /** Where it is a path to a file: what that ends with, shortest first, in words. */
  readonly pathEnds: readonly (readonly string[])[];
  readonly quoted: boolean;
  readonly excluded: boolean;
}

export interface Word {
  /** As typed. */
  readonly original: string;
  /** One, or the characters of a word of a script without blanks; in lower case. */
  readonly tokens: readonly string[];
}

export interface QueryText {
  readonly chunks: readonly Chunk[];
  readonly filters: SearchFilters;
  /** Pieces without a letter or a digit, such as `=>` or an emoji: sought as they are where there are no words. */
  readonly signs: readonly string[];
}

export const MAX_PHRASE = 12;
const MAX_TEXT = 4000;

/**
 * What a text asks for. `tag:`, `type:`, `kind:`, `file:`, `branch:`, `since:` and `until:` filter when what follows can be one; everything else,
 * also `title:x` or `type:nonsense`, is taken for words.
 */
export function readQueryText(text: string): QueryText {
  const chunks: Chunk[] = [];
  const signs: string[] = [];
  const filters = new Map<FilterName, string[]>();
  const clean = cutMiddle(text).normalize('NFC');
  for (const { groups, index } of clean.matchAll(CHUNK)) {
    const phrase = groups?.['phrase'];
    const plain = groups?.['plain'] ?? '';
    const startsWord = index === 0 || /\s/.test(clean[index - 1] ?? ' ');
    const filter = startsWord && phrase === undefined ? readFilter(groups) : undefined;
    if (filter !== undefined) {
      filters.set(filter.name, [...(filters.get(filter.name) ?? []), filter.value]);
      continue;
    }
    const excluded = startsWord && (phrase === undefined ? EXCLUSION.test(plain) : groups?.['minus'] === '-');
    const sought = phrase ?? (groups?.['name'] === undefined ? plain.replace(EXCLUSION, '') : (groups['whole'] ?? ''));
    const words = readWords(sought);
    const ends = phrase === undefined && !excluded ? pathEnds(sought) : [];
    if (words.length > 0)
      chunks.push({ words, pathEnds: ends.map(readTokens), quoted: phrase !== undefined, excluded });
    else if (sought.trim() !== '' && !MEANS_ALL.test(sought)) signs.push(sought.trim());
  }
  return { chunks, filters: toFilters(filters), signs };
}

/** The words of a text, those of scripts without blanks cut by a dictionary. */
export function readWords(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const piece of segmentWideText(text)) {
    if (piece.wide) words.push({ original: piece.text, tokens: Array.from(piece.text).slice(0, MAX_PHRASE) });
    else for (const [word] of piece.text.matchAll(WORD)) words.push({ original: word, tokens: [word.toLowerCase()] });
  }
  return words;
}

/** Of a long text the beginning and the end: in one of them a pasted log says what went wrong. */
function cutMiddle(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  // From a blank on: what is cut in two might become an exclusion.
  const end = text.slice(-MAX_TEXT / 2).replace(/^\S+/, '');
  return `${text.slice(0, MAX_TEXT / 2)} ${end}`;
}

function readTokens(text: string): readonly string[] {
  return readWords(text).flatMap((word) => word.tokens);
}

type FilterName = 'tag' | 'type' | 'kind' | 'file' | 'branch' | 'since' | 'until';

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const CHUNK =
  /(?<whole>(?<name>tag|type|kind|file|branch|since|until):(?:"(?<quotedValue>[^"]*)"|(?<value>[^\s"]+)))|(?<minus>-?)"(?<phrase>[^"]*)"|(?<plain>[^\s"]+)/gu;
/** What stands for anything elsewhere. */
const MEANS_ALL = /^[*%?.]+$/;
/** `-word`; not `--flag`, `-rf`, `-1` or a dash alone. */
const EXCLUSION = /^-(?=\p{L}[\p{L}\p{N}_]{2})/u;

function readFilter(
  groups: Readonly<Record<string, string>> | undefined,
): { readonly name: FilterName; readonly value: string } | undefined {
  const name = FILTER_NAMES.find((one) => one === groups?.['name']);
  const value = (groups?.['quotedValue'] ?? groups?.['value'] ?? '').trim();
  return name !== undefined && value !== '' && CAN_BE[name](value) ? { name, value } : undefined;
}

const FILTER_NAMES: readonly FilterName[] = ['tag', 'type', 'kind', 'file', 'branch', 'since', 'until'];
const CAN_BE: Readonly<Record<FilterName, (value: string) => boolean>> = {
  tag: () => true,
  type: (value) => OBSERVATION_TYPES.some((type) => type === value.toLowerCase()),
  kind: (value) => MEMORY_KINDS.some((kind) => kind === value.toLowerCase()),
  // A pasted `file://…` is an address.
  file: (value) => !value.startsWith('//'),
  branch: () => true,
  since: isMoment,
  until: isMoment,
};

function toFilters(found: ReadonlyMap<FilterName, readonly string[]>): SearchFilters {
  const [tags, types, kinds, files] = [found.get('tag'), found.get('type'), found.get('kind'), found.get('file')];
  const last = (name: FilterName): string | undefined => found.get(name)?.at(-1);
  const [branch, since, until] = [last('branch'), last('since'), last('until')];
  return {
    ...(tags === undefined ? {} : { tags }),
    ...(types === undefined ? {} : { type: OBSERVATION_TYPES.filter((type) => isNamed(types, type)) }),
    ...(kinds === undefined ? {} : { kind: MEMORY_KINDS.filter((kind) => isNamed(kinds, kind)) }),
    ...(files === undefined ? {} : { files: files.map(typedFile) }),
    ...(branch === undefined ? {} : { branch }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function isNamed(values: readonly string[], name: string): boolean {
  return values.some((value) => value.toLowerCase() === name);
}
