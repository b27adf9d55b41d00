// `memvault adopt`: gives a Markdown file without frontmatter what it needs to be a memory.

import { randomBytes } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { basename, relative, resolve, sep } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { drawMemoryId, shortId } from '../../model/memory.ts';
import { writeFileAtomic } from '../../system/atomic-file.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { openVaultHere } from '../../app.ts';
import { parseMemoryFile, serializeMemory } from '../../vault/memory-file.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const adoptCommand: Command = {
  name: 'adopt',
  summary: 'Make a Markdown file below .claude-mem/memories/ a memory: put the missing frontmatter before its text.',
  usage: '<file>',
  options: {
    title: { type: 'string', value: 'text', meaning: 'The title; the first heading or the file name when left out.' },
  },
  positionals: { min: 1, max: 1 },
  examples: ['memvault adopt .claude-mem/memories/how-we-release.md'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const file = resolve(input.cwd, input.positionals[0] ?? '');
      const path = relative(vault.place.vaultDir, file).split(sep).join('/');
      if (!/^(?:memories|sessions)\/.+\.md$/.test(path))
        throw new MemvaultError(
          'invalid_input',
          `${cleanLine(file, 200)} is not a Markdown file below ${vault.place.vaultDir}/memories`,
          { hint: `Move it there first: mv <file> ${vault.place.vaultDir}/memories/` },
        );
      const stats = lstatSync(file, { throwIfNoEntry: false });
      if (stats === undefined)
        throw new MemvaultError('not_found', `there is no file ${cleanLine(file, 200)}`, { hint: 'Check the path.' });
      if (!stats.isFile()) throw new MemvaultError('denied', `${cleanLine(file, 200)} is a link or no plain file`);
      const text = readFileSync(file, 'utf8');
      if (parseMemoryFile(path, text).ok)
        throw new MemvaultError('invalid_input', `${path} is a memory already`, { hint: 'Nothing to do.' });
      if (text.startsWith('---'))
        throw new MemvaultError('invalid_input', `${path} has frontmatter with faults`, {
          hint: 'Run `memvault doctor` to see them, and mend them in an editor.',
        });
      const title = cleanLine(
        textOption(input, 'title') ?? /^#\s+(.+)$/m.exec(text)?.[1] ?? basename(file, '.md').replace(/[-_]+/g, ' '),
        120,
      );
      const created = `${stats.mtime.toISOString().slice(0, 19)}Z`;
      const memory = {
        id: drawMemoryId(randomBytes(12)),
        kind: 'note',
        title,
        created,
        files: [],
        tags: [],
        supersedes: [],
        deletes: [],
        body: '',
      } as const;
      // Only put before: not a byte of the person's own text changes.
      writeFileAtomic(file, `${serializeMemory(memory).trimEnd()}\n${text}`, {
        mode: stats.mode & 0o777,
        folderMode: 0o755,
      });
      vault.sync();
      return { text: `${path} is now the note ${shortId(memory.id)}: ${title}`, json: { id: memory.id, path, title } };
    } finally {
      vault.close();
    }
  },
};
