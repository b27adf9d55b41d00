// `memvault quarantine`: memories that no session and no model is shown, because you said so.

import { openVaultHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { shortId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { findAll } from '../found.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

const ACTIONS = ['list', 'add', 'release'] as const;

export const quarantineCommand: Command = {
  name: 'quarantine',
  summary: 'List, add or release memories that no session and no model is shown.',
  usage: '[list | add <id…> | release <id…>]',
  options: {},
  positionals: { min: 0, max: 50 },
  examples: ['memvault quarantine', 'memvault quarantine add 7k2m9qx', 'memvault quarantine release 7k2m9qx'],
  async run(input) {
    const [asked = 'list', ...ids] = input.positionals;
    const action = ACTIONS.find((known) => known === asked);
    if (action === undefined || (action !== 'list' && ids.length === 0) || (action === 'list' && ids.length > 0))
      throw new MemvaultError(
        'invalid_input',
        `\`memvault quarantine\` expects list, add <id…> or release <id…>, got "${cleanLine(input.positionals.join(' '), 60)}"`,
      );
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      if (action === 'add') {
        const memories = findAll(vault.library, ids, () => vault.branchLibrary());
        vault.trust.refuse(memories);
        const lines = memories.map(({ id, title }) => `In quarantine: ${shortId(id)}  ${cleanLine(title, 100)}`);
        const added = memories.map(({ id, title }) => ({ id, title }));
        return { text: lines.join('\n'), json: { added } };
      }
      if (action === 'release') {
        const released = vault.trust.release(ids.map((id) => id.trim().toLowerCase()));
        if (released.length === 0)
          throw new MemvaultError('not_found', `nothing in quarantine has the id "${cleanLine(ids[0] ?? '', 40)}"`, {
            hint: 'Run `memvault quarantine` to see what is there. What its text put there needs `memvault review --approve <id>`.',
          });
        return { text: released.map((id) => `Released: ${shortId(id)}`).join('\n'), json: { released } };
      }
      const rows = (await vault.trust.waiting()).filter(({ trust }) => trust === 'quarantined');
      const lines = rows.map(
        ({ id, title, isRefused, orders }) =>
          `${shortId(id)}  ${isRefused ? 'you said so' : `reads like orders (${orders.join(', ')})`}  ${cleanLine(title, 100)}`,
      );
      return { text: lines.length === 0 ? 'Nothing is in quarantine.' : lines.join('\n'), json: { quarantined: rows } };
    } finally {
      vault.close();
    }
  },
};
