// `memvault move`: carries memories between the repository's vault and the personal one.

import { randomBytes } from 'node:crypto';
import { openBothVaults, readSettingsHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import { MemvaultError, toMemvaultError } from '../../model/errors.ts';
import { drawMemoryId, shortId } from '../../model/memory.ts';
import type { Publication } from '../../model/publication.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { tombstoneOf } from '../../vault/forgotten.ts';
import { readHeldText } from '../../vault/git/held-text.ts';
import { readPublished } from '../../vault/git/published.ts';
import { wantedVault } from '../../vault/place.ts';
import { findAll } from '../found.ts';
import type { FoundMemory } from '../found.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const moveCommand: Command = {
  name: 'move',
  summary: 'Carry memories between the repository’s vault and your personal one.',
  usage: '<id…>',
  options: { to: { type: 'string', value: 'vault', meaning: '`repo` or `personal`.' } },
  positionals: { min: 1, max: 50 },
  examples: ['memvault move 7k2m9qx --to personal', 'memvault move 7k2m9qx --to repo'],
  async run(input) {
    const to = textOption(input, 'to');
    if (to !== 'repo' && to !== 'personal')
      throw new MemvaultError(
        'invalid_input',
        `--to expects repo or personal, got ${to === undefined ? 'nothing' : `"${cleanLine(to, 40)}"`}`,
        {
          hint: 'For example: memvault move 7k2m9qx --to personal',
        },
      );
    const where = { cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') };
    const { personal, repository } = openBothVaults(where);
    try {
      if (repository === undefined)
        throw new MemvaultError('not_found', 'this project has a personal vault only', {
          hint: 'Run `memvault init` in a Git repository first.',
        });
      const [from, target] = to === 'repo' ? [personal, repository] : [repository, personal];
      checkNotThere(input.positionals, from, target, to);
      const memories = findAll(from.library, input.positionals, () => from.branchLibrary());
      const moved: { id: string; title: string; newId?: string }[] = [];
      const warnings: string[] = [];
      for (const memory of memories) {
        const id = putInto(target, memory);
        const warning = await takeFrom(from, memory);
        if (warning !== undefined) warnings.push(warning);
        moved.push({ id: memory.id, title: memory.title, ...(id === memory.id ? {} : { newId: id }) });
      }
      if (to === 'personal') await personal.publish({ now: true, atSessionEnd: false });
      // No session publishes there, and no search looks there, while the project uses its personal vault.
      const isLeftAlone = to === 'repo' && wantedVault(readSettingsHere(where).settings.values) === 'personal';
      const published = isLeftAlone ? await repository.publish({ now: false, atSessionEnd: true }) : undefined;
      from.sync();
      target.sync();
      const lines = moved.map(
        ({ id, title, newId }) =>
          `Moved ${shortId(id)}${newId === undefined ? '' : ` (now ${shortId(newId)})`}  ${cleanLine(title, 100)}`,
      );
      if (to === 'personal' && memories.some((memory) => memory.place !== 'outbox'))
        lines.push('The repository’s history keeps the text; `memvault purge <id>` removes the files.');
      if (published !== undefined) lines.push(...renderPublished(published, repository.place.root));
      return { text: [...lines, ...warnings].join('\n'), json: { to, moved, warnings } };
    } finally {
      personal.close();
      repository?.close();
    }
  },
};

function renderPublished({ committed, commit, branch, reason }: Publication, root: string): readonly string[] {
  const look = `This project uses its personal vault: to find them again, \`memvault search --vault ${root} <words>\`.`;
  if (committed > 0) return [`Committed as ${commit?.slice(0, 8) ?? ''} on ${branch ?? 'the branch'}.`, look];
  const why = readHeldText(reason ?? 'git-failed').sentence;
  return [`Not committed yet: ${why}`, `By hand: \`memvault publish --now --vault ${root}\`.`, look];
}

/** The second time somebody types the same is no mystery. */
function checkNotThere(ids: readonly string[], from: OpenVault, target: OpenVault, to: string): void {
  const { missing } = from.library.get(ids);
  const [there] = missing.length === 0 ? [] : target.library.get(missing).memories;
  if (there === undefined) return;
  const where = to === 'repo' ? 'the repository’s vault' : 'your personal vault';
  throw new MemvaultError('conflict', `${shortId(there.id)} is in ${where} already: ${cleanLine(there.title, 80)}`, {
    hint: 'Nothing to do.',
  });
}

/** Under another id where the vault has forgotten this one: its tombstone stays. */
function putInto(target: OpenVault, found: FoundMemory): string {
  const { place: _place, path: _path, supersededBy: _by, ...memory } = found;
  const id = target.deletedIds().has(memory.id) ? drawMemoryId(randomBytes(12)) : memory.id;
  target.outbox.put({ ...memory, id });
  return id;
}

/** Nobody else reads a personal vault: there the file goes. In a repository a tombstone hides it for everybody. */
async function takeFrom(from: OpenVault, memory: FoundMemory): Promise<string | undefined> {
  if (memory.place === 'outbox') from.outbox.remove([memory.path]);
  if (from.place.kind !== 'personal') {
    const wasPublished = memory.path in readPublished(from.place.stateDir);
    // What no branch has needs no tombstone; another branch may have it.
    if (memory.place === 'outbox' && !wasPublished) return undefined;
    const created = `${new Date().toISOString().slice(0, 19)}Z`;
    from.outbox.put(tombstoneOf(memory, [], { id: drawMemoryId(randomBytes(12)), created }));
    return undefined;
  }
  if (memory.place !== 'vault') return undefined;
  try {
    from.outbox.remove([memory.path]);
    await from.git.removeFiles([memory.path], 'chore(memory): move 1 memory\n\nClaude-Mem-Change: move\n');
    return undefined;
  } catch (error) {
    const { message, hint } = toMemvaultError(error);
    return `The copy in ${from.place.root} stays: ${message} ${hint}`;
  }
}
