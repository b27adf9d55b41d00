// `memvault allow`: texts that look like secrets and are none, by the user's word. Only hashes are kept.

import { MemvaultError } from '../../model/errors.ts';
import { addAllowed, readAllowed, removeAllowed } from '../../system/allowed.ts';
import { loadCrypto } from '../../system/builtin.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { isSet } from '../command.ts';
import type { Command } from '../command.ts';

export const allowCommand: Command = {
  name: 'allow',
  summary: 'Say that a text is no secret, so that it is not cut; list what was said, or take it back.',
  usage: '<text | hash> | --list | --remove <text | hash>',
  options: {
    list: { type: 'boolean', meaning: 'Show what is allowed: hashes and days, since the texts are not kept.' },
    remove: { type: 'boolean', meaning: 'Take the word back: from now on the text is cut again.' },
  },
  positionals: { min: 0, max: 1 },
  examples: ['memvault allow "ci-demo-password-1"', 'memvault allow --list', 'memvault allow --remove 3f2a9c1d'],
  async run(input) {
    const file = dataPaths(input.env).allowedFile;
    const [text] = input.positionals;
    if (isSet(input, 'list')) {
      const { entries } = readAllowed(file);
      const lines = entries.map(({ hash, at }) => `${hash}  since ${cleanLine(at.slice(0, 10))}`);
      const none = 'Nothing is allowed: whatever looks like a secret is cut.';
      return { text: lines.length === 0 ? none : lines.join('\n'), json: { allowed: entries } };
    }
    if (text === undefined || text.trim() === '')
      throw new MemvaultError('invalid_input', '`memvault allow` expects the text that is no secret, or its hash', {
        hint: 'For example: memvault allow "ci-demo-password-1"',
      });
    if (isSet(input, 'remove')) {
      if (!removeAllowed(file, text))
        throw new MemvaultError('not_found', 'that text was not allowed', { hint: 'Run `memvault allow --list`.' });
      return { text: 'Taken back: it is cut again from now on.', json: { removed: true } };
    }
    const salt = loadCrypto().randomBytes(16).toString('hex');
    const hash = addAllowed(file, text, { at: new Date().toISOString(), salt });
    return {
      text: `Allowed, as hash ${hash}: from now on this exact text is not cut. \`memvault allow --remove ${hash.slice(0, 8)}\` takes it back.`,
      json: { allowed: hash },
    };
  },
};
