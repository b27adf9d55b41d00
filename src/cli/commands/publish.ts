// `memvault publish`: commits what waits in the outbox, or says why it holds back.

import { openVaultHere } from '../../app.ts';
import { readHeldText } from '../../vault/git/held-text.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const publishCommand: Command = {
  name: 'publish',
  summary: 'Commit the memories that wait in the outbox.',
  usage: '',
  options: {
    now: {
      type: 'boolean',
      meaning:
        'Do not wait for a quiet moment and commit on the default branch too; every other guard stays. Prints one JSON line {"committed", "held", "reason"} last.',
    },
    'dry-run': { type: 'boolean', meaning: 'Say what would happen and change nothing.' },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault publish', 'memvault publish --now', 'memvault publish --dry-run'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const now = isSet(input, 'now');
      const dryRun = isSet(input, 'dry-run');
      const done = await vault.publish({ now, atSessionEnd: false, dryRun, leavesIndex: true });
      const json = {
        committed: done.committed,
        held: done.held,
        reason: done.reason ?? null,
        ...(done.commit === undefined ? {} : { commit: done.commit }),
        ...(done.branch === undefined ? {} : { branch: done.branch }),
        ...(done.returned === undefined ? {} : { returned: done.returned }),
        ...(done.files === undefined ? {} : { files: done.files }),
        ...(done.detail === undefined ? {} : { detail: done.detail }),
      };
      if (now) return { text: JSON.stringify(json), json };
      const held = done.reason === undefined ? undefined : readHeldText(done.reason);
      const first =
        done.committed > 0
          ? `${dryRun ? 'Would commit' : 'Committed'} ${done.committed} on ${done.branch ?? 'this branch'}${done.commit === undefined ? '' : ` as ${done.commit.slice(0, 8)}`}${done.returned === undefined ? '' : `; ${done.returned} of them were on branches that are gone`}.`
          : 'Nothing committed.';
      const second =
        held === undefined
          ? ''
          : `\n${done.held > 0 ? `${done.held} held: ` : ''}${held.sentence}${done.detail === undefined ? '' : ` (${done.detail})`}\n${held.wayOut}`;
      const files = (done.files ?? []).map((file) => `\n  ${file}`).join('');
      return { text: `${first}${files}${second}`, json };
    } finally {
      vault.close();
    }
  },
};
