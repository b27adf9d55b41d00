// `memvault resolve`: merges memories that two branches edited, by field, and says where both sides were kept.

import { openVaultHere } from '../../app.ts';
import type { ResolveOutcome } from '../../model/resolve-outcome.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const resolveCommand: Command = {
  name: 'resolve',
  summary: 'Resolve conflicts in memories that two branches edited, and stage the result.',
  usage: '',
  options: { 'dry-run': { type: 'boolean', meaning: 'Say what would be done and change nothing.' } },
  positionals: { min: 0, max: 0 },
  examples: ['memvault resolve', 'memvault resolve --dry-run'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const dryRun = isSet(input, 'dry-run');
      const outcome = await vault.git.resolve({ dryRun });
      vault.sync();
      return { text: renderOutcome(outcome, dryRun), json: outcome, exit: outcome.left.length === 0 ? 0 : 4 };
    } finally {
      vault.close();
    }
  },
};

function renderOutcome({ resolved, left }: ResolveOutcome, dryRun: boolean): string {
  if (resolved.length === 0 && left.length === 0) return 'No memory is in conflict.';
  const lines: string[] = [];
  for (const { path, how, notes } of resolved) {
    lines.push(`${dryRun ? 'would be ' : ''}${how}  ${cleanLine(path, 200)}`);
    for (const note of notes) lines.push(`         ${cleanLine(note, 300)}`);
  }
  for (const { path, reason } of left) lines.push(`left    ${cleanLine(path, 200)}: ${cleanLine(reason, 300)}`);
  if (!dryRun && resolved.some((file) => file.isStaged))
    lines.push(
      '',
      'Look at them with `git diff --cached -- .claude-mem`, then go on: `git commit`, or `git rebase --continue`.',
    );
  if (!dryRun && resolved.some((file) => !file.isStaged))
    lines.push('', 'Files that had been committed with markers are mended in the work tree: commit them.');
  return lines.join('\n');
}
