// `memvault show`: whole memories by their ids.

import { shortId } from '../../model/memory.ts';
import { cleanLine, cleanText } from '../../system/clean-text.ts';
import { openVaultHere } from '../../app.ts';
import type { OpenVault } from '../../app.ts';
import type { FileReference } from '../../model/memory.ts';
import type { FileState, Provenance } from '../../model/provenance.ts';
import { findAll } from '../found.ts';
import type { FoundMemory } from '../found.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';

export const showCommand: Command = {
  name: 'show',
  summary: 'Show whole memories.',
  usage: '<id…>',
  options: {},
  positionals: { min: 1, max: 20 },
  examples: ['memvault show 7k2m9qx', 'memvault show 7k2m 9qx3 --json'],
  async run(input) {
    const vault = openVaultHere({ cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') });
    try {
      await vault.trust.refresh();
      const memories = findAll(vault.library, input.positionals, () => vault.branchLibrary());
      const known = await readBackground(vault, memories);
      return {
        text: memories.map((memory) => renderMemory(vault, memory, known)).join('\n\n―――\n\n'),
        json: { memories: memories.map((memory) => ({ ...withheld(memory), ...backgroundOf(memory, known) })) },
      };
    } finally {
      vault.close();
    }
  },
};

/** An agent may run this command too: what is in quarantine is read by `memvault review`, which a person asks for. */
function withheld(memory: FoundMemory): FoundMemory {
  return memory.trust === 'quarantined' ? { ...memory, body: '' } : memory;
}

type Found = FoundMemory;

interface Background {
  readonly provenance: ReadonlyMap<string, Provenance>;
  readonly states: ReadonlyMap<string, FileState>;
}

/** What Git says about the memories and their files; nothing when it cannot be asked, for the memories are shown anyhow. */
async function readBackground(vault: OpenVault, memories: readonly Found[]): Promise<Background> {
  try {
    const references = memories.flatMap((memory) => memory.files);
    const states = references.length === 0 ? [] : await vault.git.compareFiles(references);
    return {
      provenance: await vault.git.provenance(),
      states: new Map(states.map((state, i) => [keyOf(references[i]), state])),
    };
  } catch {
    return { provenance: new Map(), states: new Map() };
  }
}

function backgroundOf(memory: Found, { provenance, states }: Background) {
  const origin = provenance.get(memory.path);
  return {
    ...(origin === undefined ? {} : { provenance: origin }),
    fileStates: memory.files.flatMap((file) => states.get(keyOf(file)) ?? []),
  };
}

function keyOf(file: FileReference | undefined): string {
  return `${file?.path ?? ''}\0${file?.blob ?? ''}`;
}

function renderMemory(vault: OpenVault, memory: Found, known: Background): string {
  const facts = [
    memory.created.replace('T', ' ').replace('Z', ' UTC'),
    memory.type ?? memory.kind,
    memory.branch,
    memory.commit?.slice(0, 8),
  ].filter((part) => part !== undefined);
  const replaced = memory.supersededBy === undefined ? '' : `\nReplaced by ${shortId(memory.supersededBy)}.`;
  const files =
    memory.files.length === 0 ? '' : `\nFiles: ${memory.files.map((file) => renderFile(file, known)).join(', ')}`;
  const origin = renderOrigin(known.provenance.get(memory.path));
  return `${cleanLine(memory.title)}\n${shortId(memory.id)} · ${facts.join(' · ')}${files}${replaced}\n${describePlace(vault, memory)}${origin}${renderTrust(memory)}\n\n${memory.trust === 'quarantined' ? '' : cleanText(memory.body).trim()}`.trimEnd();
}

function renderFile(file: FileReference, { states }: Background): string {
  const found = states.get(keyOf(file));
  const path = cleanLine(file.path);
  if (found === undefined || found.state === 'fresh' || found.state === 'unknown') return path;
  if (found.movedTo !== undefined) return `${path} (now ${cleanLine(found.movedTo)})`;
  return `${path} (${found.state === 'changed' ? 'changed since' : 'gone'})`;
}

function renderOrigin(origin: Provenance | undefined): string {
  if (origin === undefined) return '';
  const day = new Date(origin.at * 1000).toISOString().slice(0, 10);
  const who = origin.isOwn ? 'you' : cleanLine(origin.author, 80);
  return `\nBy ${who} on ${day} in ${origin.commit.slice(0, 8)}, ${origin.isMerged ? 'in the default branch' : 'not merged yet'}`;
}

function renderTrust({ id, trust }: Found): string {
  if (trust !== 'pending' && trust !== 'quarantined') return '';
  const what = trust === 'pending' ? 'Pending' : 'In quarantine';
  return `\n${what}: no session is shown it. \`memvault review ${shortId(id)}\` ${trust === 'pending' ? 'says why' : 'shows its text'}.`;
}

function describePlace(vault: OpenVault, { place, path }: Found): string {
  const branches = vault.branchesOf(path).map((name) => cleanLine(name, 80));
  switch (place) {
    case 'vault':
      return `.claude-mem/${path}`;
    case 'outbox':
      return 'Waits in the outbox';
    case 'fetched':
      return `On ${branches.join(', ')}, not pulled yet`;
    case 'branch':
      return `On ${branches.join(', ')}, not on this branch`;
  }
}
