// `memvault forget`: hides memories everywhere and keeps them from being learned again; the history keeps their text.

import { randomBytes } from 'node:crypto';
import { openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import { drawMemoryId, shortId } from '../../model/memory.ts';
import type { MemoryId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { tombstoneOf } from '../../vault/forgotten.ts';
import { findAll } from '../found.ts';
import type { FoundMemory } from '../found.ts';
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
      const memories = findAll(vault.library, input.positionals, () => vault.branchLibrary());
      const created = `${new Date().toISOString().slice(0, 19)}Z`;
      for (const memory of memories) {
        const id = drawMemoryId(randomBytes(12));
        vault.outbox.put(tombstoneOf(memory, replacedBy(vault, memory), { id, created }));
        // What nobody has seen yet need not be committed any more.
        if (memory.place === 'outbox') vault.outbox.remove([memory.path]);
      }
      vault.sync();
      const lines = memories.map((memory) => `Forgotten: ${shortId(memory.id)}  ${cleanLine(memory.title, 100)}`);
      lines.push(
        'Other clones forget them with the next publish and pull. Their text stays in Git’s history; `memvault purge <id>` removes the files.',
      );
      return { text: lines.join('\n'), json: { forgotten: memories.map(({ id, title }) => ({ id, title })) } };
    } finally {
      vault.close();
    }
  },
};

/** The older memories that it had replaced would come to light again. */
function replacedBy(vault: OpenVault, memory: FoundMemory): readonly MemoryId[] {
  const found = new Set<MemoryId>();
  let next: readonly MemoryId[] = memory.supersedes;
  while (next.length > 0 && found.size < 100) {
    const fresh = next.filter((id) => !found.has(id) && id !== memory.id);
    for (const id of fresh) found.add(id);
    next = fresh.length === 0 ? [] : vault.library.get(fresh).memories.flatMap((older) => older.supersedes);
  }
  return [...found];
}
