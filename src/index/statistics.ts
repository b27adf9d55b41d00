// What a search must know of the whole vault: how many memories, how long they are, how rare a term is.

import type { IndexDatabase } from './database.ts';
import type { Term } from './fts-query.ts';
import type { VaultStatistics } from './score.ts';

/** Another text when what can be read may have changed, by this connection or by another. */
export function stateOf(database: IndexDatabase): string {
  const { changes } = database.getOne<{ changes: number }>('SELECT total_changes() AS changes');
  return `${database.version()}.${changes}`;
}

/** Counts for the terms of a plan. What was counted is kept until the index changes. */
export function readStatistics(database: IndexDatabase, terms: readonly Term[]): VaultStatistics {
  const kept = keptFor(database);
  return {
    memories: kept.memories,
    averageWords: kept.averageWords,
    occurrences: terms.map(({ tokens }) => {
      const match = `"${tokens.join(' ')}"`;
      const known = kept.occurrences.get(match) ?? countOccurrences(database, match);
      if (kept.occurrences.size < MAX_KEPT) kept.occurrences.set(match, known);
      return known;
    }),
  };
}

interface Kept {
  readonly state: string;
  readonly memories: number;
  readonly averageWords: number;
  readonly occurrences: Map<string, number>;
}

const MAX_KEPT = 5000;
const keptByDatabase = new WeakMap<IndexDatabase, Kept>();

function keptFor(database: IndexDatabase): Kept {
  const state = stateOf(database);
  const kept = keptByDatabase.get(database);
  if (kept !== undefined && kept.state === state) return kept;
  const fresh = { state, ...readTotals(database), occurrences: new Map<string, number>() };
  keptByDatabase.set(database, fresh);
  return fresh;
}

function countOccurrences(database: IndexDatabase, match: string): number {
  return database.getOne<{ found: number }>('SELECT count(*) AS found FROM words WHERE words MATCH ?', match).found;
}

/**
 * FTS5 keeps the totals of its table in one record: the number of rows, then the words of each column, as variable-length
 * integers (sqlite.org/fts5.html, "The averages record").
 */
function readTotals(database: IndexDatabase): { readonly memories: number; readonly averageWords: number } {
  const block = database.get<{ block: Uint8Array }>('SELECT block FROM words_data WHERE id = 1')?.block;
  const [memories = 0, title = 0, narrative = 0, facts = 0] = block === undefined ? [] : readIntegers(block);
  return { memories, averageWords: memories === 0 ? 0 : (title + narrative + facts) / memories };
}

function readIntegers(bytes: Uint8Array): readonly number[] {
  const integers: number[] = [];
  let value = 0;
  let length = 0;
  for (const byte of bytes) {
    length++;
    // The ninth byte of a long integer counts whole.
    value = length === 9 ? value * 256 + byte : value * 128 + (byte & 0x7f);
    if (byte < 128 || length === 9) {
      integers.push(value);
      value = 0;
      length = 0;
    }
  }
  return integers;
}
