// `memvault show`: whole memories by their ids.

import { shortId } from '../../model/memory.ts';
import { cleanLine, cleanText } from '../../system/clean-text.ts';
import { openVaultHere } from '../../app.ts';
import { textOption } from '../command.ts';
import { findAll } from '../found.ts';
import type { Command } from '../command.ts';

export const showCommand: Command = {
  name: 'show',
  summary: 'Show whole memories.',
  usage: '<id…>',
  options: {},
  positionals: { min: 1, max: 20 },
  examples: ['memvault show 7k2m9qx', 'memvault show 7k2m 9qx3 --json'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const memories = findAll(vault.library, input.positionals);
      const texts = memories.map((memory) => {
        const facts = [
          memory.created.replace('T', ' ').replace('Z', ' UTC'),
          memory.type ?? memory.kind,
          memory.branch,
          memory.commit?.slice(0, 8),
        ].filter((part) => part !== undefined);
        const replaced = memory.supersededBy === undefined ? '' : `\nReplaced by ${shortId(memory.supersededBy)}.`;
        const files =
          memory.files.length === 0 ? '' : `\nFiles: ${memory.files.map((file) => cleanLine(file.path)).join(', ')}`;
        return `${cleanLine(memory.title)}\n${shortId(memory.id)} · ${facts.join(' · ')}${files}${replaced}\n${memory.place === 'outbox' ? 'Waits in the outbox' : `.claude-mem/${memory.path}`}\n\n${cleanText(memory.body).trim()}`;
      });
      return { text: texts.join('\n\n―――\n\n'), json: { memories } };
    } finally {
      vault.close();
    }
  },
};
