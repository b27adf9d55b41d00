// Git blob ids of memories as they lie in the work tree, or on the branch that they were fetched from.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { readElsewhere } from '../elsewhere.ts';
import { openGit } from './runner.ts';
import type { Environment } from './runner.ts';

/** In the order of the paths (below the vault); undefined for one that is nowhere. Throws `unavailable` when git fails. */
export async function hashVaultFiles(
  place: VaultPlace,
  paths: readonly string[],
  env: Environment,
): Promise<readonly (string | undefined)[]> {
  const { memories } = readElsewhere(place.stateDir);
  const git = openGit(place.root, { env });
  return Promise.all(
    paths.map(async (path) => {
      if (!existsSync(join(place.vaultDir, path))) return memories.find((memory) => memory.path === path)?.oid;
      // As Git would store it, whatever line ends the work tree has.
      return (await git.run(['hash-object', '--', `${VAULT_FOLDER}/${path}`])).text;
    }),
  );
}
