// Who brought each memory into the history, when, and whether the default branch has it: one walk, kept by blob.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import type { Provenance } from '../../model/provenance.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { idOf } from '../file-name.ts';
import { readTreeEntries } from './entries.ts';
import { readGitFacts } from './facts.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

const WALK_MS = 30_000;

/** Path below the vault → provenance, for the memories of HEAD. Empty outside of Git. Throws `unavailable` when git fails. */
export async function readProvenance(
  place: VaultPlace,
  options: { readonly env?: Environment } = {},
): Promise<ReadonlyMap<string, Provenance>> {
  const facts = await readGitFacts(place, options);
  const known = new Map<string, Provenance>();
  if (facts.problem !== undefined || facts.head === undefined) return known;
  const git = openGit(place.root, options);
  const [entries, merged, additions] = await Promise.all([
    readTreeEntries(git, facts.head),
    facts.defaultRef === undefined ? new Map<string, unknown>() : readTreeEntries(git, facts.defaultRef),
    readAdditions(git, place.stateDir, facts.head),
  ]);
  const mergedIds = new Set([...merged.keys()].map(idOf));
  for (const [path, { oid }] of entries) {
    const addition = additions[oid];
    if (addition === undefined) continue;
    const isMerged = merged.has(path) || (idOf(path) !== undefined && mergedIds.has(idOf(path)));
    const isOwn = facts.email !== undefined && addition.email.toLowerCase() === facts.email.toLowerCase();
    known.set(path.slice(VAULT_FOLDER.length + 1), { ...addition, isMerged, isOwn });
  }
  return known;
}

type Addition = Omit<Provenance, 'isMerged' | 'isOwn'>;
type Additions = Readonly<Record<string, Addition>>;

interface Cache {
  /** The commit up to which the history was walked. */
  readonly head: string;
  /** By blob id. */
  readonly additions: Additions;
}

/** Blob id → the oldest commit that brought it. Walks only what is new since the last time. */
async function readAdditions(git: GitRunner, stateDir: string, head: string): Promise<Additions> {
  const cache = readCache(stateDir);
  if (cache?.head === head) return cache.additions;
  const isBefore =
    cache !== undefined &&
    (await git.run(['merge-base', '--is-ancestor', cache.head, head], { okCodes: [0, 1, GIT_FATAL] })).code === 0;
  const range = isBefore ? [`${cache.head}..${head}`] : [head];
  const format = '--format=%x01%H%x02%an%x02%ae%x02%at';
  const args = ['log', '--full-history', '--no-renames', '--diff-filter=AM', '--raw', '--no-abbrev', '-z', format];
  const walked = await git.run([...args, '--end-of-options', ...range, '--', VAULT_FOLDER], { timeoutMs: WALK_MS });
  const additions = { ...cache?.additions, ...parseAdditions(walked.stdout.toString('utf8')) };
  writeFileAtomic(join(stateDir, 'provenance.json'), `${JSON.stringify({ head, additions })}\n`);
  return additions;
}

/** Newest first, so that the oldest commit of a blob is written last and stays. */
function parseAdditions(text: string): Additions {
  const additions: Record<string, Addition> = {};
  let current: Addition | undefined;
  for (const field of text.split('\0')) {
    const header = field.lastIndexOf('\u0001');
    const [commit, author, email, at] =
      header < 0 ? [] : (field.slice(header + 1).split('\n')[0] ?? '').split('\u0002');
    if (commit !== undefined && author !== undefined && email !== undefined)
      current = { commit, author, email, at: Number(at) };
    const oid = /:\d{6} 100\d{3} [0-9a-f]+ ([0-9a-f]+) [AM]$/.exec(field)?.[1];
    if (oid !== undefined && current !== undefined) additions[oid] = current;
  }
  return additions;
}

function readCache(stateDir: string): Cache | undefined {
  try {
    return JSON.parse(readFileSync(join(stateDir, 'provenance.json'), 'utf8')) as Cache;
  } catch {
    return undefined;
  }
}
