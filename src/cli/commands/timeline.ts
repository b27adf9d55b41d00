// `memvault timeline`: what happened around a memory or a time.

import { MemvaultError } from '../../model/errors.ts';
import { isIdPrefix, shortId } from '../../model/memory.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { openVaultHere } from '../../app.ts';
import { requireMoment } from '../moment-option.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const timelineCommand: Command = {
  name: 'timeline',
  summary: 'Show what happened around a memory or a time.',
  usage: '[<id>]',
  options: {
    at: {
      type: 'string',
      value: 'time',
      meaning: 'The time in the middle, such as 2026-11-22T14:30; instead of an id.',
    },
    before: { type: 'string', value: 'n', meaning: 'How many memories before, 0 to 50; 5 when left out.' },
    after: { type: 'string', value: 'n', meaning: 'How many memories after, 0 to 50; 5 when left out.' },
  },
  positionals: { min: 0, max: 1 },
  examples: ['memvault timeline 7k2m9qx', 'memvault timeline --at 2026-11-22 --before 10'],
  async run(input) {
    const id = input.positionals[0];
    const at = textOption(input, 'at');
    if ((id === undefined) === (at === undefined))
      throw new MemvaultError('invalid_input', '`memvault timeline` expects an id or --at, one of the two', {
        hint: 'For example: memvault timeline --at 2026-11-22',
      });
    if (id !== undefined && !isIdPrefix(id))
      throw new MemvaultError(
        'invalid_input',
        `"${cleanLine(id, 40)}" is not an id: expected 4 to 12 characters of 0-9 and a-z without i, l, o, u`,
      );
    if (at !== undefined) requireMoment('--at', at, 'a time such as 2026-11-22T14:30');
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const timeline = vault.library.timeline({
        ...(id === undefined ? {} : { id }),
        ...(at === undefined ? {} : { at }),
        before: parseCount('--before', textOption(input, 'before')),
        after: parseCount('--after', textOption(input, 'after')),
      });
      const rows = timeline.rows.map((row) => {
        const here = row.id === timeline.anchor ? '>' : ' ';
        const mark = row.supersededBy === undefined ? '' : ` (replaced by ${shortId(row.supersededBy)})`;
        return `${here} ${row.created.replace('T', ' ').slice(0, 16)}  ${shortId(row.id)}  ${(row.type ?? row.kind).padEnd(10)}  ${cleanLine(row.title)}${mark}`;
      });
      return { text: rows.length === 0 ? 'No memories there.' : rows.join('\n'), json: timeline };
    } finally {
      vault.close();
    }
  },
};

function parseCount(option: string, value = '5'): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 0 || count > 50)
    throw new MemvaultError(
      'invalid_input',
      `${option} expects a whole number from 0 to 50, got "${cleanLine(value, 40)}"`,
    );
  return count;
}
