// A person's search in an open vault: with what a model makes of the words, near titles, and the branches that hold a hit.

import type { FoundHere } from '../model/delegated-search.ts';
import type { MemoryRow, SearchQuery } from '../model/search.ts';
import type { OpenVault } from '../app.ts';
import { searchOrSuggest, withMeaning } from '../index/search-or-suggest.ts';

/** Asks Git first whose the memories are, where something moved. Throws `invalid_input` for a filter that cannot be read. */
export async function searchHere(
  vault: Pick<OpenVault, 'library' | 'trust' | 'branchesOf'>,
  query: SearchQuery,
): Promise<FoundHere> {
  await vault.trust.refresh();
  const result = searchOrSuggest(vault.library, await withMeaning(vault.library, query));
  return { ...result, branches: branchesOfAll(vault, [...result.hits, ...(result.didYouMean ?? [])]) };
}

/** The branches of those rows that are not in the work tree. */
export function branchesOfAll(
  { branchesOf }: Pick<OpenVault, 'branchesOf'>,
  rows: readonly MemoryRow[],
): FoundHere['branches'] {
  const elsewhere = rows.filter(({ place }) => place === 'fetched' || place === 'branch');
  return Object.fromEntries(elsewhere.map(({ path }) => [path, branchesOf(path)]));
}
