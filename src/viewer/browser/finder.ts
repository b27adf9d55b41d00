// Finds rows while they are typed: beginnings of words, typos, filters, ids; all of it in the page's memory, by MiniSearch.

import MiniSearch from 'minisearch';
import type { Query, SearchOptions, SearchResult } from 'minisearch';
import { soughtWords, titlePieces, titleWords } from '../../index/title-words.ts';
import { nearWords } from '../../index/typos.ts';
import { isIdPrefix } from '../../model/memory.ts';
import type { ListedRow } from '../listed-row.ts';
import { passesTypedQuery, readTypedQuery } from './typed-query.ts';
import type { TypedQuery } from './typed-query.ts';

export interface FoundRow {
  readonly row: ListedRow;
  /** The title in pieces; marked are those by which it was found. */
  readonly title: readonly { readonly text: string; readonly marked: boolean }[];
}

export interface Finder {
  /** How many rows can be found. */
  size(): number;
  /**
   * Takes a list over: what is new, changed or gone is told by comparing it with the last one. Works in slices, so that typing
   * goes on meanwhile; settles when every row can be found.
   */
  take(rows: readonly ListedRow[]): Promise<void>;
  /** The best rows, and how many there are; none for a text that asks nothing. */
  find(typed: string, limit: number): { readonly found: readonly FoundRow[]; readonly total: number };
}

export function createFinder(): Finder {
  /** Every word that was ever taken in; one that is gone finds nothing. */
  const vocabulary = new Set<string>();
  const index = new MiniSearch<ListedRow>({
    fields: ['title', 'tags', 'files', 'facts'],
    extractField: (row, field) => fieldText(row, field),
    tokenize: (text) => {
      const words = titleWords(text);
      for (const word of words) vocabulary.add(word);
      return [...words];
    },
    processTerm: (term) => term,
  });
  const known = new Map<string, { readonly row: ListedRow; readonly text: string }>();
  let newestFirst: readonly ListedRow[] = [];
  let taking: Promise<void> = Promise.resolve();

  /** Newer before older. */
  const compareAge = (a: string, b: string): number =>
    (known.get(b)?.row.created ?? '').localeCompare(known.get(a)?.row.created ?? '');

  const takeNow = async (rows: readonly ListedRow[]): Promise<void> => {
    const added: ListedRow[] = [];
    const gone = new Set(known.keys());
    for (const row of rows) {
      gone.delete(row.id);
      const text = JSON.stringify(row);
      const before = known.get(row.id);
      if (before?.text === text) continue;
      known.set(row.id, { row, text });
      if (before === undefined) added.push(row);
      else index.replace(row);
    }
    for (const id of gone) {
      known.delete(id);
      index.discard(id);
    }
    newestFirst = rows;
    await index.addAllAsync(added, { chunkSize: SLICE });
  };

  /** The rows that match the words, best first: as typed, then mistyped, then those that hold only some of the words. */
  const match = (words: readonly string[], limit: number): ReadonlyMap<string, SearchResult | undefined> => {
    const results = new Map<string, SearchResult | undefined>();
    const add = (query: Query): void => {
      const best = index.search(query, OPTIONS).sort((a, b) => b.score - a.score || compareAge(a.id, b.id));
      for (const result of best) if (!results.has(result.id)) results.set(result.id, result);
    };
    add({ combineWith: 'AND', queries: words.map(asTyped) });
    if (results.size >= limit) return results;
    const meant = words.map((word) => asMeant(word, vocabulary));
    add({ combineWith: 'AND', queries: meant });
    if (results.size === 0 && words.length > 1) add({ combineWith: 'OR', queries: meant });
    return results;
  };

  return {
    size: () => known.size,
    take(rows) {
      taking = taking.then(() => takeNow(rows));
      return taking;
    },
    find(typed, limit) {
      const query = readTypedQuery(typed);
      const words = soughtWords(query.text);
      if (words.length === 0 && !isNarrowed(query)) return { found: [], total: 0 };
      const byWords = words.length === 0 ? undefined : match(words, limit);
      const ids = new Set([
        ...idsThatBegin(newestFirst, query.text),
        ...(byWords?.keys() ?? newestFirst.map((row) => row.id)),
      ]);
      const rows = [...ids].flatMap((id) => known.get(id)?.row ?? []).filter((row) => passesTypedQuery(row, query));
      const ordered = [
        ...rows.filter((row) => row.supersededBy === undefined),
        ...rows.filter((row) => row.supersededBy !== undefined),
      ];
      return {
        found: ordered.slice(0, limit).map((row) => ({ row, title: markTitle(row.title, byWords?.get(row.id)) })),
        total: ordered.length,
      };
    },
  };
}

/** How many rows are taken in before the page may do something else. */
const SLICE = 250;

const OPTIONS: SearchOptions = {
  boost: { title: 3, tags: 2 },
  tokenize: (text) => [text],
  processTerm: (term) => term,
};

function fieldText(row: ListedRow, field: string): string {
  switch (field) {
    case 'title':
      return row.title;
    case 'tags':
      return row.tags.join('\n');
    case 'files':
      return row.files.join('\n');
    case 'facts':
      return [row.type, row.kind, row.branch].join('\n');
    default:
      // MiniSearch asks for the id in the same way.
      return row.id;
  }
}

/** The word, or one that begins with it. */
function asTyped(word: string): Query {
  return { queries: [word], prefix: true };
}

/** Words that begin like it but for a typo or two; a typo costs. MiniSearch's own typos know neither beginnings nor swapped letters. */
function asMeant(word: string, vocabulary: ReadonlySet<string>): Query {
  return {
    combineWith: 'OR',
    queries: nearWords(vocabulary, word).map((near) => ({ queries: [near.word], boostTerm: () => 0.5 ** near.typos })),
  };
}

function isNarrowed({ filters, unwanted }: TypedQuery): boolean {
  return filters.size > 0 || unwanted.length > 0;
}

function idsThatBegin(rows: readonly ListedRow[], text: string): readonly string[] {
  const prefix = text.trim().toLowerCase();
  return isIdPrefix(prefix) ? rows.filter((row) => row.id.startsWith(prefix)).map((row) => row.id) : [];
}

function markTitle(title: string, result: SearchResult | undefined): FoundRow['title'] {
  const marked: { text: string; marked: boolean }[] = [];
  for (const piece of titlePieces(title)) {
    const isMarked = piece.words.some((word) => result?.match[word]?.includes('title') === true);
    const last = marked.at(-1);
    if (last !== undefined && last.marked === isMarked) last.text += piece.text;
    else marked.push({ text: piece.text, marked: isMarked });
  }
  return marked;
}
