// `memvault init`: decides where a project's memories live and makes the vault.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import type { HeldReason } from '../../model/publication.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { ensureSettingsFile, rememberProjectSettings, writeSetting } from '../../system/settings.ts';
import { openVaultHere, readSettingsHere } from '../../app.ts';
import type { OpenVault, Whereabouts } from '../../app.ts';
import { readHeldText } from '../../vault/git/held-text.ts';
import { moveToRepository } from '../move.ts';
import { plural } from '../plural.ts';
import { isSet, textOption } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

export const initCommand: Command = {
  name: 'init',
  summary: 'Decide where memories of this project live, and make the vault.',
  usage: '',
  options: {
    personal: {
      type: 'boolean',
      meaning: 'Keep them in a personal vault under the home folder, out of the repository.',
    },
    repo: {
      type: 'string',
      value: 'url',
      meaning: 'Keep them in a vault repository of their own, which the team shares, out of this one.',
    },
    remote: { type: 'string', value: 'url', meaning: 'With --personal: a private repository for your other machines.' },
    months: { type: 'string', value: 'n', meaning: 'With --repo: check out only the newest n months.' },
    off: { type: 'boolean', meaning: 'Remember nothing of this project.' },
  },
  positionals: { min: 0, max: 0 },
  examples: [
    'memvault init',
    'memvault init --personal --remote git@example.org:me/memories.git',
    'memvault init --repo git@example.org:team/memories.git --months 12',
    'memvault init --off',
  ],
  async run(input) {
    const repoUrl = textOption(input, 'repo');
    const chosen = [isSet(input, 'personal'), isSet(input, 'off'), repoUrl !== undefined].filter(Boolean).length;
    if (chosen > 1) throw new MemvaultError('invalid_input', '--personal, --repo and --off exclude each other');
    const remote = textOption(input, 'remote');
    if (remote !== undefined && !isSet(input, 'personal'))
      throw new MemvaultError('invalid_input', '--remote belongs to --personal', {
        hint: 'For a repository that a team shares: memvault init --repo <url>',
      });
    const months = readMonths(textOption(input, 'months'), repoUrl);
    const paths = dataPaths(input.env);
    ensureSettingsFile(paths.settingsFile);
    const where = { cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') };
    const here = readSettingsHere(where);
    const giveBack = rememberProjectSettings(here.file, here.project);
    try {
      if (repoUrl !== undefined) return await connectRepo(where, here, repoUrl, months);
      return await choose(input, where, here, remote);
    } catch (error) {
      // A choice that could not be carried out must not hold from now on.
      giveBack();
      throw error;
    }
  },
};

type Here = ReturnType<typeof readSettingsHere>;

async function choose(
  input: CommandInput,
  where: Whereabouts,
  here: Here,
  remote: string | undefined,
): Promise<CommandResult> {
  if (here.settings.values['publish.mode'] === 'repo') writeSetting(here.file, 'publish.mode', 'branch', here.project);
  const isPersonal = isSet(input, 'personal') || !here.hasOwnPlace;
  const choice = isSet(input, 'off') ? 'off' : isPersonal ? 'personal' : 'repository';
  writeSetting(here.file, 'vault', choice, here.project);
  if (choice === 'off')
    return {
      text: `Nothing of ${here.project} will be remembered. \`memvault init\` changes that.`,
      json: { vault: 'off', project: here.project },
    };
  if (choice === 'personal') {
    const vault = openVaultHere(where);
    try {
      const root = vault.place.root;
      const text =
        here.hasOwnPlace || isSet(input, 'personal')
          ? `Memories of ${here.project} go to ${root}.`
          : whyPersonal(here.project, root);
      if (remote === undefined) return { text, json: { vault: 'personal', root } };
      return { text: `${text}\n${await connect(vault, remote)}`, json: { vault: 'personal', root, remote } };
    } finally {
      vault.close();
    }
  }
  const moved = moveToRepository(where, here.project, Date.now());
  const vault = openVaultHere(where);
  try {
    const done = await vault.publish({ now: true, atSessionEnd: false, makeVault: true });
    const lines = [cleanLine(`The vault of ${here.project} is ${vault.place.vaultDir}.`, 1_000)];
    if (moved > 0) lines.push(`${plural(moved, 'memory', 'memories')} came over from your personal vault.`);
    if (done.commit !== undefined)
      lines.push(`Committed as ${done.commit.slice(0, 8)} on ${done.branch ?? 'this branch'}.`);
    else if (done.reason !== undefined && done.reason !== 'nothing-to-publish')
      lines.push(...notCommitted(done.reason, done.detail));
    else lines.push('It was there already; nothing to do.');
    lines.push('To keep memories out of the repository instead: `memvault init --personal`.');
    return {
      text: lines.join('\n'),
      json: { vault: 'repository', root: vault.place.root, moved, commit: done.commit ?? null },
    };
  } finally {
    vault.close();
  }
}

function readMonths(text: string | undefined, repoUrl: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const months = Number(text);
  if (repoUrl === undefined || !Number.isInteger(months) || months < 1 || months > 240)
    throw new MemvaultError('invalid_input', '--months expects a whole number from 1 to 240, together with --repo');
  return months;
}

/** A vault repository of its own, in which nobody works but memvault. */
async function connectRepo(
  where: Whereabouts,
  here: Here,
  url: string,
  months: number | undefined,
): Promise<CommandResult> {
  writeSetting(here.file, 'publish.mode', 'repo', here.project);
  const vault = openVaultHere(where);
  try {
    const answer = await connect(vault, url, months);
    const text = `Memories of ${here.project} go to a vault repository of their own: ${vault.place.root}\n${answer}`;
    return { text, json: { vault: 'repo', root: vault.place.root, remote: url } };
  } finally {
    vault.close();
  }
}

async function connect(vault: OpenVault, url: string, months?: number): Promise<string> {
  await vault.git.setRemote(url, months);
  const outcome = await vault.git.sync({ push: true });
  vault.sync();
  if (outcome.state === 'reached')
    return `Connected with ${url}: ${plural(outcome.merged ?? 0, 'memory', 'memories')} came, ${plural(outcome.pushed, 'commit')} went.`;
  return `${url} was not reached: ${outcome.error ?? 'no answer'}. It is tried again by itself.`;
}

/** A repository around the home folder is there, but never taken. */
function whyPersonal(project: string, root: string): string {
  const stays = `its memories stay in your personal vault, ${root}.`;
  return existsSync(join(project, '.git'))
    ? `${project} is or holds your home folder: ${stays}`
    : `${project} is no Git repository: ${stays}\nAfter \`git init\`, \`memvault init\` moves them.`;
}

function notCommitted(reason: HeldReason, detail: string | undefined): readonly string[] {
  const { sentence, wayOut } = readHeldText(reason);
  return [`Not committed yet: ${sentence}${detail === undefined ? '' : ` (${detail})`}`, wayOut];
}
