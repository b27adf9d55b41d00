// `memvault show`: whole memories by their ids.

import { MemvaultError } from '../../model/errors.ts';
import { shortId } from '../../model/memory.ts';
import { cleanLine, cleanText } from '../../system/clean-text.ts';
import { openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import type { FoundMemories } from '../../model/search.ts';
import { textOption } from '../command.ts';
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
      const memories = findMemories(vault, input.positionals);
      return { text: memories.map((memory) => renderMemory(vault, memory)).join('\n\n―――\n\n'), json: { memories } };
    } finally {
      vault.close();
    }
  },
};

type Found = FoundMemories['memories'][number];

/** Also what is only on other branches. Throws `ambiguous` and `not_found`. */
function findMemories(vault: OpenVault, ids: readonly string[]): readonly Found[] {
  const here = vault.library.get(ids);
  const there = here.missing.length === 0 ? undefined : vault.branchLibrary().get(here.missing);
  const unclear = here.ambiguous[0] ?? there?.ambiguous[0];
  if (unclear !== undefined)
    throw new MemvaultError('ambiguous', `"${unclear.prefix}" stands for several memories`, {
      hint: `Give more characters: ${unclear.candidates.map((row) => `${row.id} (${cleanLine(row.title, 50)})`).join(', ')}`,
      data: { candidates: unclear.candidates.map((row) => row.id) },
    });
  const missing = there?.missing[0];
  if (missing !== undefined)
    throw new MemvaultError('not_found', `there is no memory "${cleanLine(missing, 40)}" here`, {
      data: { missing: there?.missing },
    });
  return [...here.memories, ...(there?.memories ?? [])];
}

function renderMemory(vault: OpenVault, memory: Found): string {
  const facts = [
    memory.created.replace('T', ' ').replace('Z', ' UTC'),
    memory.type ?? memory.kind,
    memory.branch,
    memory.commit?.slice(0, 8),
  ].filter((part) => part !== undefined);
  const replaced = memory.supersededBy === undefined ? '' : `\nReplaced by ${shortId(memory.supersededBy)}.`;
  const files =
    memory.files.length === 0 ? '' : `\nFiles: ${memory.files.map((file) => cleanLine(file.path)).join(', ')}`;
  return `${cleanLine(memory.title)}\n${shortId(memory.id)} · ${facts.join(' · ')}${files}${replaced}\n${describePlace(vault, memory)}\n\n${cleanText(memory.body).trim()}`;
}

function describePlace(vault: OpenVault, { place, path }: Found): string {
  const branches = vault.branchesOf(path).map((name) => cleanLine(name, 80));
  switch (place) {
    case 'vault':
      return `.claude-mem/${path}`;
    case 'outbox':
      return 'Waits in the outbox';
    case 'fetched':
      return `On ${branches.join(', ')}, not pulled yet`;
    case 'branch':
      return `On ${branches.join(', ')}, not merged`;
  }
}
