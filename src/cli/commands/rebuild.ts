// `memvault rebuild`: makes the index anew from the files alone.

import { openVaultHere } from '../../app.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const rebuildCommand: Command = {
  name: 'rebuild',
  summary: 'Make the index anew from the memory files.',
  usage: '',
  options: {},
  positionals: { min: 0, max: 0 },
  examples: ['memvault rebuild', 'memvault rebuild --vault ~/notes'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const report = vault.rebuild();
      const faults = report.diagnostics === 0 ? '' : ` ${report.diagnostics} remarks: run \`memvault doctor\`.`;
      return { text: `Indexed ${report.added} memories from ${vault.place.vaultDir}.${faults}`, json: report };
    } finally {
      vault.close();
    }
  },
};
