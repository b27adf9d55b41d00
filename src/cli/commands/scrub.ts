// `memvault scrub`: finds secrets that got in, in every place that memvault writes to; with `--fix` it takes them out.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import { toMemvaultError } from '../../model/errors.ts';
import { ensureAllowed } from '../../system/allowed.ts';
import { loadCrypto } from '../../system/builtin.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import type { DataPaths } from '../../system/paths.ts';
import { cleanContent, cleanDatabase, cleanFile } from '../../system/redaction/clean-file.ts';
import type { FoundKinds } from '../../system/redaction/clean-file.ts';
import { redactionPolicy, setRedactionPolicy } from '../../system/redaction/policy.ts';
import { createSecondLook } from '../../system/redaction/second-look.ts';
import type { SecondLook } from '../../system/redaction/second-look.ts';
import { findLeakyBlobs, scrubUnpushed } from '../../vault/git/scrub-history.ts';
import type { HistoryScrub, LeakyBlob } from '../../vault/git/scrub-history.ts';
import { openGit } from '../../vault/git/runner.ts';
import { treeStateDirs } from '../../vault/place.ts';
import { isSet, textOption } from '../command.ts';
import type { Command, CommandInput } from '../command.ts';
import { plural } from '../plural.ts';
import { dropIndexes } from '../purge-traces.ts';
import { stopWorker } from './worker.ts';

interface Finding {
  readonly place: string;
  readonly path: string;
  readonly kinds: FoundKinds;
  /** What `memvault allow` takes when it is no secret. */
  readonly hashes: readonly string[];
}

interface Scrubbing {
  readonly fix: boolean;
  readonly second: SecondLook;
}

export const scrubCommand: Command = {
  name: 'scrub',
  summary: 'Find secrets that got in: vault, outbox, index, waiting events, logs, history. `--fix` takes them out.',
  usage: '[--fix]',
  options: {
    fix: { type: 'boolean', meaning: 'Take them out, stop the worker meanwhile, and make the databases anew.' },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault scrub', 'memvault scrub --fix'],
  async run(input) {
    const fix = isSet(input, 'fix');
    const paths = dataPaths(input.env);
    // The worker holds texts in memory and would write them again.
    const stopped = fix ? await stopWorker(input) : undefined;
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const faults: string[] = [];
      const second = createSecondLook({
        log: { warn: (message, details) => faults.push([message, ...Object.values(details ?? {})].join(': ')) },
      });
      const findings = await look(vault, paths, { fix, second });
      const history = await lookInHistory(vault, input, { fix, second });
      const found = findings.length + history.leaky.length;
      const json = { fixed: fix, findings, history, stoppedWorker: stopped !== undefined, faults };
      return {
        text: [render(findings, history, { fix, root: vault.place.root }), ...faults.map(renderFault)].join('\n'),
        json,
        exit: found > 0 && !fix ? 1 : 0,
      };
    } finally {
      vault.close();
    }
  },
};

/** Every file that memvault writes, each by itself: an end in the middle leaves whole files, and the next run goes on. */
async function look(vault: OpenVault, paths: DataPaths, { fix, second }: Scrubbing): Promise<readonly Finding[]> {
  const note = ensureAllowed(paths.allowedFile, loadCrypto().randomBytes(16).toString('hex'));
  const policy = redactionPolicy();
  let seen = new Set<string>();
  setRedactionPolicy({
    extra: policy.extra,
    isAllowed: (text) => policy.isAllowed(text) || (seen.add(note.hashOf(text)), false),
  });
  const findings: Finding[] = [];
  const take = async (place: string, file: string, examine: (file: string) => Promise<FoundKinds>): Promise<void> => {
    seen = new Set();
    const kinds = await examine(file);
    if (Object.keys(kinds).length > 0) findings.push({ place, path: file, kinds, hashes: [...seen].slice(0, 5) });
  };
  try {
    for (const [place, folder] of placesOf(vault, paths))
      for (const file of filesBelow(folder)) await take(place, file, (one) => cleanFile(one, fix, second));
    for (const file of [paths.questionsFile, ...vectorFiles(vault)])
      if (existsSync(file))
        await take('database', file, (one) => cleanDatabase(one, fix && one === paths.questionsFile, second));
    const indexes = findings.length > 0 || (await indexesHold(vault, paths, second));
    if (fix && indexes) {
      for (const file of vectorFiles(vault)) removeDatabase(file);
      dropIndexes(vault.place, paths);
    }
  } finally {
    setRedactionPolicy(policy);
  }
  return findings;
}

/** An index is made of files that are looked at anyway; what it still has of files that are gone shows in its own bytes. */
async function indexesHold(vault: OpenVault, paths: DataPaths, second: SecondLook): Promise<boolean> {
  const files = treeStateDirs(vault.place)
    .concat(paths.indexes)
    .flatMap((folder) => filesBelow(folder, /^(?:index|branches)\.sqlite$/));
  for (const file of files) if (Object.keys(await cleanDatabase(file, false, second)).length > 0) return true;
  return false;
}

function placesOf(vault: OpenVault, paths: DataPaths): readonly (readonly [string, string])[] {
  const { stateDir, vaultDir } = vault.place;
  return [
    ['vault', vaultDir],
    ['outbox', join(stateDir, 'outbox')],
    ['journal', join(stateDir, 'journal')],
    ['copies of other branches', join(stateDir, 'elsewhere')],
    ['waiting events', paths.spool],
    ['dead letters', paths.deadLetter],
    ['quarantine', paths.quarantine],
    ['sessions', paths.sessions],
    ['logs', paths.logs],
  ];
}

const vectorFiles = (vault: OpenVault): readonly string[] => [vault.vectorFile];

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal', '.broken']) rmSync(file + end, { force: true });
}

const CLEANED = /\.(?:md|ya?ml|json|jsonl|log|txt|corrupt)(?:\.\d+)?$/;

function filesBelow(folder: string, wanted: RegExp = CLEANED): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

interface History {
  readonly leaky: readonly LeakyBlob[];
  readonly scrub: HistoryScrub;
  /** Why the history was not looked at. */
  readonly fault?: string;
}

async function lookInHistory(vault: OpenVault, { env }: CommandInput, { fix, second }: Scrubbing): Promise<History> {
  const { place } = vault;
  if (place.gitDir === undefined) return { leaky: [], scrub: { rewritten: 0 } };
  const git = openGit(place.root, { env });
  const clean = async (path: string, text: string) => {
    const { text: cleaned, counts } = await cleanContent(path, text, second);
    return { text: cleaned, kinds: Object.keys(counts) };
  };
  try {
    const leaky = await findLeakyBlobs(git, clean);
    return { leaky, scrub: fix ? await scrubUnpushed(git, leaky, clean) : { rewritten: 0 } };
  } catch (error) {
    return { leaky: [], scrub: { rewritten: 0 }, fault: toMemvaultError(error).message };
  }
}

function render(
  findings: readonly Finding[],
  { leaky, scrub, fault }: History,
  { fix, root }: { readonly fix: boolean; readonly root: string },
): string {
  const pushed = leaky.filter(({ isPushed }) => isPushed);
  const unpushed = leaky.filter(({ isPushed }) => !isPushed);
  const lines: string[] = [];
  if (findings.length === 0 && leaky.length === 0 && fault === undefined)
    return 'Nothing found: no place that memvault writes to holds what looks like a secret.';
  for (const { place, path, kinds, hashes } of findings)
    lines.push(
      `${fix ? 'Cut from' : 'Found in'} ${place}: ${shown(path, root)} (${listKinds(kinds)})`,
      ...(fix ? [] : hashes.map((hash) => `    no secret? memvault allow ${hash}`)),
    );
  if (fix && findings.length > 0)
    lines.push('Index and vectors are made anew; the worker starts again with the next session.');
  if (fix && pushed.length > 0 && findings.some(({ place }) => place === 'vault'))
    lines.push('The cut files of the vault are changes of your work tree now: look at them, and commit them.');
  for (const { path, kinds, blob } of unpushed)
    lines.push(
      `${fix && scrub.rewritten > 0 ? 'Cut from' : 'Found in'} unpushed history: ${shown(path, '')} (${kinds.join(', ')}), version ${blob.slice(0, 8)}`,
    );
  if (scrub.rewritten > 0)
    lines.push(
      `${plural(scrub.rewritten, 'commit')} that nobody else has were made anew. Git keeps the old ones for a while; to drop them now:`,
      '  git reflog expire --expire=now --all && git gc --prune=now',
    );
  if (scrub.refused !== undefined)
    lines.push(`The unpushed history was left as it is: ${scrub.refused}.`, ...rewriteByHand(unpushed));
  if (pushed.length > 0)
    lines.push(
      '',
      `${plural(pushed.length, 'version')} with a secret ${pushed.length === 1 ? 'was' : 'were'} pushed: ${[...new Set(pushed.map(({ path }) => shown(path, '')))].join(', ')}`,
      'Whoever can read the remote has it: change the secret first. To take it out of the history too, with everybody who works on it:',
      ...rewriteByHand(pushed),
    );
  if (fault !== undefined) lines.push(`The history could not be looked at: ${cleanLine(fault, 200)}`);
  const kinds = new Set([
    ...findings.flatMap((finding) => Object.keys(finding.kinds)),
    ...leaky.flatMap((one) => one.kinds),
  ]);
  kinds.delete('private');
  if (kinds.size > 0) lines.push('', `Change what leaked, wherever it is used: ${[...kinds].sort().join(', ')}.`);
  if (!fix) lines.push('`memvault scrub --fix` takes them out.');
  return lines.join('\n');
}

function renderFault(fault: string): string {
  return `Looked by our own rules alone: ${cleanLine(fault, 200)}`;
}

function rewriteByHand(blobs: readonly LeakyBlob[]): string[] {
  const names = [...new Set(blobs.map(({ path }) => `--path '${cleanLine(path, 300).replaceAll("'", "'\\''")}'`))];
  return [`  git filter-repo --invert-paths ${names.join(' ')}`, '  git push --force-with-lease --all'];
}

function shown(path: string, root: string): string {
  const inside = root === '' ? path : relative(root, path);
  return cleanLine(inside.startsWith('..') ? path : inside, 300);
}

function listKinds(kinds: FoundKinds): string {
  return Object.entries(kinds)
    .map(([kind, count]) => (count === 1 ? kind : `${kind} ×${count}`))
    .join(', ');
}
