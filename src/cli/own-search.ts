// A search in this process: loaded only when no worker has done it.

import { openSearchHere } from '../app/open-search.ts';
import { branchesOfAll, searchHere } from '../app/search-here.ts';
import type { FoundHere } from '../model/delegated-search.ts';
import type { SearchQuery, SearchResult } from '../model/search.ts';
import { textOption } from './command.ts';
import type { CommandInput } from './command.ts';

/** What was found, with what is only on other branches if that was asked for. */
export interface OwnSearch extends FoundHere {
  readonly elsewhere?: SearchResult;
}

export async function searchInThisProcess(
  input: CommandInput,
  query: SearchQuery,
  { everywhere }: { readonly everywhere: boolean },
): Promise<OwnSearch> {
  const vault = openSearchHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
  try {
    const found = await searchHere(vault, query);
    if (!everywhere) return found;
    const elsewhere = vault.branchLibrary().search(query);
    return { ...found, elsewhere, branches: { ...found.branches, ...branchesOfAll(vault, elsewhere.hits) } };
  } finally {
    vault.close();
  }
}
