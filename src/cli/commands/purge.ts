// `memvault purge`: removes memories as files, everywhere that memvault keeps them, and says what the history still holds.

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openVaultHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { drawMemoryId, isIdPrefix, isMemoryId } from '../../model/memory.ts';
import type { MemoryId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { purgedTombstone } from '../../vault/forgotten.ts';
import type { PurgeOutcome } from '../../vault/git/purge.ts';
import { findAll } from '../found.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const purgeCommand: Command = {
  name: 'purge',
  summary: 'Remove memories for good: files, outbox, journal, index. Says what Git’s history still holds.',
  usage: '<id…>',
  options: {},
  positionals: { min: 1, max: 50 },
  examples: ['memvault purge 7k2m9qx', 'memvault purge 7k2m9qx4hd3a'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    const { stateDir } = vault.place;
    try {
      const ids = new Set<MemoryId>();
      for (const text of input.positionals) {
        // A whole id may name a memory that is hidden already, by `memvault forget`.
        if (isMemoryId(text)) ids.add(text);
        else if (!isIdPrefix(text))
          throw new MemvaultError('not_found', `"${cleanLine(text, 40)}" is no id of a memory`);
        else for (const memory of findAll(vault.library, [text], () => vault.branchLibrary())) ids.add(memory.id);
      }
      const outcome = await vault.git.purge(ids);
      if (outcome.paths.length === 0 && outcome.fromJournal === 0)
        throw new MemvaultError('not_found', `no file here holds ${[...ids].join(', ')}`, {
          hint: 'Memories of other branches are purged on their own branch.',
        });
      const created = `${new Date().toISOString().slice(0, 19)}Z`;
      vault.outbox.put(purgedTombstone([...ids], { id: drawMemoryId(randomBytes(12)), created }));
      return { text: renderOutcome(outcome), json: { ids: [...ids], ...outcome } };
    } finally {
      vault.close();
      // Deleted rows stay readable in a database file; the index is made again at the next question.
      for (const name of ['index', 'branches'])
        for (const end of ['', '-wal', '-shm', '-journal'])
          rmSync(join(stateDir, `${name}.sqlite${end}`), { force: true });
    }
  },
};

function renderOutcome(outcome: PurgeOutcome): string {
  const lines = [
    ...outcome.paths.map((path) => `Removed ${cleanLine(path, 200)}`),
    `From the outbox: ${outcome.fromOutbox}, from the journal: ${outcome.fromJournal}. The index is made anew.`,
  ];
  if (outcome.commit !== undefined) lines.push(`Committed as ${outcome.commit.slice(0, 8)}.`);
  if (outcome.notCommitted !== undefined)
    lines.push(
      `NOT removed from the branch: ${cleanLine(outcome.notCommitted, 300)}`,
      `By hand: git rm ${outcome.paths.join(' ')}`,
    );
  const { commits, refs, isPushed } = outcome.history;
  if (commits.length > 0) {
    lines.push(
      '',
      `Git’s history still holds the text: ${commits.length} ${commits.length === 1 ? 'commit' : 'commits'} (${commits
        .slice(0, 5)
        .map((commit) => commit.slice(0, 8))
        .join(', ')}), reached by ${refs
        .slice(0, 5)
        .map((ref) => cleanLine(ref, 80))
        .join(', ')}${refs.length > 5 ? ` and ${refs.length - 5} more` : ''}.`,
      'If it was a secret, change the secret first: nothing below undoes a leak.',
      'To rewrite the history (every clone must be made anew afterwards):',
      `  git filter-repo --invert-paths ${outcome.paths.map((path) => `--path ${path}`).join(' ')}`,
    );
    if (isPushed)
      lines.push(
        '  git push --force --all && git push --force --tags',
        '  and ask the host to drop cached views and pull requests.',
      );
    else lines.push('  git reflog expire --expire=now --all && git gc --prune=now');
  }
  return lines.join('\n');
}
