// `memvault init`: decides where a project's memories live and makes the vault.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import type { HeldReason } from '../../model/publication.ts';
import { dataPaths } from '../../system/paths.ts';
import { ensureSettingsFile, writeSetting } from '../../system/settings.ts';
import { openVaultHere, readSettingsHere } from '../../app.ts';
import { readHeldText } from '../../vault/git/held-text.ts';
import { moveToRepository } from '../move.ts';
import { plural } from '../plural.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const initCommand: Command = {
  name: 'init',
  summary: 'Decide where memories of this project live, and make the vault.',
  usage: '',
  options: {
    personal: {
      type: 'boolean',
      meaning: 'Keep them in a personal vault under the home folder, out of the repository.',
    },
    off: { type: 'boolean', meaning: 'Remember nothing of this project.' },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault init', 'memvault init --personal', 'memvault init --off'],
  async run(input) {
    if (isSet(input, 'personal') && isSet(input, 'off'))
      throw new MemvaultError('invalid_input', '--personal and --off exclude each other');
    const paths = dataPaths(input.env);
    ensureSettingsFile(paths.settingsFile);
    const where = { cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') };
    const here = readSettingsHere(where);
    const choice = isSet(input, 'off')
      ? 'off'
      : isSet(input, 'personal') || !here.hasOwnPlace
        ? 'personal'
        : 'repository';
    writeSetting(here.file, 'vault', choice, here.project);
    if (choice === 'off')
      return {
        text: `Nothing of ${here.project} will be remembered. \`memvault init\` changes that.`,
        json: { vault: 'off', project: here.project },
      };
    if (choice === 'personal') {
      const vault = openVaultHere(where);
      vault.close();
      const text =
        here.hasOwnPlace || isSet(input, 'personal')
          ? `Memories of ${here.project} go to ${vault.place.root}.`
          : whyPersonal(here.project, vault.place.root);
      return { text, json: { vault: 'personal', root: vault.place.root } };
    }
    const moved = moveToRepository(where, here.project, Date.now());
    const vault = openVaultHere(where);
    try {
      const done = await vault.publish({ now: true, atSessionEnd: false, makeVault: true });
      const lines = [`The vault of ${here.project} is ${vault.place.vaultDir}.`];
      if (moved > 0) lines.push(`${plural(moved, 'memory', 'memories')} came over from your personal vault.`);
      if (done.commit !== undefined)
        lines.push(`Committed as ${done.commit.slice(0, 8)} on ${done.branch ?? 'this branch'}.`);
      else if (done.reason !== undefined && done.reason !== 'nothing-to-publish')
        lines.push(...notCommitted(done.reason, done.detail));
      else lines.push('It was there already; nothing to do.');
      return {
        text: lines.join('\n'),
        json: { vault: 'repository', root: vault.place.root, moved, commit: done.commit ?? null },
      };
    } finally {
      vault.close();
    }
  },
};

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
