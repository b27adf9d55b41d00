// Searches for another process of memvault, in the vault where that process stands.

import type { DelegatedSearch, FoundHere } from '../model/delegated-search.ts';
import type { QueryVector } from '../model/embedder.ts';
import { searchHere } from '../app/search-here.ts';
import { findVaultHere, readSignalNames } from '../app.ts';
import type { OpenVault } from '../app.ts';
import { questionText } from '../system/query-vector.ts';
import { STANDPOINT_VARIABLES } from '../system/worker-search.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface SearchForParts {
  /** This process' own. */
  readonly env: Environment;
  /** The open vault of a key, if its index has every change that was made before. */
  readonly whole: (key: string) => Promise<OpenVault | undefined>;
  readonly embedQuery: (question: {
    readonly text: string;
    readonly model: string;
  }) => Promise<QueryVector | undefined>;
}

/** Answers as the asking process would itself; undefined when it had better do so. Throws what that would throw. */
export async function searchFor(
  { from, query }: DelegatedSearch,
  { env, whole, embedQuery }: SearchForParts,
): Promise<FoundHere | undefined> {
  const { key, settings } = findVaultHere({ ...from, env: standIn(env, from.env) });
  const vault = await whole(key);
  if (vault === undefined) return undefined;
  const model = settings['search.embedding'];
  const queryVector = async (text: string): Promise<QueryVector | undefined> =>
    model === 'none' || text.trim() === '' ? undefined : embedQuery({ text: questionText(text), model });
  const { trust } = vault;
  return searchHere(
    { trust, branchesOf: (path) => vault.branchesOf(path), library: { ...vault.library, queryVector } },
    { ...query, without: readSignalNames(settings['search.without']) },
  );
}

/** This process' environment with what the other one told of its own: what it does not have, it does not have here either. */
function standIn(env: Environment, told: Environment): Environment {
  return { ...env, ...Object.fromEntries(STANDPOINT_VARIABLES.map((name) => [name, told[name]])) };
}
