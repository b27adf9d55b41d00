// `memvault verify`: says of memories that they still hold, though the code they speak of has moved on.

import { openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import { MemvaultError } from '../../model/errors.ts';
import { shortId } from '../../model/memory.ts';
import { isInjectable } from '../../model/standing.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { presentFiles } from '../../vault/verified-memory.ts';
import { findAll } from '../found.ts';
import type { FoundMemory } from '../found.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const verifyCommand: Command = {
  name: 'verify',
  summary: 'Say that memories still hold: their mark "code changed since" goes away.',
  usage: '<id…>',
  options: {},
  positionals: { min: 1, max: 20 },
  examples: ['memvault verify 7k2m9qx'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      const memories = findAll(vault.library, input.positionals, () => vault.branchLibrary());
      for (const memory of memories) checkVerifiable(memory);
      await checkMerged(vault, memories);
      const outcomes: Outcome[] = [];
      for (const memory of memories) outcomes.push(await verify(vault, memory));
      return { text: outcomes.map(renderOutcome).join('\n'), json: { verified: outcomes.map(toJson) } };
    } finally {
      vault.close();
    }
  },
};

interface Outcome {
  readonly memory: FoundMemory;
  /** The id of the memory that replaces it; undefined when there was nothing to note. */
  readonly by?: string;
  readonly files: readonly string[];
  readonly gone: readonly string[];
}

async function verify(vault: OpenVault, memory: FoundMemory): Promise<Outcome> {
  const states = await vault.git.compareFiles(memory.files);
  const paths = memory.files.map(({ path }, at) => states[at]?.movedTo ?? path);
  const { files, gone, isNew } = presentFiles(memory, states, await vault.blobs(paths));
  if (memory.files.length > 0 && files.length === 0)
    throw new MemvaultError('conflict', `none of the files of ${shortId(memory.id)} is there: ${gone.join(', ')}`, {
      hint: `If it holds no more: memvault forget ${shortId(memory.id)}. If it moved, write it anew and name the files.`,
      data: { id: memory.id, gone },
    });
  const names = files.map(({ path }) => path);
  if (!isNew) return { memory, files: names, gone };
  return { memory, by: vault.writer.verify(memory, files).id, files: names, gone };
}

/** Only what lies here, and nothing has replaced. */
function checkVerifiable({ id, place, supersededBy }: FoundMemory): void {
  if (place !== 'vault' && place !== 'outbox')
    throw new MemvaultError('conflict', `${shortId(id)} is not on this branch`, {
      hint: 'Verify it on the branch that has it, over the code that it speaks of.',
    });
  if (supersededBy !== undefined)
    throw new MemvaultError('conflict', `${shortId(id)} was replaced by ${shortId(supersededBy)}`, {
      hint: `memvault verify ${shortId(supersededBy)}`,
    });
}

/** To verify is to write a memory of one's own: what nobody reviewed must not become one by that. */
async function checkMerged(vault: OpenVault, memories: readonly FoundMemory[]): Promise<void> {
  if (vault.place.kind !== 'repository') {
    throw new MemvaultError('invalid_input', 'the memories of this vault are not compared with code', {
      hint: 'Only those of a repository carry the mark "code changed since".',
    });
  }
  await vault.trust.refresh();
  const levels = vault.trust.levels();
  const pending = memories.find((memory) => !isInjectable(levels.of(memory).trust));
  if (pending === undefined) return;
  throw new MemvaultError('held', `${shortId(pending.id)} was brought by somebody else, and nobody reviewed it yet`, {
    hint: 'Look at it with `memvault review`, approve or merge it, then verify it.',
  });
}

function renderOutcome({ memory, by, files, gone }: Outcome): string {
  const title = cleanLine(memory.title, 100);
  if (by === undefined)
    return memory.files.length === 0
      ? `Nothing to note: ${shortId(memory.id)} names no files, so no code can move on under it.`
      : `Nothing to note: the code of ${shortId(memory.id)} has not changed since.`;
  const lost = gone.length === 0 ? '' : ` Gone, and left out: ${gone.map((path) => cleanLine(path, 200)).join(', ')}.`;
  return `Verified: ${shortId(by)}  ${title}\n  It replaces ${shortId(memory.id)} and knows ${files.map((path) => cleanLine(path, 200)).join(', ')} as now.${lost}`;
}

function toJson({ memory, by, files, gone }: Outcome) {
  return { id: memory.id, ...(by === undefined ? {} : { replacedBy: by }), files, gone };
}
