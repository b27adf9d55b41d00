// `memvault trust`: says that sessions may be shown what this repository's default branch holds, or takes that back.

import { openVaultHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import type { TrustState } from '../../model/trust.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { isSet, listOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { plural } from '../plural.ts';

export const trustCommand: Command = {
  name: 'trust',
  summary: 'Let sessions see the memories that this repository’s default branch holds.',
  usage: '',
  options: {
    show: { type: 'boolean', meaning: 'Only say how the repository stands.' },
    withdraw: { type: 'boolean', meaning: 'Take it back: sessions see your own memories only.' },
    me: {
      type: 'string',
      multiple: true,
      value: 'e-mail',
      meaning:
        'An address that your other machines commit with: such commits on the trusted remote count as yours. May be repeated; replaces the earlier ones; `none` clears them.',
    },
  },
  positionals: { min: 0, max: 0 },
  examples: ['memvault trust', 'memvault trust --show', 'memvault trust --me ada@home.example'],
  async run(input) {
    const [show, withdraw, me] = [isSet(input, 'show'), isSet(input, 'withdraw'), listOption(input, 'me')];
    if ([show, withdraw, me !== undefined].filter(Boolean).length > 1)
      throw new MemvaultError('invalid_input', '`memvault trust` takes one of --show, --withdraw and --me');
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      if (me !== undefined) {
        vault.trust.setMe(me.length === 1 && me[0] === 'none' ? [] : me);
        const state = await vault.trust.state();
        return { text: renderMe(state), json: state };
      }
      const state = show ? await vault.trust.state() : await vault.trust.setTrusted(!withdraw);
      const waiting = (await vault.trust.waiting()).filter(({ trust }) => trust === 'quarantined').length;
      const aside =
        waiting === 0
          ? ''
          : `\n${plural(waiting, 'memory is', 'memories are')} in quarantine: \`memvault quarantine\` says why.`;
      return { text: renderState(state) + aside, json: { ...state, quarantined: waiting } };
    } finally {
      vault.close();
    }
  },
};

function renderState({ isTrusted, remote, defaultBranch, pending, people }: TrustState): string {
  const from = remote === '' ? 'This vault comes from no remote' : cleanLine(remote, 200);
  const branch = defaultBranch === undefined ? '' : ` (${cleanLine(defaultBranch, 80)})`;
  const lines = [
    remote === ''
      ? `${from}: what its default branch holds is yours.`
      : isTrusted
        ? `Trusted: ${from}${branch}. Sessions see what its default branch holds.`
        : `Not trusted: ${from}${branch}. Sessions see your own memories only.`,
    ...people
      .slice(0, MOST_PEOPLE)
      .map(({ name, memories }) => `  ${renderPerson(name)}: ${plural(memories, 'memory', 'memories')}`),
    ...(people.length > MOST_PEOPLE ? [`  and ${people.length - MOST_PEOPLE} more people`] : []),
    ...(pending === 0
      ? []
      : [
          `${plural(pending, 'memory is', 'memories are')} pending: no session is shown them. \`memvault review\` lists them.`,
        ]),
    ...(remote !== '' && !isTrusted ? ['`memvault trust` trusts it; another address of the remote asks again.'] : []),
  ];
  return lines.join('\n');
}

const MOST_PEOPLE = 10;

function renderPerson(name: string): string {
  return name === '' ? 'your name, from another machine or from somebody who uses it' : cleanLine(name, 60);
}

function renderMe({ me }: TrustState): string {
  if (me.length === 0) return 'No other machine is named as yours.';
  return `Yours as well: ${me.map((address) => cleanLine(address, 100)).join(', ')}.\nThis counts for commits that a branch of a trusted remote holds: anybody can write an address into a commit, not everybody can push there.`;
}
