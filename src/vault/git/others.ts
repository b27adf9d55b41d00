// Asks Git which memories of this work tree other people brought, and which of those nobody merged yet; keeps the answer for hooks.

import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { readGitFacts } from './facts.ts';
import { isCurrent, MADE_HERE, othersFile, readKeptOthers, readOthers, readReflog, toOthers } from './others-file.ts';
import type { KeptOthers, OthersMemories } from './others-file.ts';
import { readPublished } from './published.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

/** What is known of others at this moment, asked of Git where something moved; `undefined` when Git gives no answer in time. */
export async function lookUpOthers(
  place: VaultPlace,
  options: { readonly env?: Environment; readonly timeoutMs: number },
): Promise<OthersMemories | undefined> {
  if (place.kind !== 'repository') return readOthers(place);
  const kept = readKeptOthers(place);
  if (kept !== undefined && isCurrent(place, kept)) return toOthers(kept);
  try {
    return toOthers(await walk(place, options));
  } catch {
    return undefined;
  }
}

async function walk(
  place: VaultPlace,
  { env, timeoutMs }: { readonly env?: Environment; readonly timeoutMs: number },
): Promise<KeptOthers> {
  const git = openGit(place.root, env === undefined ? {} : { env });
  const before = readKeptOthers(place);
  const ref = before?.base?.ref ?? (await readGitFacts(place, env === undefined ? {} : { env })).defaultRef;
  const [head, commit] = await Promise.all([commitOf(git, 'HEAD'), ref === undefined ? undefined : commitOf(git, ref)]);
  if (head === undefined) return { head: '', authors: {}, pending: [] };
  const [authors, pending] = await Promise.all([
    // A long history is walked by whoever has the time; until then names are missing, which hides nothing.
    readAuthors(git, place, before, head, timeoutMs).catch(() => undefined),
    commit === undefined || ref === undefined ? [] : readPending(git, place, commit, head, timeoutMs),
  ]);
  const kept: KeptOthers = {
    head,
    ...(ref === undefined || commit === undefined ? {} : { base: { ref, commit } }),
    authors: authors ?? before?.authors ?? {},
    pending,
  };
  if (authors !== undefined) writeFileAtomic(othersFile(place), `${JSON.stringify(kept)}\n`);
  return kept;
}

interface Touch {
  readonly commit: string;
  readonly email: string;
  readonly author: string;
  readonly paths: readonly string[];
}

/** Who brought each memory first; walks only what is new since the last time. */
async function readAuthors(
  git: GitRunner,
  place: VaultPlace,
  before: KeptOthers | undefined,
  head: string,
  timeoutMs: number,
): Promise<Record<string, string>> {
  const since =
    before !== undefined && before.head !== '' && (await isBefore(git, before.head, head)) ? before : undefined;
  if (since?.head === head) return { ...since.authors };
  const range = since === undefined ? head : `${since.head}..${head}`;
  const own = ownEmails(place);
  const authors: Record<string, string> = { ...since?.authors };
  const touches = await readTouches(git, ['--diff-filter=A', range], timeoutMs);
  for (const { email, author, paths } of touches)
    for (const path of paths) {
      if (own.has(email.toLowerCase())) delete authors[path];
      else authors[path] = author;
    }
  return authors;
}

async function readPending(
  git: GitRunner,
  place: VaultPlace,
  base: string,
  head: string,
  timeoutMs: number,
): Promise<readonly string[]> {
  const touches = await readTouches(git, ['--diff-filter=AM', `${base}..${head}`], timeoutMs);
  if (touches.length === 0) return [];
  const made = commitsMadeHere(place);
  const foreign = new Set(touches.filter(({ commit }) => !made.has(commit)).flatMap(({ paths }) => paths));
  if (foreign.size === 0) return [];
  // The default branch may have the very same file by another commit: a squash, a cherry-pick.
  const differ = await git.run(
    ['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, head, '--', VAULT_FOLDER],
    {
      timeoutMs,
    },
  );
  const paths = differ.stdout.toString('utf8').split('\0').map(belowVault);
  return paths.filter((path) => foreign.has(path)).sort();
}

async function readTouches(git: GitRunner, range: readonly string[], timeoutMs: number): Promise<readonly Touch[]> {
  const args = ['log', '-z', '--full-history', '--no-renames', '--name-only', '--format=%x01%H%x02%ae%x02%an'];
  const printed = await git.run([...args, ...range, '--', VAULT_FOLDER], { timeoutMs });
  const touches: (Touch & { paths: string[] })[] = [];
  for (const field of printed.stdout.toString('utf8').split('\0')) {
    const text = field.replace(/^\n+/, '');
    if (text.startsWith('\u0001')) {
      const [commit = '', email = '', author = ''] = text.slice(1).split('\u0002');
      touches.push({ commit, email, author, paths: [] });
    } else if (text !== '') touches.at(-1)?.paths.push(belowVault(text));
  }
  return touches;
}

/** Made by the person or by memvault in this work tree, as HEAD's reflog tells, or published by this clone. */
function commitsMadeHere(place: VaultPlace): ReadonlySet<string> {
  const published = Object.values(readPublished(place.stateDir)).flatMap(({ commit }) =>
    commit === undefined ? [] : [commit],
  );
  return new Set([
    ...published,
    ...readReflog(place).flatMap(({ commit, action }) => (MADE_HERE.test(action) ? [commit] : [])),
  ]);
}

function ownEmails(place: VaultPlace): ReadonlySet<string> {
  return new Set(readReflog(place).map(({ email }) => email.toLowerCase()));
}

async function commitOf(git: GitRunner, ref: string): Promise<string | undefined> {
  const found = await git.run(['rev-parse', '-q', '--verify', `${ref}^{commit}`], { okCodes: [0, 1, GIT_FATAL] });
  return found.code === 0 ? found.text : undefined;
}

async function isBefore(git: GitRunner, one: string, other: string): Promise<boolean> {
  return (await git.run(['merge-base', '--is-ancestor', one, other], { okCodes: [0, 1, GIT_FATAL] })).code === 0;
}

function belowVault(path: string): string {
  return path.startsWith(`${VAULT_FOLDER}/`) ? path.slice(VAULT_FOLDER.length + 1) : path;
}
