// `memvault outbox`: the memories that the default branch does not have yet, each with the reason why it waits.

import { openVaultHere } from '../../app.ts';
import { shortId } from '../../model/memory.ts';
import type { OutboxRow } from '../../model/outbox-row.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { readHeldText } from '../../vault/git/held-text.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const outboxCommand: Command = {
  name: 'outbox',
  summary: 'List the memories that are not in the default branch yet, and why each one waits.',
  usage: '',
  options: {},
  positionals: { min: 0, max: 0 },
  examples: ['memvault outbox', 'memvault outbox --json'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const rows = await vault.git.explainOutbox();
      return { text: renderOutbox(rows), json: { folder: vault.outbox.root, memories: rows } };
    } finally {
      vault.close();
    }
  },
};

function renderOutbox(rows: readonly OutboxRow[]): string {
  if (rows.length === 0) return 'The outbox is empty: every memory is in the default branch.';
  const parts: string[] = [];
  for (const [heading, some] of Map.groupBy(rows, headingOf))
    parts.push([`${heading} (${some.length})`, ...some.map(renderRow)].join('\n'));
  return parts.join('\n\n');
}

function headingOf(row: OutboxRow): string {
  switch (row.state) {
    case 'next':
      return `In the next commit on ${cleanLine(row.branch ?? 'this branch', 80)}`;
    case 'committed':
      return `Committed on ${cleanLine(row.branch ?? 'a branch', 80)}${row.worktree === undefined ? '' : ` (work tree ${cleanLine(row.worktree, 200)})`}, not yet in the default branch`;
    case 'reserved':
      return `Left to the work tree that has ${cleanLine(row.branch ?? 'its branch', 80)}`;
    case 'settled':
      return 'In the default branch, or deleted by you: leaves the outbox with the next publish';
    case 'held': {
      const text = readHeldText(row.reason ?? 'git-failed');
      return `Held: ${text.sentence}\n${text.wayOut}\n`;
    }
  }
}

function renderRow(row: OutboxRow): string {
  const day = row.created?.slice(0, 10) ?? '          ';
  const detail = row.detail === undefined ? '' : ` (${cleanLine(row.detail, 120)})`;
  return `  ${shortId(row.id)}  ${day}  ${cleanLine(row.title, 90)}${detail}`;
}
