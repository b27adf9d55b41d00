// `memvault forget`: hides memories everywhere and keeps them from being learned again; the history keeps their text.

import { openVaultHere } from '../../app.ts';
import { isIdPrefix, shortId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { findAll } from '../found.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const forgetCommand: Command = {
  name: 'forget',
  summary: 'Hide memories everywhere, for everybody, and do not learn them again.',
  usage: '<id…>',
  options: {},
  positionals: { min: 1, max: 50 },
  examples: ['memvault forget 7k2m9qx'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const gone = vault.deletedIds();
      const isGone = (text: string): boolean => [...gone].some((id) => isIdPrefix(text) && id.startsWith(text));
      const asked = input.positionals.filter((text) => !isGone(text) || vault.library.get([text]).missing.length === 0);
      const before = input.positionals.filter((text) => !asked.includes(text));
      const memories = asked.length === 0 ? [] : findAll(vault.library, asked, () => vault.branchLibrary());
      vault.writer.forget(memories);
      const lines = [
        ...before.map((text) => `Forgotten already: ${text}`),
        ...memories.map((memory) => `Forgotten: ${shortId(memory.id)}  ${cleanLine(memory.title, 100)}`),
      ];
      lines.push(
        'Other clones forget them with the next publish and pull. Their text stays in Git’s history; `memvault purge <id>` removes the files.',
      );
      return { text: lines.join('\n'), json: { forgotten: memories.map(({ id, title }) => ({ id, title })), before } };
    } finally {
      vault.close();
    }
  },
};
