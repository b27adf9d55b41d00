// Where contents are now that lay under another path: by the blob ids of Git's index.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import { openGit } from './runner.ts';
import type { Environment } from './runner.ts';

/** The tracked path of each blob (the beginnings of ids will do) that is tracked and there. Empty when git does not answer in time. */
export async function locateBlobs(
  worktree: string,
  blobs: readonly string[],
  options: { readonly env?: Environment; readonly timeoutMs: number },
): Promise<ReadonlyMap<string, string>> {
  const places = new Map<string, string>();
  const wanted = new Map(blobs.map((blob) => [blob.slice(0, SHORT), blob]));
  try {
    const { stdout } = await openGit(worktree, options).run(
      // No memory speaks of a memory: the vault may hold more files than the project.
      ['ls-files', '-s', '-z', '--', ':/', `:(exclude,top)${VAULT_FOLDER}`],
      { timeoutMs: options.timeoutMs, env: { GIT_LITERAL_PATHSPECS: '0' } },
    );
    for (const [, oid = '', path = ''] of stdout.toString('utf8').matchAll(/\d{6} ([0-9a-f]+) \d\t([^\0]*)\0/g)) {
      const blob = wanted.get(oid.slice(0, SHORT));
      if (blob === undefined || !oid.startsWith(blob) || places.has(blob)) continue;
      // What was only deleted in the work tree is tracked still, under the path that it had.
      if (existsSync(join(worktree, path))) places.set(blob, path);
    }
  } catch {
    // Without Git nothing is found: the files count as gone.
  }
  return places;
}

/** Hex characters that every noted blob has. */
const SHORT = 7;
