// `memvault promote`: writes a memory into CLAUDE.md or a skill of the project, as a change that a person reviews and commits.

import { lstatSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { openVaultHere, readSettingsHere } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { shortId } from '../../model/memory.ts';
import type { Memory } from '../../model/memory.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { openGit } from '../../vault/git/runner.ts';
import type { Environment } from '../../vault/git/runner.ts';
import { addToInstructions, skillOf } from '../../vault/promotion.ts';
import { findOne } from '../found.ts';
import { isSet, textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const promoteCommand: Command = {
  name: 'promote',
  summary: 'Write a memory into CLAUDE.md (in a marked section) or a skill, as a change for you to review and commit.',
  usage: '<id>',
  options: {
    skill: {
      type: 'boolean',
      meaning: 'Make a skill of it, `.claude/skills/<name>/SKILL.md`, instead of a line in CLAUDE.md.',
    },
    'dry-run': { type: 'boolean', meaning: 'Print what would be written, and write nothing.' },
  },
  positionals: { min: 1, max: 1 },
  examples: ['memvault promote 7k2m9qx', 'memvault promote 7k2m9qx --skill', 'memvault promote 7k2m9qx --dry-run'],
  async run(input) {
    const where = { cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') };
    const vault = openVaultHere(where);
    try {
      const memory = findOne(vault.library, input.positionals[0] ?? '');
      if (memory.kind === 'summary')
        throw new MemvaultError('invalid_input', `${shortId(memory.id)} is the summary of a session, no rule`, {
          hint: 'Promote an observation or a note: `memvault search --kind observation <words>`.',
        });
      if (memory.supersededBy !== undefined)
        throw new MemvaultError(
          'invalid_input',
          `${shortId(memory.id)} is replaced by ${shortId(memory.supersededBy)}`,
          {
            hint: `Promote that one: \`memvault promote ${shortId(memory.supersededBy)}\`.`,
          },
        );
      const root = vault.place.kind === 'personal' ? readSettingsHere(where).project : vault.place.root;
      const change = isSet(input, 'skill')
        ? skillChange(root, memory)
        : instructionsChange(root, memory, vault.library.get(memory.supersedes).memories);
      const shown = relative(root, change.file);
      if (change.text === undefined)
        return { text: `${shown} holds memory ${shortId(memory.id)} already.`, json: { file: shown, written: false } };
      if (isSet(input, 'dry-run'))
        return {
          text: `${shown} would be:\n\n${change.text}`,
          json: { file: shown, written: false, text: change.text },
        };
      const wasDirty = vault.place.kind === 'repository' && (await hasChanges(root, shown, input.env));
      writeFileAtomic(change.file, change.text, { mode: change.mode, folderMode: 0o755 });
      return {
        text: [
          `${shown} now has: ${cleanLine(memory.title)}`,
          wasDirty
            ? `It had changes of yours before: \`git add -p ${shown}\` takes this one by itself.`
            : `Review it with \`git diff ${shown}\`.`,
          'Commit it yourself; memvault never does.',
        ].join('\n'),
        json: { file: shown, written: true, id: memory.id, hadChanges: wasDirty },
      };
    } finally {
      vault.close();
    }
  },
};

interface Change {
  readonly file: string;
  /** Undefined when there is nothing to write. */
  readonly text: string | undefined;
  readonly mode: number;
}

function instructionsChange(root: string, memory: Memory, replaces: readonly Memory[]): Change {
  const file = join(root, 'CLAUDE.md');
  const before = readPlain(file);
  return { file, text: addToInstructions(before.text ?? '', memory, replaces), mode: before.mode };
}

/** Whether the file has changes that are not committed; a file that Git does not know yet has none to tell apart. */
async function hasChanges(root: string, file: string, env: Environment): Promise<boolean> {
  try {
    const status = await openGit(root, { env }).run(['--no-optional-locks', 'status', '--porcelain', '--', file]);
    return status.text !== '' && !status.text.startsWith('??');
  } catch {
    // Only a hint hangs on it.
    return false;
  }
}

function skillChange(root: string, memory: Memory): Change {
  const { name, text } = skillOf(memory);
  const file = join(root, '.claude', 'skills', name, 'SKILL.md');
  const before = readPlain(file);
  if (before.text !== undefined && before.text !== text && !before.text.includes(shortId(memory.id)))
    throw new MemvaultError('conflict', `${relative(root, file)} is another skill`, {
      hint: 'Move it, or promote the memory into CLAUDE.md.',
    });
  // A skill that a person worked on after it was promoted stays theirs.
  return { file, text: before.text === undefined ? text : undefined, mode: before.mode };
}

/** The file's text, undefined when there is none. A link is not followed: it may lead anywhere. */
function readPlain(file: string): { readonly text?: string; readonly mode: number } {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return { mode: 0o644 };
  if (!stats.isFile())
    throw new MemvaultError('denied', `${cleanLine(file, 200)} is a link or no plain file`, {
      hint: 'Run with --dry-run and put the text where it belongs by hand.',
    });
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  // Written back as UTF-8 it would be another file.
  if (!Buffer.from(text, 'utf8').equals(bytes))
    throw new MemvaultError('invalid_input', `${cleanLine(file, 200)} is not UTF-8`, {
      hint: 'Save it as UTF-8, or run with --dry-run and put the text where it belongs by hand.',
    });
  return { text, mode: stats.mode & 0o777 };
}
