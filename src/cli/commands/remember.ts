// `memvault remember`: a note into the vault, by the person who types it.

import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { openVaultHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { shortId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { findAll } from '../found.ts';
import { listOption, textOption } from '../command.ts';
import type { Command, CommandInput } from '../command.ts';

export const rememberCommand: Command = {
  name: 'remember',
  summary: 'Write a note: a memory in your own words.',
  usage: '<title…>',
  options: {
    text: { type: 'string', value: 'markdown', meaning: 'Reason and detail.' },
    file: { type: 'string', multiple: true, value: 'path', meaning: 'A file that it is about. May be repeated.' },
    tag: {
      type: 'string',
      multiple: true,
      value: 'tag',
      meaning: 'A tag; `pinned` shows it at every start. May be repeated.',
    },
    replaces: { type: 'string', multiple: true, value: 'id', meaning: 'A memory that it corrects. May be repeated.' },
  },
  positionals: { min: 1, max: 100 },
  examples: [
    'memvault remember "Deploys happen on Mondays only" --text "The carriers restart their gateways on Sunday."',
    'memvault remember "Money is whole cents" --file src/money.ts --tag pinned',
    'memvault remember "Refresh goes through Auth" --replaces 7k2m9qx',
  ],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    const root = vault.place.kind === 'personal' ? vault.project : vault.place.root;
    try {
      const replaced = findAll(vault.library, listOption(input, 'replaces') ?? []);
      const memory = vault.writer.remember({
        title: input.positionals.join(' '),
        text: textOption(input, 'text') ?? '',
        tags: listOption(input, 'tag') ?? [],
        files: (listOption(input, 'file') ?? []).map((file) => pathOf(file, root, input)),
        supersedes: replaced.map(({ id }) => id),
      });
      const lines = [
        `Noted: ${shortId(memory.id)}  ${cleanLine(memory.title, 120)}`,
        ...replaced.map(({ id, title }) => `It replaces ${shortId(id)}  ${cleanLine(title, 100)}`),
        'It can be found at once, and is committed with the next memories: `memvault publish` commits it now.',
      ];
      return { text: lines.join('\n'), json: { id: memory.id, title: memory.title, replaces: memory.supersedes } };
    } finally {
      vault.close();
    }
  },
};

/** As a memory names it: from the root of the project, with `/`. Throws `invalid_input` for what is not there or lies elsewhere. */
function pathOf(file: string, root: string, { cwd }: Pick<CommandInput, 'cwd'>): string {
  const full = resolve(cwd, file);
  const path = relative(root, full).split(sep).join('/');
  if (path !== '' && !path.startsWith('../') && path !== '..' && existsSync(full)) return path;
  throw new MemvaultError('invalid_input', `--file ${cleanLine(file, 200)}: there is no such file in ${root}`, {
    hint: 'Name a file of the project, as seen from here.',
  });
}
