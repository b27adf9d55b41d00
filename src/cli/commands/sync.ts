// `memvault sync`: fetches what others wrote, says where the branch stands, pushes memvault's own commits when asked.

import { openVaultHere } from '../../app.ts';
import type { NotPushed, SyncOutcome } from '../../model/sync-outcome.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { plural } from '../plural.ts';
import { sinceText, untilText } from '../until-text.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const syncCommand: Command = {
  name: 'sync',
  summary: 'Fetch the memories of others into view; with --push, push a branch on which only memvault has committed.',
  usage: '',
  options: {
    push: {
      type: 'boolean',
      meaning:
        'Push the branch if every commit ahead of its upstream is memvault’s own. Waits while the remote is away.',
    },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault sync', 'memvault sync --push'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const outcome = await vault.git.sync({ push: isSet(input, 'push') });
      vault.sync();
      return { text: renderOutcome(outcome, Date.now() / 1000), json: outcome };
    } finally {
      vault.close();
    }
  },
};

function renderOutcome(outcome: SyncOutcome, nowSeconds: number): string {
  const { state, remote, branch, upstream, ahead, behind, error } = outcome;
  if (state === 'no-git') return `There is nothing to sync: ${cleanLine(error ?? 'no Git repository here', 200)}.`;
  if (state === 'no-remote') return 'There is nothing to sync with: this repository has no remote.';
  const lines: string[] = [];
  if (state === 'offline') {
    lines.push(`${remote ?? 'The remote'} was not reached: ${cleanLine(error ?? 'no answer', 200)}`);
    const { reachedAt } = outcome;
    const when = reachedAt === undefined ? 'before' : sinceText(reachedAt, nowSeconds);
    lines.push(`Everything goes on with what was fetched ${when}.`);
  } else {
    const merged = outcome.merged === undefined ? '' : `, ${outcome.merged} taken in`;
    lines.push(`${remote ?? 'The remote'}: ${plural(outcome.fetched, 'memory', 'memories')} new in view${merged}.`);
  }
  if (upstream !== undefined && ahead !== undefined && behind !== undefined)
    lines.push(
      `${branch ?? 'HEAD'} is ${ahead} ahead of ${upstream} and ${behind} behind.${behind > 0 ? ' To have it here: `git pull`.' : ''}`,
    );
  if (outcome.pushed > 0) lines.push(`Pushed ${plural(outcome.pushed, 'commit')}.`);
  if (outcome.notPushed === 'offline' && outcome.nextTryAt !== undefined)
    lines.push(`Not pushed: it waits; the worker tries again ${untilText(outcome.nextTryAt, nowSeconds)}.`);
  else if (outcome.notPushed !== undefined) lines.push(`Not pushed: ${NOT_PUSHED[outcome.notPushed]}`);
  if (state !== 'offline' && error !== undefined) lines.push(`  ${cleanLine(error, 200)}`);
  return lines.map((line) => cleanLine(line, 400)).join('\n');
}

const NOT_PUSHED: Readonly<Record<NotPushed, string>> = {
  'nothing-ahead': 'the remote has everything.',
  'not-ours': 'some of the commits ahead are not memvault’s. They are yours to push: `git push`.',
  behind: 'the remote has commits that are not here. Run `git pull`, then again.',
  'no-upstream': 'the branch has no upstream yet. Push it once yourself: `git push -u origin HEAD`.',
  'protected-branch': 'the settings protect this branch.',
  'detached-head': 'HEAD is on no branch.',
  offline: 'it waits, and is done by itself once the remote answers.',
  rejected: 'the remote refused.',
};
