// Asks Git whose the memories of this work tree are: the user's own, merged in a trusted default branch, or pending. Keeps the answer for hooks.

import { isDeepStrictEqual } from 'node:util';
import { VAULT_FOLDER } from '../../model/place.ts';
import type { VaultPlace } from '../../model/place.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { dataPaths } from '../../system/paths.ts';
import { readElsewhere } from '../elsewhere.ts';
import { isVaultMemory } from '../file-name.ts';
import { changeTrust, isTrustedClone, readTrust } from '../trust.ts';
import type { TrustRecord } from '../trust.ts';
import { readGitFacts } from './facts.ts';
import { FORM, isCurrent, NO_OTHERS, othersFile, readKeptOthers, stampsOf, toOthers } from './others-file.ts';
import type { KeptOthers, OthersMemories } from './others-file.ts';
import { noteOwnBlobs, readOwnBlobs } from './own-blobs.ts';
import { readPublished } from './published.ts';
import { isMadeHere, readReflog } from './reflog.ts';
import { remoteOf, shownRemote } from './remote-name.ts';
import { GIT_FATAL, openGit } from './runner.ts';
import type { Environment, GitRunner } from './runner.ts';

export interface LookOptions {
  readonly env?: Environment;
  readonly timeoutMs: number;
}

/** What is known of others at this moment, asked of Git where something moved; `undefined` when Git gives no answer in time. */
export async function lookUpOthers(place: VaultPlace, options: LookOptions): Promise<OthersMemories | undefined> {
  if (place.kind !== 'repository') return NO_OTHERS;
  try {
    const kept = await lookUpKept(place, options);
    return toOthers(place, kept);
  } catch {
    return undefined;
  }
}

/** The same with what it was decided by. Throws `unavailable` when Git gives no answer in time. */
export async function lookUpKept(place: VaultPlace, options: LookOptions): Promise<KeptOthers> {
  const before = readKeptOthers(place);
  if (before === undefined || !isCurrent(place, before, options.env)) return walk(place, before, options);
  if (Object.keys(before.pending).length === 0) return before;
  const edited = await readEdited(gitOf(place, options), place, before.pending, options);
  if (isDeepStrictEqual(edited, before.edited)) return before;
  const kept = { ...before, edited };
  keep(place, kept);
  return kept;
}

async function walk(place: VaultPlace, before: KeptOthers | undefined, options: LookOptions): Promise<KeptOthers> {
  const { env, timeoutMs } = options;
  const git = gitOf(place, options);
  let stamps = stampsOf(place, env);
  const facts = before?.stamps === stamps ? undefined : await readGitFacts(place, env === undefined ? {} : { env });
  const ref = facts === undefined ? before?.base?.ref : facts.defaultRef;
  const [head, commit, remote] = await Promise.all([
    commitOf(git, 'HEAD'),
    ref === undefined ? undefined : commitOf(git, ref),
    facts === undefined ? (before?.remote ?? '') : readRemoteAddress(git, ref, facts.remotes),
  ]);
  const trust = readTrust(dataPaths(env).trustFile);
  // Without a remote the local default branch is the person's own doing.
  const base = ref === undefined || commit === undefined ? undefined : { ref, commit };
  let isTrusted = remote === '' || isTrustedClone(trust, place.commonDir ?? place.root, remote);
  if (isTrusted === undefined) {
    isTrusted = base !== undefined && (await holdsOwnWork(git, place, base.commit, timeoutMs));
    if (isTrusted) noteOwnWork(place, remote, env);
    stamps = stampsOf(place, env);
  }
  const frame = { form: FORM, stamps, remote, isTrusted, ...(base === undefined ? {} : { base }) } as const;
  if (head === undefined) return { ...frame, head: '', authors: {}, pending: {}, edited: {} };
  const candidates = await readCandidates(git, isTrusted ? base?.commit : undefined, head, timeoutMs);
  const [authors, pending] = await Promise.all([
    // A long history is walked by whoever has the time; until then names are missing, which hides nothing.
    readAuthors(git, place, before, head, timeoutMs).catch(() => undefined),
    withoutOwn(git, place, { candidates, frame, trust, head }, options),
  ]);
  const named = authors ?? before?.authors ?? {};
  const kept: KeptOthers = {
    ...frame,
    head,
    // What a commit of the user's brought last is theirs, whoever began it.
    authors: leaveOut(named, (path) => Object.hasOwn(candidates, path) && !Object.hasOwn(pending, path)),
    pending,
    edited: await readEdited(git, place, pending, options),
  };
  if (authors !== undefined) keep(place, kept);
  return kept;
}

/** So many of the default branch's newest commits are looked at for one of the user's. */
const OWN_WORK = 2_000;

/** Whether a branch holds a commit that was made in this clone: its user takes part in the repository, and builds upon that branch. */
async function holdsOwnWork(git: GitRunner, place: VaultPlace, base: string, timeoutMs: number): Promise<boolean> {
  const made = new Set(readReflog(place).flatMap((entry) => (isMadeHere(entry) ? [entry.commit] : [])));
  if (made.size === 0) return false;
  const listed = await git.run(['rev-list', `--max-count=${OWN_WORK}`, base], { timeoutMs });
  return listed.text.split('\n').some((commit) => made.has(commit));
}

/** Trust on first use is written down, so that another address of the remote is asked about. */
function noteOwnWork(place: VaultPlace, remote: string, env: Environment | undefined): void {
  const at = new Date().toISOString();
  try {
    changeTrust(dataPaths(env).trustFile, (record) => ({
      ...record,
      clones: { ...record.clones, [place.commonDir ?? place.root]: { remote, why: 'own-work', at } },
    }));
  } catch {
    // A data folder that cannot be written: looked up again the next time.
  }
}

type Pending = Readonly<Record<string, string>>;

/** Memories of HEAD whose text the trusted base does not hold, by path below the vault; all of them without such a base. */
async function readCandidates(
  git: GitRunner,
  base: string | undefined,
  head: string,
  timeoutMs: number,
): Promise<Pending> {
  const range = ['-r', '-z', '--raw', '--no-abbrev', '--no-renames'];
  const { stdout } =
    base === undefined
      ? await git.run(['ls-tree', '-r', '-z', '--full-tree', head, '--', VAULT_FOLDER], { timeoutMs })
      : await git.run(['diff-tree', ...range, base, head, '--', VAULT_FOLDER], { timeoutMs });
  const fields = stdout.toString('utf8').split('\0');
  const candidates: Record<string, string> = Object.create(null);
  if (base === undefined) {
    for (const field of fields) {
      const [, oid, path] = /^100\d{3} blob ([0-9a-f]+)\t([\s\S]+)$/.exec(field) ?? [];
      if (oid !== undefined && path !== undefined && isVaultMemory(belowVault(path)))
        candidates[belowVault(path)] = oid;
    }
    return candidates;
  }
  const merged = new Set<string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, from, to] = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) [A-Z]/.exec(fields[at] ?? '') ?? [];
    if (from === undefined || to === undefined) continue;
    merged.add(from);
    const path = belowVault(fields[at + 1] ?? '');
    if (!/^0+$/.test(to) && isVaultMemory(path)) candidates[path] = to;
  }
  // A merged text that was only moved is merged.
  for (const [path, oid] of Object.entries(candidates)) if (merged.has(oid)) delete candidates[path];
  return candidates;
}

interface Decision {
  readonly candidates: Pending;
  readonly frame: Pick<KeptOthers, 'base' | 'remote' | 'isTrusted'>;
  readonly trust: TrustRecord;
  readonly head: string;
}

async function withoutOwn(
  git: GitRunner,
  place: VaultPlace,
  { candidates, frame, trust, head }: Decision,
  options: LookOptions,
): Promise<Pending> {
  if (Object.keys(candidates).length === 0) return candidates;
  const own = await readOwnBlobs(git, place, options);
  const foreign = leaveOut(candidates, (_, oid) => own.has(oid));
  const range = frame.isTrusted && frame.base !== undefined ? `${frame.base.commit}..${head}` : undefined;
  const mine =
    range === undefined || trust.me.length === 0 || Object.keys(foreign).length === 0
      ? new Set<string>()
      : await readBlobsOfMe(git, { range, ref: frame.base?.ref ?? '', me: trust.me }, options.timeoutMs);
  return leaveOut(foreign, (_, oid) => mine.has(oid));
}

/**
 * Blobs of commits that bear an address of the user's other machines and that a branch of the trusted remote holds: who can push
 * there could also merge. A name alone is nobody's proof, so that a fork's branch gains nothing by it.
 */
async function readBlobsOfMe(
  git: GitRunner,
  { range, ref, me }: { readonly range: string; readonly ref: string; readonly me: readonly string[] },
  timeoutMs: number,
): Promise<ReadonlySet<string>> {
  const remote = remoteOf(ref);
  if (remote === undefined) return new Set();
  // Some fetch the branches of forks below the remote's own name: pushing there takes no right at all.
  const forks = ['pr', 'pull', 'pull-requests', 'merge-requests'].map((name) => `--exclude=${remote}/${name}/*`);
  const strange = await git.run(['rev-list', range, '--not', ...forks, `--remotes=${remote}`], { timeoutMs });
  const unpushed = new Set(strange.text.split('\n'));
  const format = '--format=%x01%H%x02%ae%x02%ce';
  const args = ['log', '-z', '--full-history', '--no-renames', '--raw', '--no-abbrev', '--diff-filter=AM', format];
  const printed = await git.run([...args, '--end-of-options', range, '--', VAULT_FOLDER], { timeoutMs });
  const blobs = new Set<string>();
  let isMine = false;
  for (const field of printed.stdout.toString('utf8').split('\0')) {
    const header = field.lastIndexOf('\u0001');
    if (header >= 0) {
      const [commit = '', author = '', committer = ''] = (field.slice(header + 1).split('\n')[0] ?? '').split('\u0002');
      isMine = !unpushed.has(commit) && me.includes(author.toLowerCase()) && me.includes(committer.toLowerCase());
    }
    const oid = /:\d{6} 100\d{3} [0-9a-f]+ ([0-9a-f]+) [AM]$/.exec(field)?.[1];
    if (oid !== undefined && isMine) blobs.add(oid);
  }
  return blobs;
}

/**
 * What the person has edited in the work tree of what is pending, noted as theirs; not what lies on a branch as it is. An edit
 * moves neither HEAD nor a branch, so this is asked every time.
 */
async function readEdited(
  git: GitRunner,
  place: VaultPlace,
  pending: Pending,
  { env, timeoutMs }: LookOptions,
): Promise<Pending> {
  const edited: Record<string, string> = {};
  if (Object.keys(pending).length === 0) return edited;
  const args = ['diff-index', '-z', '--name-only', '--no-renames', '--diff-filter=M', 'HEAD', '--', VAULT_FOLDER];
  const listed = await git.run(args, { timeoutMs });
  const changed = listed.stdout.toString('utf8').split('\0');
  // `--stdin-paths` takes a line for each.
  const paths = changed.filter((path) => Object.hasOwn(pending, belowVault(path)) && !/[\r\n]/.test(path));
  if (paths.length === 0) return edited;
  const stdin = paths.map((path) => `${path}\n`).join('');
  const hashed = (await git.run(['hash-object', '--stdin-paths'], { stdin, timeoutMs })).text.split('\n');
  const strange = new Set([...Object.values(pending), ...readElsewhere(place.stateDir).memories.map(({ oid }) => oid)]);
  for (const [at, path] of paths.entries()) {
    const oid = hashed[at];
    if (oid !== undefined && !strange.has(oid)) edited[belowVault(path)] = oid;
  }
  if (Object.keys(edited).length > 0) noteOwnBlobs(place, Object.values(edited), env);
  return edited;
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
  const log = readReflog(place);
  const own = new Set(log.map(({ email }) => email.toLowerCase()));
  const made = new Set([
    ...log.flatMap(({ commit, action }) =>
      /^(?:commit|rebase|cherry-pick|claude-mem)\b/.test(action) ? [commit] : [],
    ),
    ...Object.values(readPublished(place.stateDir)).flatMap(({ commit }) => commit ?? []),
  ]);
  const authors: Record<string, string> = { ...since?.authors };
  const touches = await readTouches(git, ['--diff-filter=A', '--end-of-options', range], timeoutMs);
  for (const { commit, email, author, paths } of touches) {
    const isOwn = own.has(email.toLowerCase());
    for (const path of paths) {
      if (isOwn && made.has(commit)) delete authors[path];
      // Another machine of the user's, or somebody who says so: without a name to show, and not trusted for it.
      else authors[path] = isOwn ? '' : author;
    }
  }
  return authors;
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

/** The address of the remote that the default branch comes from; of the first remote where nothing was fetched; empty without one. */
async function readRemoteAddress(git: GitRunner, ref: string | undefined, remotes: readonly string[]): Promise<string> {
  const name = (ref === undefined ? undefined : remoteOf(ref)) ?? (remotes.includes('origin') ? 'origin' : remotes[0]);
  if (name === undefined) return '';
  const found = await git.run(['remote', 'get-url', '--', name], { okCodes: [0, 2, GIT_FATAL] });
  return found.code === 0 ? shownRemote(found.text) : `(${name})`;
}

function gitOf(place: VaultPlace, { env }: LookOptions): GitRunner {
  return openGit(place.root, env === undefined ? {} : { env });
}

function keep(place: VaultPlace, kept: KeptOthers): void {
  writeFileAtomic(othersFile(place), `${JSON.stringify(kept)}\n`);
}

function leaveOut(rows: Pending, isOut: (path: string, oid: string) => boolean): Pending {
  const left: Record<string, string> = Object.create(null);
  for (const [path, oid] of Object.entries(rows)) if (!isOut(path, oid)) left[path] = oid;
  return left;
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
