// `memvault purge`: removes memories as files, everywhere that memvault keeps them, and says what the history still holds.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { openBothVaults, openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { drawMemoryId, isIdPrefix, isMemoryId } from '../../model/memory.ts';
import type { MemoryId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { purgedTombstone } from '../../vault/forgotten.ts';
import type { PurgeOutcome } from '../../vault/git/purge.ts';
import { findAll } from '../found.ts';
import { plural } from '../plural.ts';
import { dropIndexes, eventsOf, purgeTraces } from '../purge-traces.ts';
import { textOption } from '../command.ts';
import type { Command, CommandInput } from '../command.ts';

export const purgeCommand: Command = {
  name: 'purge',
  summary: 'Remove memories for good: files, outbox, journal, index. Says what Git’s history still holds.',
  usage: '<id…>',
  options: {},
  positionals: { min: 1, max: 50 },
  examples: ['memvault purge 7k2m9qx', 'memvault purge 7k2m9qx4hd3a'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    const paths = dataPaths(input.env);
    try {
      const ids = new Set<MemoryId>();
      for (const text of input.positionals) {
        // A whole id may name a memory that is hidden already, by `memvault forget`.
        if (isMemoryId(text)) ids.add(text);
        else if (!isIdPrefix(text))
          throw new MemvaultError('not_found', `"${cleanLine(text, 40)}" is no id of a memory`, {
            hint: 'Ids are what `memvault search` and `memvault timeline` show first in a line: 4 to 12 characters.',
          });
        else for (const memory of findAll(vault.library, [text], () => vault.branchLibrary())) ids.add(memory.id);
      }
      const sessions = new Set(vault.library.get([...ids]).memories.flatMap(({ session }) => session ?? []));
      const outcome = await vault.git.purge(ids);
      if (outcome.paths.length === 0 && outcome.fromJournal === 0)
        throw new MemvaultError('not_found', `no file here holds ${[...ids].join(', ')}`, {
          hint:
            archiveHint(outcome.archive) ??
            (await branchHint(vault, ids)) ??
            'If another branch or work tree has it, run this there.',
        });
      purgeTraces(vault, paths, ids);
      const events = eventsOf(paths, sessions);
      const created = `${new Date().toISOString().slice(0, 19)}Z`;
      vault.outbox.put(purgedTombstone([...ids], { id: drawMemoryId(randomBytes(12)), created }));
      const personal = personalCopy(input, ids);
      const purged = { ids: [...ids], ...outcome, events, ...(personal === undefined ? {} : { personal }) };
      return { text: renderOutcome(purged), json: purged };
    } finally {
      vault.close();
      dropIndexes(vault.place, paths);
    }
  },
};

interface Purged extends PurgeOutcome {
  readonly ids: readonly MemoryId[];
  /** Files of recorded events of the same sessions. */
  readonly events: readonly string[];
  /** The personal vault, when it has one of them too. */
  readonly personal?: string;
}

/** A memory that was moved, or written before the repository had a vault, may be in both. */
function personalCopy({ cwd, env, options }: CommandInput, ids: ReadonlySet<MemoryId>): string | undefined {
  if (options['vault'] !== undefined) return undefined;
  const { personal, repository } = openBothVaults({ cwd, env });
  try {
    if (repository === undefined || !existsSync(personal.place.root)) return undefined;
    return personal.library.get([...ids]).memories.length > 0 ? personal.place.root : undefined;
  } finally {
    personal.close();
    repository?.close();
  }
}

/** Where a memory is that lies on another branch. */
async function branchHint(vault: OpenVault, ids: ReadonlySet<MemoryId>): Promise<string | undefined> {
  await vault.git.refreshBranches();
  const [branch] = vault
    .branchLibrary()
    .get([...ids])
    .memories.flatMap(({ path }) => vault.branchesOf(path));
  if (branch === undefined) return undefined;
  return `It is on the branch ${cleanLine(branch, 80)}: \`git switch ${cleanLine(branch, 80)}\`, then this again.`;
}

function archiveHint(archive: PurgeOutcome['archive']): string | undefined {
  return archive === undefined
    ? undefined
    : `It is a chapter of “${cleanLine(archive.title, 60)}”. Delete the chapter in ${cleanLine(archive.path, 200)} and commit that, or remove the whole archive: \`memvault purge ${archive.id}\`.`;
}

function renderOutcome(outcome: Purged): string {
  const { ids, paths, fromOutbox, fromJournal, commit, notCommitted, events } = outcome;
  const lines = [
    ...paths.map((path) => `Removed ${cleanLine(path, 200)}`),
    `From the outbox: ${fromOutbox}, from the journal: ${fromJournal}. Session records, receipts and vectors are cleaned, the index is made anew.`,
  ];
  if (commit !== undefined) lines.push(`Committed as ${commit.slice(0, 8)}.`);
  if (notCommitted !== undefined)
    lines.push(
      `NOT removed from the branch: ${cleanLine(notCommitted, 300)}`,
      `By hand: git rm ${paths.map(shellWord).join(' ')}`,
    );
  if (events.length > 0)
    lines.push(
      '',
      `${plural(events.length, 'event')} of the same ${ids.length === 1 ? 'session' : 'sessions'} wait to be worked off and may say the same. To drop what they recorded:`,
      ...events.slice(0, MOST_LISTED).map((file) => `  rm ${shellWord(file)}`),
      ...(events.length > MOST_LISTED ? [`  and ${events.length - MOST_LISTED} more; --json lists them all.`] : []),
    );
  if (outcome.personal !== undefined)
    lines.push(
      '',
      'Your personal vault has it too:',
      `  memvault purge ${ids.join(' ')} --vault ${shellWord(outcome.personal)}`,
    );
  if (outcome.otherWorktrees.length > 0)
    lines.push(
      '',
      'Other work trees still have it:',
      ...outcome.otherWorktrees.map(({ root }) => `  cd ${shellWord(root)} && memvault purge ${ids.join(' ')}`),
    );
  return [...lines, ...renderHistory(outcome.history)].join('\n');
}

const MOST_LISTED = 20;

function renderHistory({ commits, refs, remotes, paths, isInReflog }: PurgeOutcome['history']): string[] {
  if (!isInReflog) return [];
  const expire = '  git reflog expire --expire=now --all && git gc --prune=now';
  const held = `${plural(commits.length, 'commit')} (${commits
    .slice(0, 5)
    .map((commit) => commit.slice(0, 8))
    .join(', ')}${commits.length > 5 ? ' …' : ''})`;
  const secret = 'If it was a secret, change the secret first: nothing below undoes a leak.';
  if (refs.length === 0)
    return ['', `Git still holds the text: ${held}, reached by its reflogs only.`, secret, 'To drop it:', expire];
  const filter = `--invert-paths ${paths.map((path) => `--path ${shellWord(path)}`).join(' ')}`;
  const lines = [
    '',
    `Git’s history still holds the text: ${held}, reached by`,
    ...refs.slice(0, MOST_LISTED).map((ref) => `  ${cleanLine(ref, 120)}`),
    ...(refs.length > MOST_LISTED ? [`  and ${refs.length - MOST_LISTED} more`] : []),
    secret,
    'To rewrite the history, with git-filter-repo:',
  ];
  for (const remote of remotes)
    lines.push(
      `  git clone --mirror "$(git remote get-url ${shellWord(remote)})" ../purged.git`,
      `  git -C ../purged.git filter-repo ${filter}`,
      `  git -C ../purged.git push --force --all "$(git remote get-url ${shellWord(remote)})"`,
      `  git -C ../purged.git push --force --tags "$(git remote get-url ${shellWord(remote)})"`,
      '  then ask the host to drop cached views and pull requests, and make every clone anew, this one too.',
    );
  if (remotes.length === 0) lines.push(`  git filter-repo --force --partial ${filter}`, expire);
  return lines;
}

/** A word as a shell takes it. */
function shellWord(text: string): string {
  const clean = cleanLine(text, 300);
  return /^[\w./:@%+=,-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", String.raw`'\''`)}'`;
}
