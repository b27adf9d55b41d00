// `memvault compact`: folds the memories of old months into archives, as one commit on the default branch.

import { openVaultHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const compactCommand: Command = {
  name: 'compact',
  summary: 'Fold the memories of old months into one archive a month, as one commit on the default branch.',
  usage: '',
  options: {
    before: { type: 'string', value: 'yyyy-mm', meaning: 'Months before this one; a year ago when left out.' },
    'dry-run': { type: 'boolean', meaning: 'Say what would be done and change nothing.' },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault compact --dry-run', 'memvault compact --before 2026-01'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const before = textOption(input, 'before') ?? monthAYearAgo(new Date());
      if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(before))
        throw new MemvaultError(
          'invalid_input',
          `--before expects a month such as 2026-01, got "${before.slice(0, 40)}"`,
        );
      const dryRun = isSet(input, 'dry-run');
      const done = await vault.git.compact({ before, dryRun });
      vault.sync();
      const { months, folded, dropped, archives, commit } = done;
      if (months.length === 0) return { text: `Nothing is older than ${before}.`, json: done };
      const span = months.length === 1 ? (months[0] ?? '') : `${months[0] ?? ''} to ${months.at(-1) ?? ''}`;
      const lines = [
        `${span}: ${folded} memories ${dryRun ? 'would go' : 'went'} into ${archives} files; ${dropped} that were replaced or forgotten ${dryRun ? 'would go' : 'are gone'}.`,
      ];
      if (commit !== undefined)
        lines.push(
          `Committed as ${commit.slice(0, 8)}. Look at it with \`git show --stat ${commit.slice(0, 8)}\`; \`git revert ${commit.slice(0, 8)}\` brings everything back.`,
        );
      return { text: lines.join('\n'), json: done };
    } finally {
      vault.close();
    }
  },
};

function monthAYearAgo(now: Date): string {
  return `${now.getUTCFullYear() - 1}-${String(now.getUTCMonth() + 1).padStart(2, '0')}`;
}
